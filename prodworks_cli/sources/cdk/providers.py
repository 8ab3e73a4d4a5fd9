"""The functions behind custom resources, with their roles: most stand once in a stack, however many ask for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.iam import granted
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, External, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

SINGLETON = "aws-lambda.SingletonFunction"
_STACKS = ("core.Stack", "core.NestedStack")
_BASIC = "service-role/AWSLambdaBasicExecutionRole"
_SDK = "AWS679f53fac002430cb0da5b7982bd2287"
_RETENTION = "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a"
_DEPLOYMENT = "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"
_NOTIFYING = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"
_EMPTYING = "Custom::S3AutoDeleteObjectsCustomResourceProvider"
_CLOSING = "Custom::VpcRestrictDefaultSGCustomResourceProvider"
_CLOSES_GROUPS = "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup"
_SETTINGS = ("role", "logGroup", "logRetention", "vpc", "timeout")
# IAM's name of a service, where the SDK has another.
_IAM_NAMES = {
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "bedrock-runtime": "bedrock",
    "cloudwatch-logs": "logs",
    "cloudwatchlogs": "logs",
    "cognito-identity-provider": "cognito-idp",
    "cognitoidentityserviceprovider": "cognito-idp",
    "eventbridge": "events",
    "secrets-manager": "secretsmanager",
    "sfn": "states",
    "stepfunctions": "states",
}


def single(
    library: Library, evaluator: Evaluator, asker: Construct, symbol: str, name: str, given: Mapping[str, Node]
) -> Construct:
    """The one construct of this name below the stack of whoever asks; certain once somebody certain asks."""
    around = [c for c in library.constructs if c.symbol in _STACKS and asker.path.startswith(f"{c.path}/")]
    stack = max(around, key=lambda c: len(c.path), default=None)
    key = f"{stack.path if stack else ''}/{name}"
    optional = evaluator.optional > 0 or asker.conditional
    found = library.singles.get(key)
    if found is None:
        above = node(stack, asker.at) if stack else unknown("the stack", asker.at)
        found = library.declare(evaluator, symbol, above, Node(name, asker.at), node(dict(given), asker.at), asker.at)
        found.conditional = optional
        library.singles[key] = found
    elif found.conditional and not optional:
        found.conditional = False
    role = found.parts.get("role")
    if isinstance(role, Construct) and role.path.startswith(f"{found.path}/"):
        role.conditional = found.conditional
    return found


def singleton_function(
    library: Library, evaluator: Evaluator, scope: Node | None, given: Node, at: Location
) -> Construct:
    """``new SingletonFunction(this, id, {uuid, lambdaPurpose, ...})`` is named by its purpose and UUID."""
    above = construct_of(scope) or Construct("", "", at, "", given)
    asker = Construct(SINGLETON, f"{above.path}/function", at, "", given, conditional=above.conditional)
    uuid, purpose = given["uuid"].text(), given["lambdaPurpose"].text() or "SingletonLambda"
    name = purpose + re.sub(r"[^A-Za-z0-9]", "", uuid or "")
    made = single(library, evaluator, asker, "aws-lambda.Function", name, members_of(given))
    made.certain = made.certain and uuid is not None
    return made


def _settings(given: Node, minutes: int) -> dict[str, Node]:
    """The settings that are handed on to the function, with the time that it may take by default."""
    found = {name: given[name] for name in _SETTINGS if given[name].present}
    return {"timeout": Node(minutes * 60, given.location), **found}


def _may(function: Construct, statements: Iterator[tuple[Node, Node]]) -> None:
    """Let the role of a function do something; another one's is changed where it is given."""
    role = function.parts.get("role")
    if isinstance(role, Construct):
        made = (node({"actions": a, "resources": r}, function.at) for a, r in statements)
        role.parts.setdefault("statements", []).extend(
            node(Made("aws-iam.PolicyStatement", (m,)), m.location) for m in made
        )


def sdk_calls(library: Library, evaluator: Evaluator, resource: Construct) -> None:
    """The function that makes the calls of an ``AwsCustomResource``, with the rights that its policy gives."""
    function = single(library, evaluator, resource, "aws-lambda.Function", _SDK, _settings(resource.given, 2))
    role, policy = function.parts.get("role"), resource.given["policy"]
    content: Any = policy.content
    if not isinstance(role, Construct) or not policy.present:
        return
    listed = role.parts.setdefault("statements", [])
    if isinstance(content, Made) and content.symbol.endswith(".fromStatements") and content.arguments:
        listed.extend(content.arguments[0].items())
    elif isinstance(content, Made) and content.symbol.endswith(".fromSdkCalls"):
        actions = node(tuple(_actions(resource.given)), policy.location)
        resources: Any = content.properties["resources"]
        if isinstance(resources.content, External) and resources.content.symbol.endswith(".ANY_RESOURCE"):
            resources = Node("*", policy.location)
        properties = node({"actions": actions, "resources": resources}, policy.location)
        listed.append(node(Made("aws-iam.PolicyStatement", (properties,)), policy.location))
    else:
        listed.append(unknown("a policy that is not resolved", policy.location, present=True))


