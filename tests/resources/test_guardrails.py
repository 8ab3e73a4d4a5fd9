from __future__ import annotations

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Block, Node, node_of
from prodworks_cli.resources.guardrail_entries import ContentFilter, PiiEntity, Topic
from prodworks_cli.schema import assemble
from tests.resources.support import DENIED, block, declare, declared, drafted, observe, ref

TERRAFORM = {
    "name": "support",
    "content_policy_config": [
        {
            "filters_config": [
                {"type": "PROMPT_ATTACK", "input_strength": "HIGH", "output_strength": "NONE"},
                {"type": "HATE", "input_strength": Unknown("var.strength", present=True), "output_strength": "LOW"},
            ],
            "tier_config": [{"tier_name": "STANDARD"}],
        }
    ],
    "cross_region_config": [{"guardrail_profile_identifier": "us.guardrail.v1:0"}],
    "sensitive_information_policy_config": [
        {"pii_entities_config": [{"type": "EMAIL", "action": "ANONYMIZE", "output_enabled": "false"}]}
    ],
    "topic_policy_config": [{"topics_config": [{"name": "law", "type": "DENY", "output_action": "BLOCK"}]}],
    "contextual_grounding_policy_config": [{"filters_config": [{"type": "GROUNDING", "threshold": "0.75"}]}],
}


def test_terraform() -> None:
    guardrail = declared("aws_bedrock_guardrail", TERRAFORM)
    attack, hate = guardrail.content_filters
    assert attack == ContentFilter("PROMPT_ATTACK", "HIGH", "NONE", None, None, None, None, None)
    assert hate.input_strength == Unknown("var.strength", present=True)
    assert (guardrail.tier, guardrail.cross_region, guardrail.name) == ("STANDARD", True, "support")
    assert guardrail.pii_entities == (PiiEntity("EMAIL", "ANONYMIZE", None, None, None, False),)
    assert guardrail.topics == (Topic("law", "BLOCK", None, "BLOCK", None, None),)
    assert guardrail.grounding_filters[0].threshold == 0.75
    assert guardrail.regexes == ()
    assert guardrail.kms_key is None
    assert isinstance(guardrail.id, Unknown)


def test_an_absent_policy_is_an_empty_list_and_an_unresolved_one_unknown() -> None:
    guardrail = declared("aws_bedrock_guardrail", {"content_policy_config": Unknown("dynamic block")})
    assert guardrail.content_filters == Unknown("dynamic block")
    assert guardrail.pii_entities == ()
    assert isinstance(guardrail.tier, Unknown)


def test_a_dynamic_filter_is_one_unknown_among_others() -> None:
    filters = [Unknown("for_each"), {"type": "HATE"}, "odd"]
    guardrail = declared("aws_bedrock_guardrail", {"content_policy_config": [{"filters_config": filters}]})
    assert guardrail.content_filters[0] == Unknown("for_each")
    assert guardrail.content_filters[1].type == "HATE"
    assert guardrail.content_filters[2] == Unknown("expected a mapping", present=True)


def test_locations_lead_to_the_filter() -> None:
    filters = [node_of({"type": "HATE", "input_strength": "LOW"}, Location("main.tf", 9))]
    body = Node({"content_policy_config": Node({"filters_config": Node(tuple(filters), Location("main.tf", 8))},
                 Location("main.tf", 7))}, Location("main.tf", 3))  # fmt: skip
    _, places = assemble(drafted(Block("aws_bedrock_guardrail", "a", body)))
    assert places["content_filters[0].input_strength"] == Location("main.tf", 9)
    assert places[""] == Location("main.tf", 3)


def test_cloudformation_and_its_snake_case_twin() -> None:
    properties = {
        "Name": "support",
        "ContentPolicyConfig": {
            "FiltersConfig": [{"Type": "HATE", "InputStrength": "HIGH", "InputAction": "NONE"}],
            "ContentFiltersTierConfig": {"TierName": "CLASSIC"},
        },
        "SensitiveInformationPolicyConfig": {"RegexesConfig": [{"Name": "id", "Action": "BLOCK"}]},
    }
    twin = {
        "name": "support",
        "content_policy_config": {
            "filters_config": [{"type": "HATE", "input_strength": "HIGH", "input_action": "NONE"}],
            "content_filters_tier_config": {"tier_name": "CLASSIC"},
        },
        "sensitive_information_policy_config": {"regexes_config": [{"name": "id", "action": "BLOCK"}]},
    }
    first, second = declared("AWS::Bedrock::Guardrail", properties), declared("awscc_bedrock_guardrail", twin)
    assert first.content_filters == second.content_filters
    assert first.content_filters[0].input_action == "NONE"
    assert (first.tier, second.tier, first.cross_region) == ("CLASSIC", "CLASSIC", False)
    assert first.regexes[0].name == second.regexes[0].name == "id"


