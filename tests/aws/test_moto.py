"""The services that moto does well, from a real moto server on loopback; Bedrock and what moto lacks from the fake one.

moto answers what it does not know with 404 or 500, which would read as "nothing there": any such answer fails the test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from prodworks_cli.account import AccountOptions, read_account
from prodworks_cli.audit import Errors
from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.api_keys import ApiKey
from prodworks_cli.resources.cloudwatch import Alarm
from prodworks_cli.resources.compute import Unit
from prodworks_cli.resources.iam import Role
from prodworks_cli.resources.kms import Key
from prodworks_cli.resources.registry import collectors
from prodworks_cli.resources.s3 import Bucket
from prodworks_cli.sources.files import tree_of
from tests.aws.conftest import QUICK, WHO
from tests.aws.endpoint import Endpoint, FakeAccount
from tests.aws.scenario_rest import ANSWERS

HOME = "us-east-1"
ON_MOTO = ("IAM", "LAMBDA", "ECS", "S3", "KMS", "CLOUDWATCH", "SNS", "EC2", "CLOUDFORMATION")
SONNET = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
MODELS = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": SONNET}


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def seeded(moto: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> str:
    """A function that calls a model and one that does not, their roles, a bucket for calls, a key, an alarm."""
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "example", region_name=HOME)

    def client(name: str) -> Any:
        return session.client(name, endpoint_url=moto)

    iam, sns = client("iam"), client("sns")
    for name, statement in (("chat", MODELS), ("bills", {**MODELS, "Action": "s3:GetObject"})):
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="models", PolicyDocument=_policy(statement))
        code = {"ImageUri": "111122223333.dkr.ecr.us-east-1.amazonaws.com/chat:1"}
        secret = {"Variables": {"OPENAI_API_KEY": "sk-live-0123456789abcdefghijklmnop"}}
        how = {"Code": code, "PackageType": "Image", "Environment": secret}
        client("lambda").create_function(FunctionName=name, Role=arn, **how)
    key: str = client("kms").create_key()["KeyMetadata"]["Arn"]
    client("kms").enable_key_rotation(KeyId=key)
    _bucket(client("s3"), key)
    topic = sns.create_topic(Name="pager")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://pager.example.com")
    client("cloudwatch").put_metric_alarm(
        **{"AlarmName": "errors", "Namespace": "AWS/Bedrock", "MetricName": "InvocationServerErrors"},
        **{"Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0, "AlarmActions": [topic]},
        ComparisonOperator="GreaterThanThreshold",
    )
    for service in ON_MOTO:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", moto)
    return key


def _bucket(s3: Any, key: str) -> None:
    s3.create_bucket(Bucket="acme-calls")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="acme-calls", ServerSideEncryptionConfiguration={"Rules": [rule]})
    blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket="acme-calls", PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))


def _one(inventory: Inventory, cls: Any, name: str) -> Any:
    (found,) = [r.value for r in inventory.resources if isinstance(r.value, cls) and name in r.identity]
    return found


def test_what_moto_holds_is_read_as_it_was_made(seeded: str, endpoint: Endpoint) -> None:
    # What is not led to moto is answered by hand.
    endpoint.account = FakeAccount({**WHO, **ANSWERS})
    errors = Errors()
    options = AccountOptions(regions=(HOME,), limits=QUICK)
    # moto does not know the credentials that are Bedrock's API keys.
    chosen = [c for c in collectors() if c.kind != ApiKey.KIND]
    nothing = collect_repository(tree_of({}), {})
    inventory = read_account(options, nothing, errors, lambda line: None, chosen).inventory
    assert errors.seen == []
    assert [g for g in inventory.gaps if "; the answer did not come from AWS" in g.reason] == []
    role, unit = _one(inventory, Role, "/chat"), _one(inventory, Unit, ":chat")
    assert (role.can_invoke_models, role.model_access_scoped, role.is_admin) == (True, True, False)
    assert unit.environment_secrets == ("OPENAI_API_KEY",)
    assert not [r for r in inventory.resources if isinstance(r.value, Unit) and r.identity.endswith("bills")]
    bucket = _one(inventory, Bucket, "acme-calls")
    assert (bucket.public_access_blocked, bucket.kms_key, bucket.holds) == (True, seeded, ("invocation-logs",))
    assert _one(inventory, Key, seeded).rotation_enabled is True
    alarm = _one(inventory, Alarm, "errors")
    assert (alarm.watches_model_errors, alarm.confirmed_recipients) == (True, 1)
    assert not isinstance(unit.timeout_seconds, Unknown)
