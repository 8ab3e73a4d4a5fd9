"""Conditions: three-valued logic, operators on every kind of nothing, quantifiers, references, load-time checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.conditions import ConditionError, Cursor, Scope, compile_condition, show
from prodworks_cli.model import Kind, Location, Plane, Ref, Resource, Unknown
from prodworks_cli.operators import OPERATORS, Operator, opposite
from prodworks_cli.schema import Flag, Item, Link, Links, Number, Text, Texts, To

LOST = Unknown("denied")
THERE = Unknown("known after deployment", present=True)


@dataclass(frozen=True)
class Part(Item):
    name: Text
    size: Number


@dataclass(frozen=True)
class Box(Kind):
    KIND = "test.box"

    text: Text
    number: Number
    flag: Flag
    words: Texts
    parts: tuple[Part | Unknown, ...] | Unknown | None
    lid: Annotated[Link, To("test.box")]
    boxes: Annotated[Links, To("test.box")]

    @property
    def heavy(self) -> bool | Unknown:
        return self.number if isinstance(self.number, Unknown) else bool(self.number and self.number > 10)


KINDS = {"test.box": Box, "workload": Box}


def box(**values: Any) -> Resource:
    empty: dict[str, Any] = dict.fromkeys(("text", "number", "flag", "words", "parts", "lid", "boxes"))
    locations = {"": Location("main.tf", 1), "parts[1].size": Location("main.tf", 9), "text": Location("main.tf", 3)}
    return Resource("box", Plane.DECLARED, Box(**{**empty, **values}), locations)


def ask(condition: Any, subject: Resource, others: dict[str, Resource] | None = None) -> Any:
    def follow(ref: Ref) -> Resource | Unknown:
        return (others or {}).get(ref.key, Unknown("not collected"))

    test = compile_condition(condition, Box, KINDS)
    return test(Cursor(subject.value, subject), Scope(follow, subject))


@pytest.mark.parametrize(
    ("condition", "values", "truth"),
    [
        ({"path": "text", "equals": "a"}, {"text": "a"}, True),
        ({"path": "text", "equals": "a"}, {"text": "b"}, False),
        ({"path": "text", "equals": "a"}, {"text": None}, False),
        ({"path": "text", "equals": "a"}, {"text": LOST}, None),
        ({"path": "flag", "equals": True}, {"flag": True}, True),
        ({"path": "flag", "equals": False}, {"flag": None}, False),
        ({"path": "number", "equals": 1}, {"number": 1.0}, True),
        ({"path": "text", "in": ["a", "b"]}, {"text": "b"}, True),
        ({"path": "text", "matches": "^[0-9]+$"}, {"text": "12"}, True),
        ({"path": "text", "matches": "^[0-9]+$"}, {"text": "DRAFT"}, False),
        ({"path": "text", "starts_with": "arn:"}, {"text": "arn:aws"}, True),
        ({"path": "text", "ends_with": ":1"}, {"text": "x:2"}, False),
        ({"path": "number", "at_least": 5}, {"number": 5}, True),
        ({"path": "number", "at_most": 5}, {"number": 6}, False),
        ({"path": "number", "at_most": 5}, {"number": None}, False),
        ({"path": "number", "at_most": 5}, {"number": LOST}, None),
        ({"path": "text", "present": True}, {"text": THERE}, True),
        ({"path": "text", "present": False}, {"text": THERE}, False),
        ({"path": "text", "present": True}, {"text": LOST}, None),
        ({"path": "text", "present": False}, {"text": None}, True),
        ({"path": "words", "empty": True}, {"words": ()}, True),
        ({"path": "words", "empty": True}, {"words": None}, True),
        ({"path": "words", "empty": True}, {"words": (LOST,)}, None),
        ({"path": "words", "empty": True}, {"words": ("a", LOST)}, False),
        ({"path": "words", "contains": "a"}, {"words": ("a", LOST)}, True),
        ({"path": "words", "contains": "b"}, {"words": ("a", LOST)}, None),
        ({"path": "words", "contains": "b"}, {"words": ("a",)}, False),
        ({"path": "words", "contains_any": ["b", "a"]}, {"words": ("a",)}, True),
        ({"path": "words", "contains_all": ["b", "a"]}, {"words": ("a",)}, False),
        ({"path": "words", "contains_all": ["b", "a"]}, {"words": ("a", LOST)}, None),
        ({"path": "words", "within": ["a"]}, {"words": ("a", "c")}, False),
        ({"path": "words", "within": ["a"]}, {"words": ("a", LOST)}, None),
        ({"path": "words", "within": ["a"]}, {"words": ("c", LOST)}, False),
        ({"path": "words", "count_at_least": 2}, {"words": ("a", "b", LOST)}, True),
        ({"path": "words", "count_at_least": 2}, {"words": ("a", LOST)}, None),
        ({"path": "words", "count_at_least": 2}, {"words": LOST}, None),
        ({"path": "heavy", "equals": True}, {"number": 11}, True),
        ({"path": "heavy", "equals": True}, {"number": LOST}, None),
        ({"path": "parts", "some": {"path": "name", "equals": "a"}}, {"parts": None}, False),
        ({"path": "parts", "every": {"path": "name", "equals": "a"}}, {"parts": ()}, True),
        ({"path": "parts", "none": {"path": "name", "equals": "a"}}, {"parts": ()}, True),
        ({"path": "parts", "some": {"path": "name", "equals": "a"}}, {"parts": (Part("b", 1), LOST)}, None),
        ({"path": "parts", "some": {"path": "name", "equals": "a"}}, {"parts": (Part("a", 1), LOST)}, True),
        ({"path": "parts", "every": {"path": "name", "equals": "a"}}, {"parts": (Part("b", 1), LOST)}, False),
        ({"path": "parts", "none": {"path": "name", "equals": "a"}}, {"parts": (Part("b", 1), LOST)}, None),
        ({"path": "parts", "none": {"path": "name", "equals": "a"}}, {"parts": (Part("a", 1), LOST)}, False),
        ({"path": "parts", "some": {"path": "name", "equals": "a"}}, {"parts": LOST}, None),
        ({"not": {"path": "text", "equals": "a"}}, {"text": LOST}, None),
        ({"not": {"path": "text", "equals": "a"}}, {"text": None}, True),
        ({"path": "workload.text", "equals": "a"}, {"text": "a"}, True),
    ],
)
def test_a_condition_is_judged(condition: Any, values: dict[str, Any], truth: bool | None) -> None:
    assert ask(condition, box(**values)).truth is truth


@given(st.lists(st.sampled_from([True, False, None]), min_size=2, max_size=5))
def test_all_and_any_are_kleene_logic(truths: list[bool | None]) -> None:
    values = {True: "yes", False: "no", None: LOST}
    parts = [{"path": "some_text", "equals": "yes"} for _ in truths]
    resources = [box(text=values[t]) for t in truths]
    del parts
    conjunction = [ask({"path": "text", "equals": "yes"}, r).truth for r in resources]
    leaves = [{"always": t} for t in conjunction]
    assert ask({"all": leaves}, box()).truth is (False if False in truths else None if None in truths else True)
    assert ask({"any": leaves}, box()).truth is (True if True in truths else None if None in truths else False)


def test_a_reference_is_followed_and_a_lost_target_is_unknown() -> None:
    lid = Resource("lid", Plane.DECLARED, box(text="oak").value, {"": Location("lid.tf", 4)})
    found = ask({"path": "lid.text", "equals": "oak"}, box(lid=Ref("test.box", "lid")), {"lid": lid})
    assert found.truth is True
    assert found.proofs[0].location == Location("lid.tf", 4)
    assert ask({"path": "lid.text", "equals": "oak"}, box(lid=Ref("test.box", "gone"))).truth is None
    assert ask({"path": "lid.text", "present": True}, box(lid=None)).truth is False


def test_an_attribute_of_something_present_but_unread_may_be_absent() -> None:
    assert ask({"path": "lid.text", "present": True}, box(lid=THERE)).truth is None


def test_quantifiers_follow_references_of_a_list() -> None:
    oak = Resource("oak", Plane.DECLARED, box(text="oak").value, {})
    both = box(boxes=(Ref("test.box", "oak"), Ref("test.box", "gone")))
    assert ask({"path": "boxes", "some": {"path": "text", "equals": "oak"}}, both, {"oak": oak}).truth is True
    assert ask({"path": "boxes", "every": {"path": "text", "equals": "oak"}}, both, {"oak": oak}).truth is None


def test_proofs_name_the_element_that_decided_and_its_line() -> None:
    parts = (Part("a", 1), Part("b", 2))
    outcome = ask({"path": "parts", "some": {"path": "size", "at_least": 2}}, box(parts=parts))
    assert [(p.path, p.expected, p.actual, p.location) for p in outcome.proofs] == [
        ("size", 2, "2", Location("main.tf", 9))
    ]


def test_of_ways_that_all_fail_one_about_nothing_is_told_last() -> None:
    remote = {"all": [{"path": "flag", "equals": True}, {"path": "text", "equals": "oauth"}]}
    condition = {"any": [remote, {"path": "number", "at_least": 3}]}
    assert [p.path for p in ask(condition, box(number=1)).proofs] == ["number", "flag", "text"]
    assert [p.path for p in ask(condition, box(flag=False)).proofs] == ["flag", "text", "number"]
    assert [p.path for p in ask(condition, box(flag=False, number=1)).proofs] == ["flag", "text", "number"]
    assert [p.path for p in ask({"path": "boxes", "some": condition}, box(boxes=())).proofs] == ["boxes"]


def test_an_unlocated_attribute_points_at_its_resource() -> None:
    outcome = ask({"path": "number", "at_least": 2}, box(number=1))
    assert outcome.proofs[0].location == Location("main.tf", 1)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"path": "txet", "equals": "a"}, "test.box has no attribute txet; did you mean text?"),
        ({"path": "text", "equls": "a"}, "no operator equls; did you mean equals?"),
        ({"path": "words", "equals": "a"}, "equals cannot judge a list of texts"),
        ({"path": "text", "at_least": 3}, "at_least cannot judge a text"),
        ({"path": "parts.name", "equals": "a"}, "parts is a list; write some, every or none"),
        ({"path": "words", "some": {"path": "x", "equals": 1}}, "some needs a list of items or references"),
        ({"path": "text.more", "equals": "a"}, "text has no attributes"),
        ({"path": "text"}, "expected a path and one operator"),
        ({"path": "text", "equals": "a", "in": ["b"]}, "expected a path and one operator"),
        ("text", "a condition is a mapping"),
        ({"path": "workload.nope", "equals": 1}, "has no attribute nope"),
    ],
)
def test_mistakes_are_found_at_load(condition: Any, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(condition, Box, KINDS)
    assert message in str(caught.value)


def test_no_operator_takes_absence_or_ignorance_for_a_match() -> None:
    operands = {"at_least": 0, "at_most": 10**9, "count_at_least": 1, "matches": ".*"}
    for name, operator in OPERATORS.items():
        if name in ("present", "empty", "within"):
            continue
        operand = operands.get(name, ["a"] if operator.operand["type"] == "array" else "a")
        assert operator.test(None, operand) is False, name
        assert operator.test(LOST, operand) is None, name


def test_values_are_shown_short() -> None:
    assert show(("a",) * 9).endswith("9 in all]")
    assert len(show("x" * 9999)) == 160
    assert show(LOST) == "unknown (denied)"


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_a_negated_comparison_reads_as_its_opposite(operator: Operator) -> None:
    negated = opposite(operator.meaning)
    assert negated != operator.meaning
    assert opposite(negated) == operator.meaning


def test_a_proof_below_not_says_what_was_demanded() -> None:
    (proof,) = ask({"not": {"path": "number", "at_least": 11}}, box(number=12)).proofs
    assert (proof.operator, proof.expected, proof.actual) == ("is not at least", 11, "12")