@pytest.mark.parametrize(
    ("kind", "key"),
    [("aws_bedrock_guardrail_version", "guardrail_arn"), ("AWS::Bedrock::GuardrailVersion", "GuardrailIdentifier")],
)
def test_versions_are_those_that_point_at_the_guardrail(kind: str, key: str) -> None:
    guardrail = declare(
        block("aws_bedrock_guardrail", "g", {"name": "a"}),
        block(kind, "v1", {key: ref("g")}),
        block(kind, "other", {key: ref("h")}),
    )
    assert guardrail.versions == (Unknown("known after deployment: v1 version", present=True),)


RESPONSE = {
    "guardrailId": "abc",
    "name": "support",
    "version": "2",
    "contentPolicy": {"filters": [{"type": "HATE", "inputStrength": "HIGH", "inputModalities": ["TEXT", "IMAGE"]}]},
    "sensitiveInformationPolicy": {"piiEntities": [{"type": "EMAIL", "action": "NONE"}]},
}


def test_response() -> None:
    answers = {"bedrock:GetGuardrail": RESPONSE, "bedrock:ListGuardrails": {"guardrails": [{"version": "1"}]}}
    guardrail = observe("aws.bedrock.guardrail", answers)
    assert guardrail.content_filters[0].modalities == ("TEXT", "IMAGE")
    assert guardrail.pii_entities[0].action == "NONE"
    assert (guardrail.id, guardrail.version, guardrail.versions) == ("abc", "2", ("1",))
    assert guardrail.cross_region is False
    assert guardrail.topics == ()


def test_the_request_shape_in_a_response_is_not_read() -> None:
    odd = {"sensitiveInformationPolicy": {"piiEntitiesConfig": [{"type": "EMAIL", "action": "BLOCK"}]}}
    assert observe("aws.bedrock.guardrail", {"bedrock:GetGuardrail": odd}).pii_entities == ()


def test_denied_details_are_unknown_throughout() -> None:
    guardrail = observe("aws.bedrock.guardrail", {"bedrock:GetGuardrail": DENIED})
    for name in (
        "name",
        "content_filters",
        "pii_entities",
        "regexes",
        "topics",
        "grounding_filters",
        "tier",
        "kms_key",
    ):
        assert isinstance(getattr(guardrail, name), Unknown), name
    assert isinstance(guardrail.cross_region, Unknown)
    assert guardrail.versions == Unknown("bedrock:ListGuardrails was not called")


def test_enforced_guardrail() -> None:
    body = {
        "guardrail_identifier": "abc",
        "guardrail_version": "1",
        "model_enforcement": [{"included_models": ["ALL"], "excluded_models": []}],
        "selective_content_guarding": [{"system": "SELECTIVE"}],
    }
    enforced = declared("awscc_bedrock_enforced_guardrail_configuration", body)
    assert (enforced.guardrail.key, enforced.guardrail_version, enforced.included_models) == ("abc", "1", ("ALL",))
    assert (enforced.excluded_models, enforced.system_guarding, enforced.messages_guarding) == ((), "SELECTIVE", None)
    listing = {"guardrailsConfig": [{"configId": "other"}, {"configId": "mine", "inputTags": "HONOR"}]}
    answers = {"bedrock:ListEnforcedGuardrailsConfiguration": listing}
    seen = observe("aws.bedrock.enforced_guardrail", answers, "mine")
    assert (seen.input_tags, seen.region) == ("HONOR", "eu-west-1")


def test_hostile_bodies_do_not_raise() -> None:
    bodies: tuple[object, ...] = (
        [],
        "text",
        3,
        Unknown("x"),
        {"content_policy_config": [[["deep"]]]},
        {"name": {"a": 1}},
    )
    for body in bodies:
        subject = Block("aws_bedrock_guardrail", "g", node_of(body, Location("x")))
        assert drafted(subject).identity == "g"
        assemble(drafted(subject))
