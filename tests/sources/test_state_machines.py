"""Step Functions tasks that call a model, from raw definitions in every form they are written in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Ref, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.sources.files import tree_of

STATE: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::bedrock:invokeModel",
    "Parameters": {
        "ModelId": "amazon.nova-lite-v1:0",
        "Body": {"max_tokens": 200, "messages.$": "$.messages"},
        "GuardrailIdentifier": "gr1",
        "GuardrailVersion": "3",
    },
    "TimeoutSeconds": 60,
    "Retry": [{"ErrorEquals": ["Bedrock.ThrottlingException"], "MaxAttempts": 4, "BackoffRate": 2}],
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
    "Next": "Check",
}
CHECK = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.Body.stop_reason", "StringEquals": "max_tokens", "Next": "Failed"}],
}


def machine(state: dict[str, Any] = STATE, **states: Any) -> dict[str, Any]:
    return {"StartAt": "Ask", "States": {"Ask": state, **states}}


def template(definition: Any, kind: str = "AWS::StepFunctions::StateMachine", **more: Any) -> dict[str, str]:
    properties = {"Definition": definition, **more}
    return {"template.json": json.dumps({"Resources": {"Flow": {"Type": kind, "Properties": properties}}}, indent=1)}


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def one(files: dict[str, str], kind: type[Any] = ModelCall) -> Any:
    (found,) = [r.value for r in collected(files).resources if isinstance(r.value, kind)]
    return found


TERRAFORM = """
resource "aws_sfn_state_machine" "flow" {
  name       = "flow"
  role_arn   = "arn:aws:iam::111122223333:role/flow"
  definition = jsonencode({
    StartAt = "Ask"
    States = {
      Ask = {
        Type       = "Task"
        Resource   = "arn:aws:states:::bedrock:invokeModel"
        Parameters = { ModelId = "amazon.nova-lite-v1:0", Body = { max_tokens = 200 } }
        End        = true
      }
    }
  })
}
"""
SAM = {
    "template.yaml": "Transform: AWS::Serverless-2016-10-31\nResources:\n  Flow:\n"
    "    Type: AWS::Serverless::StateMachine\n    Properties: {DefinitionUri: flow.asl.json}\n",
    "flow.asl.json": json.dumps(machine(), indent=1),
}


@pytest.mark.parametrize(
    "files",
    [
        template(machine()),
        template(None, DefinitionString=json.dumps(machine())),
        SAM,
        {"main.tf": TERRAFORM},
        template({"StartAt": "All", "States": {"All": {"Type": "Parallel", "Branches": [machine()]}}}),
        template({"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": machine()}}}),
    ],
)
def test_a_task_is_a_model_call(files: dict[str, str]) -> None:
    call = one(files)
    assert (call.api, call.endpoint, call.model_id, call.max_tokens) == (
        "invoke_model", "bedrock-runtime", "amazon.nova-lite-v1:0", 200,
    )  # fmt: skip
    assert one(files, ModelReference).model_id == "amazon.nova-lite-v1:0"


def test_guardrail_errors_and_stop_reasons_are_read() -> None:
    call = one(template(machine(Check=CHECK)))
    assert (call.guardrail_mode, call.guardrail_id, call.guardrail_version) == ("attached", "gr1", "3")
    assert call.handled_errors == ("Exception",)
    assert call.stop_reasons_handled == ("max_tokens",)
    assert call.client == Ref("repo.model_client", "template.json#Flow/Ask")


def test_the_task_is_the_client_of_its_call() -> None:
    client = one(template(machine()), ModelClient)
    assert (client.read_timeout, client.outer_retries, client.backs_off, client.attempts) == (60, 5, True, 5)


@pytest.mark.parametrize(
    ("retry", "backs_off"),
    [
        ([], False),
        ([{"ErrorEquals": ["States.ALL"]}], True),
        ([{"ErrorEquals": ["States.ALL"], "BackoffRate": 1}], False),
        ([{"ErrorEquals": ["Lambda.Unknown"]}], False),
    ],
)
def test_only_growing_pauses_after_a_throttle_back_off(retry: list[Any], backs_off: bool) -> None:
    assert one(template(machine({**STATE, "Retry": retry})), ModelClient).backs_off is backs_off


def test_nothing_is_assumed_of_a_bare_task() -> None:
    bare = {k: STATE[k] for k in ("Type", "Resource")} | {"Parameters": {"ModelId.$": "$.model", "Body.$": "$.body"}}
    call = one(template(machine(bare)))
    assert isinstance(call.model_id, Unknown)
    assert isinstance(call.max_tokens, Unknown)
    assert (call.handled_errors, call.stop_reasons_handled, call.instrumented) == ((), (), False)
    assert isinstance(call.usage_recorded, Unknown)


def test_a_traced_machine_that_reads_usage() -> None:
    states = {"Save": {"Type": "Pass", "Parameters": {"tokens.$": "$.Body.usage.input_tokens"}}}
    call = one(template(machine(**states), TracingConfiguration={"Enabled": True}))
    assert (call.instrumented, call.usage_recorded) == (True, True)


def test_jsonata_arguments_are_known_only_at_run_time() -> None:
    state = {
        **STATE,
        "Parameters": None,
        "Arguments": {"ModelId": "{% $states.input.model %}", "Body": {"max_tokens": 9}},
    }
    call = one(template(machine({k: v for k, v in state.items() if v is not None})))
    assert isinstance(call.model_id, Unknown)
    assert call.max_tokens == 9


def test_other_tasks_are_no_model_calls() -> None:
    other = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
    assert not [r for r in collected(template(machine(other))).resources if isinstance(r.value, ModelCall)]


def test_a_definition_that_is_not_there_is_a_gap() -> None:
    gaps = collected({"template.yaml": SAM["template.yaml"]}).gaps
    assert [(g.kind, g.reason) for g in gaps] == [
        ("repo.model_*", "state machine: flow.asl.json is not in the repository")
    ]


LOGGED = {"Level": "ALL", "Destinations": []}


@pytest.mark.parametrize(
    ("more", "latency", "outcome", "fields"),
    [
        ({}, True, True, ("error", "latency")),  # the history of a standard machine
        ({"StateMachineType": "EXPRESS"}, False, False, ()),
        ({"StateMachineType": "EXPRESS", "LoggingConfiguration": LOGGED}, True, True, ("error", "latency")),
        ({"StateMachineType": "EXPRESS", "LoggingConfiguration": {"Level": "ERROR"}}, False, True, ("error",)),
        ({"StateMachineType": "EXPRESS", "LoggingConfiguration": {"Level": "FATAL"}}, False, False, ()),
        (
            {"StateMachineType": "EXPRESS", "TracingConfiguration": {"Enabled": True}},
            True, True, ("error", "latency"),
        ),
    ],
)  # fmt: skip
def test_what_a_machine_keeps_of_a_task(more: dict[str, Any], latency: bool, outcome: bool, fields: Any) -> None:
    call = one(template(machine(), **more))
    assert (call.latency_recorded, call.outcome_recorded, call.recorded_fields) == (latency, outcome, fields)


def test_what_a_machine_keeps_of_a_task_in_terraform_and_sam() -> None:
    express = TERRAFORM.replace('name       = "flow"', 'name = "flow"\n  type = "EXPRESS"\n  # log')
    assert one({"main.tf": TERRAFORM}).latency_recorded is True
    assert one({"main.tf": express}).latency_recorded is False
    logged = express.replace("# log", 'logging_configuration {\n level = "ALL"\n }')
    assert one({"main.tf": logged}).latency_recorded is True
    unknown = express.replace("# log", "logging_configuration {\n level = var.level\n }") + 'variable "level" {}\n'
    assert isinstance(one({"main.tf": unknown}).latency_recorded, Unknown)
    sam = template(machine(), "AWS::Serverless::StateMachine", Type="EXPRESS", Logging=LOGGED)
    assert one(sam).latency_recorded is True
    silent = template(machine(), "AWS::Serverless::StateMachine", Type="EXPRESS")
    assert one(silent).latency_recorded is False


OTHER = {**STATE, "Catch": [], "Next": "Done"}
FAILED = {"Type": "Fail"}
TOLD = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Failed"}
CANNED = {"Type": "Pass", "Result": {"text": "Please ask again."}, "End": True}


@pytest.mark.parametrize(
    ("ask", "states", "expected"),
    [
        (STATE, {"Failed": FAILED}, False),
        (STATE, {"Failed": {**TOLD, "Next": "End"}, "End": FAILED}, False),
        (STATE, {"Failed": OTHER}, True),
        (STATE, {"Failed": {**TOLD, "Next": "Other"}, "Other": OTHER}, True),
        (STATE, {"Failed": CANNED}, True),
        (STATE, {"Failed": {**CANNED, "Next": "Tell"}, "Tell": {**TOLD, "Next": "End"}, "End": FAILED}, False),
        (STATE, {"Failed": {**TOLD, "Next": "Failed"}}, None),
        (STATE, {}, None),
        ({**STATE, "Catch": []}, {}, False),
        ({**STATE, "Catch": []}, {"All": {"Type": "Parallel", "Catch": [{"ErrorEquals": ["States.ALL"]}]}}, None),
    ],
)
def test_what_answers_when_a_task_has_failed(ask: Any, states: dict[str, Any], expected: bool | None) -> None:
    resources = collected(template(machine(ask, **states))).resources
    calls = {r.identity: r.value for r in resources if isinstance(r.value, ModelCall)}
    found = calls["template.json#Flow/Ask"].fallback
    assert found is expected if expected is not None else isinstance(found, Unknown)


def test_what_becomes_of_the_answer_of_a_task() -> None:
    passed = one(template(machine()))
    assert isinstance(passed.output_use, Unknown)
    assert passed.stream_errors_handled is None
    parsed = {"Parse": {"Type": "Pass", "Parameters": {"data.$": "States.StringToJson($.Body.content[0].text)"}}}
    read = one(template(machine(**parsed)))
    assert (read.output_use, read.output_validated) == ("json", False)
    vectors = {**STATE, "Parameters": {"ModelId": "amazon.titan-embed-text-v2:0", "Body": {"inputText": "a"}}}
    assert one(template(machine(vectors))).output_use is None


def test_what_a_task_asks() -> None:
    alone = {**STATE, "Parameters": {**STATE["Parameters"], "Body": {"messages": [{"role": "user"}]}}}
    assert one(template(machine(alone))).history_bounded is None
    call = one(template(machine()))
    assert isinstance(call.history_bounded, Unknown)
    assert isinstance(call.input_bounded, Unknown)