def _actions(given: Node) -> Iterator[Node]:
    for call in (given[name] for name in ("onCreate", "onUpdate", "onDelete")):
        service, action = call["service"].text(), call["action"].text()
        if call.present and (service is None or action is None):
            yield unknown("a call that is not resolved", call.location, present=True)
        elif service and action:
            name = service.lower().removeprefix("@aws-sdk/client-")
            verb = action.removesuffix("Command")
            yield Node(f"{_IAM_NAMES.get(name, name)}:{verb[:1].upper()}{verb[1:]}", call.location)


def provider(library: Library, evaluator: Evaluator, made: Construct) -> None:
    """The functions of the framework that call those of a ``Provider``."""
    given, at = made.given, made.at
    parts = ["onEvent"] + (["isComplete", "onTimeout"] if given["isCompleteHandler"].present else [])
    for part in parts:
        settings = _settings(given, 15)
        own = given[f"framework{part[:1].upper()}{part[1:]}Role"]
        if own.present:
            settings["role"] = own
        framework = child(library, evaluator, made, "aws-lambda.Function", f"framework-{part}", settings, at)
        for handler in filter(None, (construct_of(given[n]) for n in ("onEventHandler", "isCompleteHandler"))):
            _may(framework, granted(handler, "grantInvoke", library.table))


def deployment(library: Library, evaluator: Evaluator, made: Construct) -> None:
    """The function that copies the files of a ``BucketDeployment``."""
    given = made.given
    memory = f"{given['memoryLimit'].content}MiB" if given["memoryLimit"].present else ""
    function = single(library, evaluator, made, "aws-lambda.Function", _DEPLOYMENT + memory, _settings(given, 15))
    assets = unknown("the bucket of assets", made.at, True, "arn:${...}:s3:::cdk-${...}-assets-${...}")
    read = node(tuple(Node(a, made.at) for a in ("s3:GetObject*", "s3:GetBucket*", "s3:List*")), made.at)
    _may(function, iter([(read, node((assets,), made.at))]))
    bucket = construct_of(given["destinationBucket"])
    if bucket is not None:
        _may(function, granted(bucket, "grantReadWrite", library.table))


def log_retention(library: Library, evaluator: Evaluator, asker: Construct) -> None:
    """The function that sets how long groups are kept which Lambda makes."""
    _plain(
        library,
        evaluator,
        asker,
        _RETENTION,
        ("", "ServiceRole"),
        ("logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"),
    )


def emptied(library: Library, evaluator: Evaluator, bucket: Construct) -> None:
    """The function that empties buckets before they are deleted."""
    if bucket.given["autoDeleteObjects"].content is True:
        _plain(library, evaluator, bucket, _EMPTYING, ("Handler", "Role"), ())


def notifying(library: Library, evaluator: Evaluator, bucket: Construct) -> None:
    """The function that sets up the notifications of buckets."""
    _plain(library, evaluator, bucket, _NOTIFYING, ("", "Role"), ("s3:PutBucketNotification",), 300)


def closed(library: Library, evaluator: Evaluator, vpc: Construct) -> None:
    """The function that takes the rules out of the default security group of a VPC."""
    given = vpc.given["restrictDefaultSecurityGroup"]
    wanted = given if given.present else library.context(_CLOSES_GROUPS, vpc.at)
    if wanted.content is True:
        actions = tuple(
            f"ec2:{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")
        )
        _plain(library, evaluator, vpc, _CLOSING, ("Handler", "Role"), actions)


def _plain(
    library: Library,
    evaluator: Evaluator,
    asker: Construct,
    name: str,
    parts: tuple[str, str],
    actions: tuple[str, ...],
    seconds: int = 900,
) -> None:
    """A function and its role that are made of level 1 resources."""
    at = asker.at
    handler, role_name = ("/".join(filter(None, (name, part))) for part in parts)
    service = node(Made("aws-iam.ServicePrincipal", (Node("lambda.amazonaws.com", at),)), at)
    basic = node(Made("aws-iam.ManagedPolicy.fromAwsManagedPolicyName", (Node(_BASIC, at),)), at)
    given = {"assumedBy": service, "managedPolicies": node((basic,), at)}
    role = single(library, evaluator, asker, "aws-iam.Role", role_name, given)
    if actions and "statements" not in role.parts:
        listed = node(tuple(Node(a, at) for a in actions), at)
        statement = node({"actions": listed, "resources": node((Node("*", at),), at)}, at)
        role.parts["statements"] = [node(Made("aws-iam.PolicyStatement", (statement,)), at)]
    made = {"role": node(reference(role, "Arn"), at), "timeout": Node(seconds, at)}
    single(library, evaluator, asker, "aws-lambda.CfnFunction", handler, made)


PROVIDERS = {
    "custom-resources.AwsCustomResource": sdk_calls,
    "custom-resources.Provider": provider,
    "custom-resources.LogRetention": log_retention,
    "aws-s3-deployment.BucketDeployment": deployment,
}
"""By the construct that asks."""
