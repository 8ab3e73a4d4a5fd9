"""A moto server on loopback that counts requests by the service they are signed for, and an account in it.

``python benchmarks/moto_account.py`` prints its address and serves until it is ended; ``/_count`` gives and resets the
counts.

Made by hand: a small account with a GenAI workload and things beside it. What moto does not implement it answers with
404 or 500, to every tool alike.
"""

from __future__ import annotations

import io
import json
import logging
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

HOME, ACCOUNT = "us-east-1", "123456789012"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": HOME,
    "AWS_REGION": HOME,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


class Counted:
    """The application, with a count of what was asked for."""

    def __init__(self) -> None:
        self._app: Callable[[dict[str, Any], Any], Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self.requests: Counter[str] = Counter()
        self.failed = 0

    def _told(self, start_response: Any) -> Iterable[bytes]:
        """The counts since the last time they were told."""
        with self._lock:
            text = json.dumps({"requests": dict(self.requests), "failed": self.failed}).encode()
            self.requests, self.failed = Counter(), 0
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/_count":
            return self._told(start_response)
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
        service = scope[3] if len(scope) > 3 else "unsigned"

        def answered(status: str, headers: Any, *rest: Any) -> Any:
            with self._lock:
                self.failed += status[:1] in "45"
            return start_response(status, headers, *rest)

        with self._lock:
            self.requests[service] += 1
        try:
            return self._app(environ, answered)
        except Exception:
            # What moto does not implement it raises, and the server answers 500.
            with self._lock:
                self.failed += 1
            raise


def _policy(action: Any, resource: Any = "*") -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def seed(url: str) -> None:
    """Some sixty resources, good and bad."""
    session = boto3.Session(ENVIRONMENT["AWS_ACCESS_KEY_ID"], "example", region_name=HOME)

    def client(name: str) -> Any:
        return session.client(name, endpoint_url=url)

    roles = _people(client("iam"))
    _storage(client)
    _compute(client, roles)
    _operations(client)
    _bedrock(client, roles)


def _people(iam: Any) -> dict[str, str]:
    roles = {}
    models = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
    wanted = {
        "chat": ("lambda", "bedrock:InvokeModel", models),
        "wide": ("lambda", ["bedrock:*", "s3:*"], "*"),
        "agent": ("bedrock", "bedrock:InvokeModel", models),
        "bills": ("lambda", "s3:GetObject", "*"),
    }
    for name, (service, action, resource) in wanted.items():
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_trust(f"{service}.amazonaws.com"))
        iam.put_role_policy(RoleName=name, PolicyName="main", PolicyDocument=_policy(action, resource))
        roles[name] = made["Role"]["Arn"]
    iam.create_user(UserName="ann")
    iam.create_access_key(UserName="ann")
    iam.put_user_policy(UserName="ann", PolicyName="admin", PolicyDocument=_policy("*"))
    return roles


def _storage(client: Callable[[str], Any]) -> None:
    s3, kms = client("s3"), client("kms")
    keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    kms.enable_key_rotation(KeyId=keys[0])
    for name in ("acme-calls", "acme-docs", "acme-prompts", "acme-bills", "acme-site"):
        s3.create_bucket(Bucket=name)
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*"}
    s3.put_bucket_policy(Bucket="acme-site", Policy=json.dumps({"Version": "2012-10-17", "Statement": [public]}))
    client("dynamodb").create_table(
        TableName="sessions",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("sqs").create_queue(QueueName="questions")
    client("secretsmanager").create_secret(Name="provider-key", SecretString="not-a-key")


def _compute(client: Callable[[str], Any], roles: dict[str, str]) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("app.py", "def handler(event, context):\n    return None\n")
    functions = {"chat": ("chat", "python3.12"), "old": ("wide", "python3.9"), "bills": ("bills", "python3.12")}
    for name, (role, runtime) in functions.items():
        client("lambda").create_function(
            FunctionName=name,
            Role=roles[role],
            Runtime=runtime,
            Handler="app.handler",
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"MODEL_ID": "anthropic.claude-sonnet-4-5-20250929-v1:0"}},
        )
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    service = f"com.amazonaws.{HOME}.bedrock-runtime"
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Interface")


def _operations(client: Callable[[str], Any]) -> None:
    logs, sns, cloudwatch = client("logs"), client("sns"), client("cloudwatch")
    for name in ("/aws/lambda/chat", "/aws/lambda/old", "/aws/lambda/bills", "/bedrock/calls", "/acme/site"):
        logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName="/bedrock/calls", retentionInDays=30)
    topic = sns.create_topic(Name="pager")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://pager.example.com")
    for name, space, metric in (
        ("model-errors", "AWS/Bedrock", "InvocationServerErrors"),
        ("queue", "AWS/SQS", "ApproximateAgeOfOldestMessage"),
    ):
        cloudwatch.put_metric_alarm(
            **{"AlarmName": name, "Namespace": space, "MetricName": metric, "Statistic": "Sum", "Period": 60},
            **{"EvaluationPeriods": 1, "Threshold": 1.0, "AlarmActions": [topic]},
            ComparisonOperator="GreaterThanThreshold",
        )
    client("cloudtrail").create_trail(Name="audit", S3BucketName="acme-bills", IsMultiRegionTrail=True)
    budget = {"BudgetName": "all", "BudgetLimit": {"Amount": "100", "Unit": "USD"}}
    client("budgets").create_budget(AccountId=ACCOUNT, Budget={**budget, "TimeUnit": "MONTHLY", "BudgetType": "COST"})


def _bedrock(client: Callable[[str], Any], roles: dict[str, str]) -> None:
    config = {"s3Config": {"bucketName": "acme-calls"}, "textDataDeliveryEnabled": True}
    client("bedrock").put_model_invocation_logging_configuration(loggingConfig=config)
    agents, core = client("bedrock-agent"), client("bedrock-agentcore-control")
    for name in ("helper", "planner"):
        agents.create_agent(
            agentName=name, agentResourceRoleArn=roles["agent"], foundationModel="amazon.nova-lite-v1:0"
        )
    arn = f"arn:aws:bedrock:{HOME}::foundation-model/amazon.titan-embed-text-v2:0"
    fields = {"vectorField": "v", "textField": "t", "metadataField": "m"}
    store = {
        "collectionArn": f"arn:aws:aoss:{HOME}:{ACCOUNT}:collection/docs123",
        "vectorIndexName": "docs",
        "fieldMapping": fields,
    }
    agents.create_knowledge_base(
        name="docs",
        roleArn=roles["agent"],
        knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": arn}},
        storageConfiguration={"type": "OPENSEARCH_SERVERLESS", "opensearchServerlessConfiguration": store},
    )
    core.create_memory(name="chat", eventExpiryDuration=30)
    core.create_agent_runtime(
        agentRuntimeName="chat",
        roleArn=roles["agent"],
        networkConfiguration={"networkMode": "PUBLIC"},
        agentRuntimeArtifact={
            "containerConfiguration": {"containerUri": f"{ACCOUNT}.dkr.ecr.{HOME}.amazonaws.com/c:1"}
        },
    )


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, Counted(), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seed(url)
    print(url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
