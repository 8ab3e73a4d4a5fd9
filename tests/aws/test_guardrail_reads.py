"""Guardrails and invocation logging, read from an account. All answers are made by hand."""

from __future__ import annotations

from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.resources.bedrock import InvocationLogging
from prodworks_cli.resources.guardrails import Guardrail
from tests.aws.conftest import Scanning
from tests.aws.endpoint import ACCOUNT, AwsError, Params, Raw

ARN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/gr1"
TIME = 1_790_000_000


def _summary(version: str) -> dict[str, Any]:
    stamp = {"createdAt": TIME, "updatedAt": TIME}
    return {"id": "gr1", "arn": ARN, "name": "chat", "status": "READY", "version": version, **stamp}


def _guardrails(params: Params, _: str) -> dict[str, Any]:
    of_one = params.get("guardrailIdentifier") == "gr1"
    return {"guardrails": [_summary(v) for v in (("DRAFT", "1", "10", "9") if of_one else ("DRAFT",))]}


def _guardrail(params: Params, _: str) -> dict[str, Any]:
    version = params["guardrailVersion"]
    assert version in ("10", "9")
    return {
        **{"name": "chat", "guardrailId": "gr1", "guardrailArn": ARN, "version": version, "status": "READY"},
        **{"createdAt": TIME, "updatedAt": TIME, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no"},
        "contentPolicy": {
            "filters": [
                {
                    **{"type": "PROMPT_ATTACK", "outputStrength": "NONE"},
                    "inputStrength": "HIGH" if version == "10" else "LOW",
                }
            ]
        },
    }


KINDS = ("aws.bedrock.guardrail", "aws.bedrock.invocation_logging")
OFF: dict[str, Any] = {
    "bedrock:GetModelInvocationLoggingConfiguration": {},
    "cloudwatch:GetMetricData": {"MetricDataResults": []},
}
GOOD: dict[str, Any] = {"bedrock:ListGuardrails": _guardrails, "bedrock:GetGuardrail": _guardrail, **OFF}


def _one(inventory: Any, cls: type) -> Any:
    (found,) = [r.value for r in inventory.resources if isinstance(r.value, cls)]
    return found


def test_a_guardrail_is_read_in_its_newest_numbered_version(scan: Scanning) -> None:
    guardrail = _one(scan(KINDS, GOOD), Guardrail)
    assert (guardrail.name, guardrail.version, guardrail.versions) == ("chat", "10", ("DRAFT", "1", "10", "9"))
    assert guardrail.content_filters[0].input_strength == "HIGH"


CODE = """
import boto3

client = boto3.client("bedrock-runtime", region_name="us-east-1")


def ask(question):
    return client.converse(
        modelId="anthropic.claude-sonnet-4-5-20250929-v1:0",
        messages=[{"role": "user", "content": [{"text": question}]}],
        guardrailConfig={"guardrailIdentifier": "gr1", "guardrailVersion": "VERSION"},
    )
"""


def test_a_guardrail_is_read_in_the_version_that_the_code_names(scan: Scanning) -> None:
    """The weaker one that is used counts, not the better one that is there beside it."""
    guardrail = _one(scan(KINDS, GOOD, {"app.py": CODE.replace("VERSION", "9")}), Guardrail)
    assert (guardrail.version, guardrail.content_filters[0].input_strength) == ("9", "LOW")
    missing = _one(scan(KINDS, GOOD, {"app.py": CODE.replace("VERSION", "7")}), Guardrail)
    assert missing.version == "10"


def test_a_denied_detail_is_unknown_and_the_guardrail_still_exists(scan: Scanning) -> None:
    inventory = scan(KINDS, {**GOOD, "bedrock:GetGuardrail": AwsError("AccessDeniedException", 403)})
    guardrail = _one(inventory, Guardrail)
    assert isinstance(guardrail.content_filters, Unknown)
    assert "grant bedrock:GetGuardrail" in guardrail.content_filters.reason
    assert inventory.gaps == ()


def test_a_denied_listing_is_a_gap_that_names_the_permission(scan: Scanning) -> None:
    inventory = scan(KINDS, {**GOOD, "bedrock:ListGuardrails": AwsError("AccessDeniedException", 403)})
    (gap,) = inventory.gaps
    assert (gap.kind, gap.action, gap.scope) == (
        "aws.bedrock.guardrail",
        "bedrock:ListGuardrails",
        f"{ACCOUNT}/us-east-1",
    )
    assert "AccessDeniedException" in gap.reason


def test_invocation_logging_that_is_off_is_known_to_be_off(scan: Scanning) -> None:
    logging = _one(scan(KINDS, GOOD), InvocationLogging)
    assert logging.enabled is False
    assert logging.delivery_failures == 0


def test_deliveries_are_counted_by_their_end(scan: Scanning) -> None:
    def counts(params: Any, _: str) -> Any:
        ended = {q["Id"]: q["MetricStat"]["Metric"]["MetricName"] for q in params["MetricDataQueries"]}
        counted = {"ModelInvocationLogsS3DeliverySuccess": [5.0], "ModelInvocationLargeDataS3DeliveryFailure": [2.0]}
        return {"MetricDataResults": [{"Id": i, "Values": counted.get(name, [])} for i, name in ended.items()]}

    config = {"loggingConfig": {"s3Config": {"bucketName": "invocations"}}}
    answers = {"bedrock:GetModelInvocationLoggingConfiguration": config, "cloudwatch:GetMetricData": counts}
    logging = _one(scan(KINDS, {**GOOD, **answers}), InvocationLogging)
    assert (logging.deliveries, logging.delivery_failures) == (5, 2)


def test_a_body_that_is_not_json_is_not_taken_for_switched_off(scan: Scanning) -> None:
    for body in (b"", b"<html>", b"[]", b'{"message": "hello"}'):
        answers = {**GOOD, "bedrock:GetModelInvocationLoggingConfiguration": Raw(body)}
        logging = _one(scan(KINDS, answers), InvocationLogging)
        assert isinstance(logging.enabled, Unknown), body
