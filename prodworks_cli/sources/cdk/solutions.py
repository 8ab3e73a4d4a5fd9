"""What constructs of two common libraries make: AWS Solutions Constructs, and deploy-time-build for frontends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.bedrock_agents import allowing
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.permissions import grant
from prodworks_cli.sources.cdk.providers import singleton_function
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, External, Made, Open, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

    Bring = Callable[[Library, Evaluator, Construct], None]

_BUILDS = "25648b21-2c40-4f09-aa65-b6bbb0c44659"
_OF_VPC = tuple(
    f"ec2:{name}"
    for name in (
        *("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"),
        *("AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
    )
)
_GROUPS = ("BotControlRuleSet", "KnownBadInputsRuleSet", "CommonRuleSet", "AnonymousIpList", "AmazonIpReputationList")
_MORE_GROUPS = ("AdminProtectionRuleSet", "SQLiRuleSet")
_PERMISSIONS = {"all": "grantFullAccess", "read": "grantReadData", "write": "grantWriteData"}


def _over(defaults: Mapping[str, Node], given: Node, at: Location) -> Node:
    """What is given over defaults, mapping by mapping; what is given without being known may replace any of them."""
    content: Any = given.content
    if isinstance(content, Made):  # Java's builders make properties
        given = content.properties
        given = given if given.present else unknown("what a pattern is given", at)
    if given.unknown or isinstance(given.content, Open):
        return given
    members = {**defaults, **members_of(given)}
    for name, value in defaults.items():
        if isinstance(value.content, dict) and isinstance(members[name].content, dict):
            members[name] = _over(value.content, members[name], at)
    return node(members, at)


def _bucket(
    library: Library, evaluator: Evaluator, of: Construct, name: str, given: Node, logs: Construct | None
) -> Construct:
    """A private, encrypted bucket with versions."""
    at = of.at
    defaults = {
        "encryption": node(External("aws-s3.BucketEncryption.S3_MANAGED"), at),
        "blockPublicAccess": node(External("aws-s3.BlockPublicAccess.BLOCK_ALL"), at),
        "versioned": Node(True, at),
    }
    if logs is not None:
        defaults["serverAccessLogsBucket"] = node(logs, at)
    properties = _over(defaults, given, at)
    made = library.declare(evaluator, "aws-s3.Bucket", node(of, at), Node(name, at), properties, at)
    of.members[name[:1].lower() + name[1:]] = node(made, at)
    return made


def _with_logs(
    library: Library,
    evaluator: Evaluator,
    of: Construct,
    names: tuple[str, str],
    given: Node,
    about_logs: Node,
    log: Node,
) -> Construct:
    """A bucket, and one for its access logs unless it has one or wants none."""
    wanted = log.content is not False and not given["serverAccessLogsBucket"].present
    logs = _bucket(library, evaluator, of, names[1], about_logs, None) if wanted else None
    return _bucket(library, evaluator, of, names[0], given, logs)


def _website(library: Library, evaluator: Evaluator, of: Construct) -> None:
    """``CloudFrontToS3``: a distribution before a bucket, with buckets for the logs of both."""
    given, at = of.given, of.at
    bucket = construct_of(given["existingBucketObj"])
    if not given["existingBucketObj"].present:
        names = ("S3Bucket", "S3LoggingBucket")
        bucket = _with_logs(
            library, evaluator, of, names, given["bucketProps"], given["loggingBucketProps"], given["logS3AccessLogs"]
        )
    own = given["cloudFrontDistributionProps"]
    if own["enableLogging"].content is not False and not own["logBucket"].present:
        names = ("CloudfrontLoggingBucket", "CloudfrontLoggingBucketAccessLog")
        about = given["cloudFrontLoggingBucketAccessLogBucketProps"]
        _with_logs(
            library, evaluator, of, names, given["cloudFrontLoggingBucketProps"], about, given["logCloudFrontAccessLog"]
        )
    made = _over({}, own, at) if own.present else node({}, at)
    name = Node("CloudFrontDistribution", at)
    distribution = library.declare(evaluator, "aws-cloudfront.Distribution", node(of, at), name, made, at)
    of.members["cloudFrontWebDistribution"] = node(distribution, at)
    of.members["s3BucketInterface"] = node(bucket, at) if bucket is not None else given["existingBucketObj"]


def _function(library: Library, evaluator: Evaluator, of: Construct) -> Node:
    """The function that a pattern is given, else one that is traced, with a role beside it."""
    given, at = of.given, of.at
    if given["existingLambdaObj"].present:
        return given["existingLambdaObj"]
    own = given["lambdaFunctionProps"]
    service = Made("aws-iam.ServicePrincipal", (Node("lambda.amazonaws.com", at),))
    role = child(
        library, evaluator, of, "aws-iam.Role", "LambdaFunctionServiceRole", {"assumedBy": node(service, at)}, at
    )
    groups = unknown("known after deployment", at, True, "arn:${...}:logs:${...}:${...}:log-group:/aws/lambda/*")
    write = tuple(f"logs:{verb}" for verb in ("CreateLogGroup", "CreateLogStream", "PutLogEvents"))
    add(evaluator, role, "statements", (allowing(write, groups),))
    if own["vpc"].present:
        add(evaluator, role, "statements", (allowing(_OF_VPC, Node("*", at)),))
    traced = node(External("aws-lambda.Tracing.ACTIVE"), at)
    properties = _over({"role": node(role, at), "tracing": traced}, own, at)
    name = Node("LambdaFunction", at)
    return node(library.declare(evaluator, "aws-lambda.Function", node(of, at), name, properties, at), at)


def _api(library: Library, evaluator: Evaluator, of: Construct) -> None:
    """``ApiGatewayToLambda``: an API that asks for IAM credentials and logs calls, before a function."""
    given, at = of.given, of.at
    function = of.members["lambdaFunction"] = _function(library, evaluator, of)
    for_ever = node(External("aws-logs.RetentionDays.INFINITE"), at)
    about = given["logGroupProps"]
    group = library.declare(
        evaluator,
        "aws-logs.LogGroup",
        node(of, at),
        Node("ApiAccessLogGroup", at),
        _over({"retention": for_ever}, about, at),
        at,
    )
    destination = Made("aws-apigateway.LogGroupLogDestination", (node(group, at),))
    defaults = {
        "handler": function,
        "cloudWatchRole": Node(False, at),
        "deployOptions": node({"accessLogDestination": node(destination, at)}, at),
        "defaultMethodOptions": node(
            {"authorizationType": node(External("aws-apigateway.AuthorizationType.IAM"), at)}, at
        ),
    }
    properties = _over(defaults, given["apiGatewayProps"], at)
    name = Node("LambdaRestApi", at)
    api = library.declare(evaluator, "aws-apigateway.LambdaRestApi", node(of, at), name, properties, at)
    service = Made("aws-iam.ServicePrincipal", (Node("apigateway.amazonaws.com", at),))
    role = {"assumedBy": node(service, at)}
    writer = child(library, evaluator, of, "aws-iam.Role", "LambdaRestApiCloudWatchRole", role, at)
    made = {"apiGateway": api, "apiGatewayLogGroup": group, "apiGatewayCloudWatchRole": writer}
    of.members.update({key: node(value, at) for key, value in made.items()})


def _table(library: Library, evaluator: Evaluator, of: Construct) -> None:
    """``LambdaToDynamoDB``: a function that may read and write a table with backups."""
    given, at = of.given, of.at
    function = of.members["lambdaFunction"] = _function(library, evaluator, of)
    table = given["existingTableObj"]
    if not table.present:
        defaults = {
            "billingMode": node(External("aws-dynamodb.BillingMode.PAY_PER_REQUEST"), at),
            "pointInTimeRecovery": Node(True, at),
        }
        properties, name = _over(defaults, given["dynamoTableProps"], at), Node("DynamoTable", at)
        table = node(library.declare(evaluator, "aws-dynamodb.Table", node(of, at), name, properties, at), at)
    of.members["dynamoTable"] = table
    allowed, found = given["tablePermissions"], construct_of(table)
    if found is not None:
        method = _PERMISSIONS.get((allowed.text() or "").lower(), "grantReadWriteData")
        grant(library, evaluator, found, method, (function,), at)
        _tell(construct_of(function), given["tableEnvironmentVariableName"], node(reference(found, "Ref"), at))


def _tell(function: Construct | None, variable: Node, name: Node) -> None:
    """Tell the function the name of the table."""
    if function is not None:
        key = variable if variable.present else Node("DDB_TABLE_NAME", name.location)
        pair = node({"$key": key, "$value": name}, name.location)
        function.parts.setdefault("added", {}).setdefault("Environment.Variables", []).append(pair)


def _web_acl(library: Library, evaluator: Evaluator, of: Construct) -> None:
    """``WafwebaclTo...``: a web ACL with managed rule groups before an entry."""
    given, at = of.given, of.at
    cdn = of.symbol.endswith("CloudFront")
    acl = construct_of(given["existingWebaclObj"])
    name = of.path.rpartition("/")[2]
    if acl is None:
        rules = node(tuple(_managed(group, i, at) for i, group in enumerate((*_GROUPS, *_MORE_GROUPS))), at)
        scope = Node("CLOUDFRONT" if cdn else "REGIONAL", at)
        properties = _over({"scope": scope, "rules": rules}, given["webaclProps"], at)
        symbol = "aws-wafv2.CfnWebACL"
        acl = library.declare(evaluator, symbol, node(of, at), Node(f"{name}-WebACL", at), properties, at)
    of.members["webacl"] = node(acl, at)
    arn = node(reference(acl, "Arn"), at)
    if cdn:
        distribution = construct_of(given["existingCloudFrontWebDistribution"])
        if distribution is not None:
            distribution.parts.setdefault("overrides", {})["DistributionConfig.WebACLId"] = arn
        return
    made = {"webAclArn": arn, "resourceArn": _behind(given, at)}
    child(
        library, evaluator, of, "aws-wafv2.CfnWebACLAssociation", f"{name}-WebACLAssociation", made, at
    ).certain = False


def _behind(given: Node, at: Location) -> Node:
    api, balancer = (construct_of(given[f"existing{n}"]) for n in ("ApiGatewayInterface", "LoadBalancerObj"))
    stage = api.parts.get("stage") if api is not None else None
    if isinstance(stage, Construct):
        return node(reference(stage, "Arn"), at)
    return (
        node(reference(balancer, "Ref"), at)
        if balancer is not None
        else unknown("what the web ACL is before", at, True)
    )


def _managed(group: str, priority: int, at: Location) -> Node:
    name = Node(f"AWSManagedRules{group}", at)
    stated = node({"managedRuleGroupStatement": node({"name": name, "vendorName": Node("AWS", at)}, at)}, at)
    return node({"name": name, "priority": Node(priority, at), "statement": stated}, at)


def _build(library: Library, evaluator: Evaluator, of: Construct) -> None:
    """``NodejsBuild``: a project that builds a frontend into a bucket, and the function that starts it."""
    given, at = of.given, of.at
    project = child(library, evaluator, of, "aws-codebuild.Project", "Project", {}, at)
    bucket = construct_of(given["destinationBucket"])
    if bucket is not None:
        grant(library, evaluator, bucket, "grantReadWrite", (node(project, at),), at)
    named = {"uuid": Node(_BUILDS, at), "lambdaPurpose": Node("NodejsBuildCustomResourceHandler", at)}
    starts = singleton_function(library, evaluator, node(of, at), node({**named, "timeout": Node(300, at)}, at), at)
    role = starts.parts.get("role")
    if isinstance(role, Construct):
        add(evaluator, role, "statements", (allowing(("codebuild:StartBuild",), node(reference(project, "Arn"), at)),))


SOLUTIONS: Mapping[str, Bring] = {
    "solutions.CloudFrontToS3": _website,
    "solutions.ApiGatewayToLambda": _api,
    "solutions.LambdaToDynamoDB": _table,
    "solutions.WafwebaclToApiGateway": _web_acl,
    "solutions.WafwebaclToAlb": _web_acl,
    "solutions.WafwebaclToCloudFront": _web_acl,
    "deploy-time-build.NodejsBuild": _build,
}
