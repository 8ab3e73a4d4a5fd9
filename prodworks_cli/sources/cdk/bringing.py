"""What constructs bring with them: log groups and queues of functions, stores of knowledge bases, parts of patterns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.bedrock_agents import agent, allowing
from prodworks_cli.sources.cdk.buckets import bucket
from prodworks_cli.sources.cdk.containers import balanced, child, own_key, worker
from prodworks_cli.sources.cdk.databases import instances
from prodworks_cli.sources.cdk.identities import pool_roles, text_messages
from prodworks_cli.sources.cdk.log_groups import flow_log, flow_logs
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.providers import PROVIDERS, closed
from prodworks_cli.sources.cdk.security_groups import guarded, opened
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.solutions import SOLUTIONS
from prodworks_cli.sources.cdk.state_machines import model_of_task
from prodworks_cli.sources.cdk.values import Construct, External, Made, absent, concatenated, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

    Bring = Callable[[Library, Evaluator, Construct], None]

FUNCTIONS = (
    "aws-lambda.Function",
    "aws-lambda.DockerImageFunction",
    "aws-lambda-nodejs.NodejsFunction",
    "aws-lambda-python-alpha.PythonFunction",
    "aws-lambda-go-alpha.GoFunction",
)
_IN_A_VPC = "service-role/AWSLambdaVPCAccessExecutionRole"
_MANAGED_LOG_GROUP = "@aws-cdk/aws-lambda:useCdkManagedLogGroup"


def bring(library: Library, evaluator: Evaluator, construct: Construct) -> None:
    """Declare what a new construct brings."""
    brings = _BRINGS.get(construct.symbol)
    if brings is not None:
        brings(library, evaluator, construct)


def put(construct: Construct, path: str, value: Node) -> None:
    """A property that the construct itself sets."""
    construct.parts.setdefault("set", {})[path] = value


def _function(library: Library, evaluator: Evaluator, function: Construct) -> None:
    at, given = function.at, function.given
    name = concatenated(["/aws/lambda/", node(reference(function, "Ref"), at)], at)
    if given["functionName"].present:
        name = concatenated(["/aws/lambda/", given["functionName"]], at)
    if given["logRetention"].present:
        made = {"logGroupName": name, "retention": given["logRetention"]}
        kept = child(library, evaluator, function, "custom-resources.LogRetention", "LogRetention", made, at)
        kept.conditional = kept.conditional or absent(given["logRetention"])
    elif not given["logGroup"].present and library.context(_MANAGED_LOG_GROUP, at).content is True:
        group = child(library, evaluator, function, "aws-logs.LogGroup", "LogGroup", {"logGroupName": name}, at)
        put(function, "LoggingConfig.LogGroup", node(reference(group, "Ref"), at))
    _handler(function)
    role = function.parts.get("role")
    if given["vpc"].present and isinstance(role, Construct) and role.parts.get("service"):
        named = "aws-iam.ManagedPolicy.fromAwsManagedPolicyName"
        role.parts["managed"].append(node(Made(named, (Node(_IN_A_VPC, at),)), at))
    if given["deadLetterQueueEnabled"].content is True and not given["deadLetterQueue"].present:
        queue = child(library, evaluator, function, "aws-sqs.Queue", "DeadLetterQueue", {}, at)
        put(function, "DeadLetterConfig.TargetArn", node(reference(queue, "Arn"), at))


def _handler(function: Construct) -> None:
    """Constructs that bundle code name the handler within its file, CloudFormation the two together."""
    given, at = function.given, function.at
    name = given["handler"].text() if given["handler"].present else "handler"
    file = given["index"].text() if given["index"].present else "index"
    if name is None or file is None or "." in name:
        return
    if function.symbol == "aws-lambda-nodejs.NodejsFunction":
        put(function, "Handler", Node(f"index.{name}", at))
    elif function.symbol == "aws-lambda-python-alpha.PythonFunction":
        put(function, "Handler", Node(f"{file.removesuffix('.py').replace('/', '.')}.{name}", at))


def _knowledge_base(library: Library, evaluator: Evaluator, base: Construct) -> None:
    """A knowledge base that is given no store makes a collection of its own."""
    at, store = base.at, base.given["vectorStore"]
    found = construct_of(store)
    if not store.present:
        symbol = "genai.opensearchserverless.VectorCollection"
        found = child(library, evaluator, base, symbol, "KBVectors", {}, at)
    if found is not None and found.type == "AWS::OpenSearchServerless::Collection":
        arn = node({"CollectionArn": node(reference(found, "Arn"), at)}, at)
        role, policy = base.parts.get("role"), found.members.get("aossPolicy")
        if isinstance(role, Construct) and policy is not None:
            role.parts.setdefault("managed", []).append(policy)
        stored = {"Type": Node("OPENSEARCH_SERVERLESS", at), "OpensearchServerlessConfiguration": arn}
        put(base, "StorageConfiguration", node(stored, at))
    elif store.present:
        put(base, "StorageConfiguration", unknown("the vector store is not resolved", at, present=True))


def _collection(library: Library, evaluator: Evaluator, collection: Construct) -> None:
    """The policy that lets a role use the collection; who has it, the access policy of the collection says too."""
    at = collection.at
    made = child(library, evaluator, collection, "aws-iam.ManagedPolicy", "AOSSApiAccessAll", {}, at)
    add(evaluator, made, "statements", (allowing(("aoss:APIAccessAll",), node(reference(collection, "Arn"), at)),))
    collection.members["aossPolicy"] = node(made, at)


def _vpc(library: Library, evaluator: Evaluator, vpc: Construct) -> None:
    closed(library, evaluator, vpc)
    flow_logs(library, evaluator, vpc)


def _flow_log(library: Library, evaluator: Evaluator, made: Construct) -> None:
    flow_log(library, evaluator, made, "", made.given["destination"])


def _endpoint(library: Library, evaluator: Evaluator, endpoint: Construct) -> None:
    """The service of a VPC endpoint in the Region of the stack, where code says that."""
    region = endpoint.env["region"].text()
    service: Any = endpoint.given["service"].content
    if region is not None and isinstance(service, External):
        known = library.table.constructs[endpoint.symbol]["properties"]["service"]["values"]
        name = known.get(service.symbol.rpartition(".")[2])
        if name is not None:
            put(endpoint, "ServiceName", Node(name.replace(".region.", f".{region}."), endpoint.at))


def _queue(library: Library, evaluator: Evaluator, queue: Construct) -> None:
    """A queue that is encrypted with KMS makes a key of its own."""
    encryption: Any = queue.given["encryption"].content
    own = isinstance(encryption, External) and encryption.symbol.endswith(".KMS")
    if own and not queue.given["encryptionMasterKey"].present:
        key = own_key(library, evaluator, queue)
        put(queue, "KmsMasterKeyId", node(reference(key, "Arn"), queue.at))


def _trail(library: Library, evaluator: Evaluator, trail: Construct) -> None:
    """A trail that is given no bucket makes one."""
    if not trail.given["bucket"].present:
        made = child(library, evaluator, trail, "aws-s3.Bucket", "S3", {}, trail.at)
        put(trail, "S3BucketName", node(reference(made, "Ref"), trail.at))


def _canary(library: Library, evaluator: Evaluator, canary: Construct) -> None:
    """A canary keeps what it saw in a bucket of its own unless it is given one."""
    if not canary.given["artifactsBucketLocation"].present:
        child(library, evaluator, canary, "aws-s3.Bucket", "ArtifactsBucket", {}, canary.at)


def _graph(library: Library, evaluator: Evaluator, api: Construct) -> None:
    """The role with which a GraphQL API writes its log, and how long that is kept."""
    logged, at = api.given["logConfig"], api.at
    if not logged.present:
        return
    if not logged["role"].present:
        service = Made("aws-iam.ServicePrincipal", (Node("appsync.amazonaws.com", at),))
        named = Node("service-role/AWSAppSyncPushToCloudWatchLogs", at)
        policy = node(Made("aws-iam.ManagedPolicy.fromAwsManagedPolicyName", (named,)), at)
        role = {"assumedBy": node(service, at), "managedPolicies": node((policy,), at)}
        child(library, evaluator, api, "aws-iam.Role", "ApiLogsRole", role, at)
    if logged["retention"].present:
        name = concatenated(["/aws/appsync/apis/", node(reference(api, "ApiId"), at)], at)
        kept = {"logGroupName": name, "retention": logged["retention"]}
        child(library, evaluator, api, "custom-resources.LogRetention", "LogRetention", kept, at)


_BRINGS: Mapping[str, Bring] = {
    **PROVIDERS,
    **SOLUTIONS,
    "aws-cognito-identitypool.IdentityPool": pool_roles,
    "aws-rds.DatabaseCluster": instances,
    "aws-s3.Bucket": bucket,
    "bedrock.Agent": agent,
    "genai.opensearchserverless.VectorCollection": _collection,
    "aws-ec2.Vpc": _vpc,
    "aws-ec2.FlowLog": _flow_log,
    "aws-ec2.GatewayVpcEndpoint": _endpoint,
    "aws-ec2.InterfaceVpcEndpoint": _endpoint,
    "aws-sqs.Queue": _queue,
    "aws-cloudtrail.Trail": _trail,
    "aws-synthetics.Canary": _canary,
    "aws-appsync.GraphqlApi": _graph,
    "aws-cognito.UserPool": text_messages,
    "aws-stepfunctions-tasks.BedrockInvokeModel": model_of_task,
    "bedrock.VectorKnowledgeBase": _knowledge_base,
    **dict.fromkeys(FUNCTIONS, _function),
    "aws-elasticloadbalancingv2.ApplicationLoadBalancer": guarded,
    "aws-elasticloadbalancingv2.NetworkLoadBalancer": guarded,
    "aws-elasticloadbalancingv2.ApplicationListener": opened,
    "aws-ecs-patterns.ApplicationLoadBalancedFargateService": balanced,
    "aws-ecs-patterns.ApplicationLoadBalancedEc2Service": balanced,
    "aws-ecs-patterns.NetworkLoadBalancedFargateService": balanced,
    "aws-ecs-patterns.NetworkLoadBalancedEc2Service": balanced,
    "aws-ecs-patterns.QueueProcessingFargateService": worker,
    "aws-ecs-patterns.QueueProcessingEc2Service": worker,
}
