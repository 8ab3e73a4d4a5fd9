from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.guardrail_entries import ContentFilter, GroundingFilter, PiiEntity, Regex, Topic
from prodworks_cli.resources.guardrails import Guardrail
from prodworks_cli.schema import assemble, attributes_of, draft

UNREAD = Unknown("denied")
HERE = Location("test")


def item(cls: Any, **values: Any) -> Any:
    absent = dict.fromkeys((n for n, a in attributes_of(cls).items() if not a.derived), None)
    return assemble(draft(cls, HERE, **{**absent, **values}))[0]


def filtered(*filters: Any) -> Any:
    cls: Any = Guardrail
    absent = dict.fromkeys((n for n, a in attributes_of(cls).items() if not a.derived), None)
    return cls(**{**absent, "content_filters": filters})


def content(**values: Any) -> Any:
    return item(ContentFilter, **{"type": "HATE", "input_strength": "HIGH", "output_strength": "MEDIUM", **values})


@pytest.mark.parametrize(
    ("values", "acts"),
    [
        ({"action": "BLOCK"}, True),
        ({"action": "ANONYMIZE", "output_enabled": True}, True),
        ({"action": "NONE"}, False),
        ({}, False),
        ({"action": "BLOCK", "output_action": "NONE"}, False),
        ({"action": "NONE", "output_action": "ANONYMIZE"}, True),
        ({"action": "BLOCK", "output_enabled": False}, False),
        ({"action": UNREAD, "output_enabled": False}, False),
        ({"action": UNREAD}, UNREAD),
        ({"action": "BLOCK", "output_action": UNREAD}, UNREAD),
        ({"action": "BLOCK", "output_enabled": UNREAD}, UNREAD),
        ({"action": "NONE", "output_enabled": UNREAD}, False),
    ],
)
@pytest.mark.parametrize("cls", [PiiEntity, Regex])
def test_an_entry_acts_on_output_when_it_blocks_or_masks_there(cls: Any, values: dict[str, Any], acts: object) -> None:
    assert item(cls, **values).acts_on_output == acts


@pytest.mark.parametrize(
    ("values", "blocked"),
    [
        ({}, ("HATE",)),
        ({"input_action": "BLOCK", "output_action": "BLOCK", "input_enabled": True, "output_enabled": True}, ("HATE",)),
        ({"input_strength": "LOW"}, ()),
        ({"output_strength": "NONE"}, ()),
        ({"output_strength": None}, ()),
        ({"input_action": "NONE"}, ()),
        ({"output_action": "NONE"}, ()),
        ({"input_enabled": False}, ()),
        ({"output_enabled": False}, ()),
        ({"input_strength": UNREAD}, (UNREAD,)),
        ({"output_action": UNREAD}, (UNREAD,)),
        ({"input_strength": UNREAD, "output_strength": "LOW"}, ()),
        ({"type": UNREAD}, (UNREAD,)),
    ],
)
def test_a_category_is_blocked_when_both_directions_block(values: dict[str, Any], blocked: tuple[object, ...]) -> None:
    assert filtered(content(**values)).blocked_categories == blocked


def test_blocked_categories_of_several_filters_keep_their_order() -> None:
    filters = (content(type="VIOLENCE"), UNREAD, content(type="SEXUAL", input_strength="LOW"), content())
    assert filtered(*filters).blocked_categories == ("VIOLENCE", UNREAD, "HATE")


def test_a_guardrail_without_filters_blocks_nothing_and_an_unread_one_may_block_anything() -> None:
    assert filtered().blocked_categories == ()
    absent = dict.fromkeys((n for n, a in attributes_of(Guardrail).items() if not a.derived), None)
    denied: Any = Guardrail(**{**absent, "content_filters": UNREAD})
    assert denied.blocked_categories is UNREAD


@pytest.mark.parametrize(
    ("values", "acts"),
    [
        ({}, True),
        ({"input_strength": "NONE"}, True),
        ({"output_strength": "NONE"}, True),
        ({"input_strength": "NONE", "output_strength": "NONE"}, False),
        ({"input_strength": None, "output_strength": None}, False),
        ({"input_action": "NONE", "output_action": "NONE"}, False),
        ({"input_action": "NONE", "output_strength": "NONE"}, False),
        ({"input_enabled": False, "output_enabled": False}, False),
        ({"input_enabled": False, "output_action": "NONE"}, False),
        ({"input_strength": UNREAD, "output_strength": "NONE"}, UNREAD),
        ({"input_strength": UNREAD, "input_action": "NONE", "output_strength": "NONE"}, False),
        ({"input_strength": UNREAD}, True),
        ({"type": "PROMPT_ATTACK", "output_strength": "NONE"}, True),
        ({"type": "PROMPT_ATTACK", "input_strength": "NONE"}, False),
        ({"type": "PROMPT_ATTACK", "input_action": "NONE"}, False),
        ({"type": "PROMPT_ATTACK", "input_enabled": False}, False),
    ],
)
def test_a_filter_acts_in_the_directions_that_count_for_its_type(values: dict[str, Any], acts: object) -> None:
    assert content(**values).acts == acts


@pytest.mark.parametrize(
    ("values", "acts"),
    [
        ({"action": "BLOCK"}, True),
        ({"action": "NONE"}, False),
        ({"action": "NONE", "input_action": "BLOCK"}, True),
        ({"action": "NONE", "input_action": "BLOCK", "input_enabled": False}, False),
        ({"action": "ANONYMIZE", "input_enabled": False, "output_enabled": False}, False),
        ({"action": "BLOCK", "output_action": "NONE"}, True),
        ({"action": "BLOCK", "input_action": "NONE", "output_action": "NONE"}, False),
        ({"action": UNREAD}, UNREAD),
    ],
)
@pytest.mark.parametrize("cls", [PiiEntity, Regex])
def test_an_entry_acts_in_one_direction_at_least(cls: Any, values: dict[str, Any], acts: object) -> None:
    assert item(cls, **values).acts == acts


@pytest.mark.parametrize(
    ("values", "acts"),
    [
        ({}, True),
        ({"input_action": "NONE"}, True),
        ({"input_action": "NONE", "output_action": "NONE"}, False),
        ({"input_action": "NONE", "output_enabled": False}, False),
        ({"input_enabled": False, "output_enabled": False}, False),
        ({"input_action": UNREAD, "output_action": "NONE"}, UNREAD),
    ],
)
def test_a_topic_is_blocked_in_one_direction_at_least(values: dict[str, Any], acts: object) -> None:
    assert item(Topic, **values).acts == acts


@pytest.mark.parametrize(
    ("values", "acts"),
    [
        ({"threshold": 0.7}, True),
        ({"threshold": 0}, False),
        ({}, False),
        ({"threshold": 0.7, "action": "BLOCK", "enabled": True}, True),
        ({"threshold": 0.7, "action": "NONE"}, False),
        ({"threshold": 0.7, "enabled": False}, False),
        ({"threshold": UNREAD}, UNREAD),
        ({"threshold": UNREAD, "enabled": False}, False),
    ],
)
def test_a_grounding_filter_acts_above_a_threshold_of_nothing(values: dict[str, Any], acts: object) -> None:
    assert item(GroundingFilter, **values).acts == acts
