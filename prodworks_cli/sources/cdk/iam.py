"""Policy statements, principals and policies of construct libraries as CloudFormation writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.perhaps import Perhaps, perhaps_a_statement
from prodworks_cli.sources.cdk.settle import construct_of, reference, settled
from prodworks_cli.sources.cdk.values import Construct, External, Made, node, unknown

_AWS_POLICY = "arn:aws:iam::aws:policy/"
_KEYS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
    "conditions": "Condition",
    "principals": "Principal",
}


def statement(value: Node, table: Table) -> Node:
    """A ``PolicyStatement``, or one in JSON."""
    content: Any = value.content
    if isinstance(content, Perhaps):
        return perhaps_a_statement(statement(content.value, table))
    if not isinstance(content, Made):
        return settled(value, table)
    given = content.properties
    if content.symbol.endswith(".fromJson"):
        return settled(given, table)
    effect: Any = given["effect"].content
    denied = isinstance(effect, External) and effect.symbol.endswith(".DENY")
    members = {"Effect": Node("Deny" if denied else "Allow", value.location)}
    for name, target in _KEYS.items():
        if given[name].content is not None:
            members[target] = settled(given[name], table)
    principals = [*given["principals"].items(), *_added_principals(content)]
    if principals:
        members["Principal"] = _principals(principals, table)
    for target, more in _more(content, table):
        members[target] = node((*members.get(target, Node(None, value.location)).items(), *more), value.location)
    if given.unknown or (not isinstance(given.content, Mapping) and given.content is not None):
        return unknown("a statement that is not known", value.location, present=True)
    return node(members, value.location)


CHANGES = {
    "addActions": "Action",
    "addNotActions": "NotAction",
    "addResources": "Resource",
    "addNotResources": "NotResource",
    "addAllResources": "Resource",
    "addPrincipals": "",
    "addAnyPrincipal": "",
    "addArnPrincipal": "",
    "addServicePrincipal": "",
    "addAccountRootPrincipal": "",
    "addAwsAccountPrincipal": "",
    "addFederatedPrincipal": "",
    "addStatements": "",
}
"""Methods that change a statement or a document, and the member of a statement that they add to."""


def _more(made: Made, table: Table) -> Iterator[tuple[str, tuple[Node, ...]]]:
    for name, arguments in made.added:
        target = CHANGES[name]
        if name == "addAllResources":
            yield target, (Node("*", made.properties.location),)
        elif target:
            yield target, tuple(settled(a, table) for a in arguments)


def _added_principals(made: Made) -> Iterator[Node]:
    for name, arguments in made.added:
        if name == "addPrincipals":
            yield from arguments
        elif name.endswith("Principal"):
            kind = name.removeprefix("add").replace("AwsAccount", "Account")
            at = arguments[0].location if arguments else made.properties.location
            yield node(Made(f"aws-iam.{kind}", arguments), at)


def statements_in(document: Node) -> tuple[Node, ...]:
    """The statements of a ``PolicyDocument``, those that are added later included."""
    content: Any = document.content
    own = content.properties["statements"].items() if isinstance(content, Made) else document["Statement"].items()
    later = content.added if isinstance(content, Made) else []
    return (*own, *(a for name, arguments in later if name == "addStatements" for a in arguments))


def managed(value: Node, table: Table) -> Node:
    """The ARN of a managed policy."""
    content: Any = value.content
    if isinstance(content, Made) and "ManagedPolicy.from" in content.symbol:
        last = content.arguments[-1] if content.arguments else Node(None, value.location)
        text = last.text()
        if text and content.symbol.endswith("fromAwsManagedPolicyName"):
            return Node(_AWS_POLICY + text, value.location)
        return Node(text, value.location) if text else unknown("a managed policy", value.location, present=True)
    return settled(value, table)


def policies_of(value: Node, table: Table) -> tuple[Node, ...]:
    """The inline policies of a role."""
    if value.unknown:
        return (value,)
    found = []
    for name, document in (value.content if isinstance(value.content, Mapping) else {}).items():
        made: Any = document.content
        source = made.properties if isinstance(made, Made) else document
        statements = source["statements"] if source["statements"].present else source["Statement"]
        listed = node(tuple(statement(s, table) for s in statements_in(document)), document.location)
        inner = statements if statements.unknown else listed
        body = {
            "PolicyName": Node(name, document.location),
            "PolicyDocument": node({"Statement": inner}, document.location),
        }
        found.append(node(body, document.location))
    return tuple(found)


def trust(value: Node, construct: Construct, table: Table) -> Node:
    """The trust policy for the principals that may assume a role."""
    service, at = construct.parts.get("service"), value.location
    allowed = {
        "Effect": Node("Allow", at),
        "Principal": node({"Service": Node(service, construct.at)}, at) if service else _principals((value,), table),
        "Action": Node("sts:AssumeRole", at),
    }
    return node({"Statement": node((node(allowed, at),), at)}, at)


def _principals(values: Sequence[Node], table: Table) -> Node:
    """Principals by their kind, as a statement names them."""
    found: dict[str, list[Node]] = {}
    at = values[0].location
    for kind, principal in (each for value in values for each in _each_principal(value, table)):
        # One that is not known may be a service as well as anybody else.
        for one in ("Service", "AWS") if kind == _ANY_KIND else (kind,):
            found.setdefault(one, []).append(principal)
    members = {k: node(tuple(v), at) if len(v) > 1 else v[0] for k, v in found.items()}
    return node(members, at) if members else unknown("a principal", at, present=True)


_ANY_KIND = "?"
_FEDERATED = ("FederatedPrincipal", "WebIdentityPrincipal", "SamlPrincipal", "OpenIdConnectPrincipal")
_ACCOUNTS = ("AccountPrincipal", "AccountRootPrincipal")
_EVERYBODY = ("AnyPrincipal", "StarPrincipal")


def _each_principal(value: Node, table: Table, depth: int = 0) -> Iterator[tuple[str, Node]]:
    """Principals with their kind."""
    content: Any = value.content
    name = content.symbol.rpartition(".")[2] if isinstance(content, Made) and depth < 5 else ""
    if name == "CompositePrincipal":
        for inner in content.arguments:
            yield from _each_principal(inner, table, depth + 1)
    elif name in ("withConditions", "withSessionTags") and content.of is not None:
        yield from _each_principal(content.of, table, depth + 1)
    else:
        yield _principal(name, content.arguments if name else (), value.location, table)


def _principal(name: str, arguments: tuple[Node, ...], at: Location, table: Table) -> tuple[str, Node]:
    first = settled(arguments[0], table) if arguments else Node(None, at)
    if name == "ServicePrincipal" and first.text():
        return "Service", first
    if name in _FEDERATED and first.present:
        found = construct_of(arguments[0])
        return "Federated", node(reference(found, "Arn"), at) if found else first
    if name == "ArnPrincipal" and first.present:
        return "AWS", first
    if name in _ACCOUNTS:
        whole = f"arn:aws:iam::{first.text()}:root" if first.text() else None
        return "AWS", Node(whole, at) if whole else unknown("the account", at, True, "arn:${...}:iam::${...}:root")
    if name in _EVERYBODY:
        return "AWS", Node("*", at)
    return _ANY_KIND, unknown(f"principal {name}" if name else "a principal", at, present=True)


def granted(target: Construct, method: str, table: Table) -> Iterator[tuple[Node, Node]]:
    """Actions and resources of the statements that a ``grant`` method makes: known actions, or those of the service."""
    of, everywhere = _grant_of(target.symbol, method, table)
    for actions, resource in ((of, reference(target, "Arn")), (everywhere, "*")):
        if actions:
            yield (
                node(tuple(node(a, target.at) for a in actions), target.at),
                node((node(resource, target.at),), target.at),
            )


def _grant_of(symbol: str, method: str, table: Table) -> tuple[Sequence[Any], Sequence[Any]]:
    """The actions on what is granted, and those on everything."""
    made = _same_grants(symbol.partition(".from")[0])
    found = table.grants.get(made, {}).get(method)
    if isinstance(found, Mapping):
        return found["of"], found["everywhere"]
    if found is not None:
        return found, ()
    service = _PREFIXES.get(made.partition(".")[0].removeprefix("aws-"), made.partition(".")[0].removeprefix("aws-"))
    return (Unknown(f"what {method} grants", present=True, shape=f"{service}:${{...}}"),), ()


def _same_grants(symbol: str) -> str:
    """The class that is listed for all that grant as it does."""
    module, _, name = symbol.partition(".")
    if module.startswith("aws-lambda") and name.endswith("Function"):
        return "aws-lambda.Function"
    if module == "aws-ecs" and name.endswith("TaskDefinition"):
        return "aws-ecs.FargateTaskDefinition"
    return f"aws-bedrockagentcore.{name}" if module == "agentcore" else symbol


_PREFIXES = {
    "apigateway": "execute-api",
    "apigatewayv2": "execute-api",
    "bedrockagentcore": "bedrock-agentcore",
    "opensearchservice": "es",
    "stepfunctions": "states",
}
"""How the actions of a module's service begin, where that is another word."""
