from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Gap, Inventory, Location, Plane, Resource, Scan, Unknown
from prodworks_cli.node import Declarations
from prodworks_cli.resources.enforced_guardrails import EnforcedGuardrail
from prodworks_cli.resources.environment import environment
from prodworks_cli.resources.model_calls import NUMBERED, ModelCall
from prodworks_cli.schema import assemble, attributes_of, draft
from prodworks_cli.workload import build_workload
from tests.resources.support import block, ref

UNREAD = Unknown("not resolved", present=True)
HERE = Location("test")


def build(cls: Any, **values: Any) -> Any:
    absent = dict.fromkeys((n for n, a in attributes_of(cls).items() if not a.derived), None)
    return assemble(draft(cls, HERE, **{**absent, **values}))[0]


@pytest.mark.parametrize(
    ("api", "model", "mode", "takes"),
    [
        ("converse", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "none", True),
        ("converse", UNREAD, "none", True),
        ("invoke_model", "amazon.nova-lite-v1:0", "none", True),
        ("invoke_model", "amazon.titan-embed-text-v2:0", "none", False),
        ("invoke_model", "cohere.rerank-v3-5:0", None, False),
        ("embed_query", None, None, False),
        ("retrieve_and_generate", None, "none", True),
        ("invoke_model", UNREAD, "attached", True),
        (UNREAD, None, UNREAD, True),
    ],
)
def test_calls_that_generate_take_a_guardrail(api: object, model: object, mode: object, takes: bool) -> None:
    assert build(ModelCall, api=api, model_id=model, guardrail_mode=mode).takes_guardrail is takes


def test_invoke_model_with_an_unknown_model_may_embed() -> None:
    call = build(ModelCall, api="invoke_model", model_id=UNREAD, guardrail_mode="none")
    assert isinstance(call.takes_guardrail, Unknown)


@pytest.mark.parametrize(
    ("included", "excluded", "all_models"),
    [
        (None, None, True),
        (("ALL",), (), True),
        (("ALL",), ("amazon.nova-lite-v1:0",), None),
        (("amazon.nova-lite-v1:0",), (), None),
        (UNREAD, (), None),
        (("ALL",), UNREAD, None),
    ],
)
def test_an_enforced_guardrail_may_leave_models_out(included: Any, excluded: Any, all_models: bool | None) -> None:
    found = build(EnforcedGuardrail, included_models=included, excluded_models=excluded).on_all_models
    assert (None if isinstance(found, Unknown) else found) is all_models


def test_a_cloudformation_guardrail_passes_on_its_draft_and_a_version_resource_a_number() -> None:
    variables = {
        "DRAFT": ref("t#Guardrail", "Version"),
        "NUMBER": ref("t#Release", "Version"),
        "ID": ref("t#Guardrail", "GuardrailId"),
        "OTHER": ref("t#Missing", "Version"),
    }
    found = environment(
        Declarations(
            (
                block("AWS::Lambda::Function", "t#App", {"Environment": {"Variables": variables}}),
                block("AWS::Bedrock::Guardrail", "t#Guardrail", {}),
                block("AWS::Bedrock::GuardrailVersion", "t#Release", {}),
            )
        )
    )
    values = {name: node.content for name, (node,) in found.items()}
    number = Unknown("known after deployment: t#Release Version", present=True, shape=NUMBERED)
    assert values == {**variables, "DRAFT": "DRAFT", "NUMBER": number}


def enforced(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> Any:
    value: Any = build_workload(Inventory(resources, gaps, Scan("test")), Plane.DECLARED, None).value
    return value.enforces_guardrail


def test_a_guardrail_that_the_account_shows_is_enforced_on_what_the_code_declares() -> None:
    value = build(EnforcedGuardrail)
    assert enforced(Resource("cfg", Plane.OBSERVED, value, {})) is True
    assert enforced(Resource("cfg", Plane.DECLARED, value, {})) is True


def test_silence_about_enforcement_counts_as_no_and_a_failed_listing_as_unknown() -> None:
    assert enforced() is False
    denied = Gap(EnforcedGuardrail.KIND, Plane.OBSERVED, "111122223333", "denied")
    assert enforced(gaps=(denied,)) == Unknown("111122223333: denied")
