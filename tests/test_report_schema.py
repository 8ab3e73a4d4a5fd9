"""The published JSON Schema says the same as the types of the report. To write it anew after changing the types:

``python -m tests.test_report_schema > prodworks_cli/schemas/report.schema.json``
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from prodworks_cli import report as contract
from prodworks_cli.gate import Conditions, evaluate
from prodworks_cli.model import Inventory, Scan
from prodworks_cli.score import Outcome
from tests.scoring import FAIL, outcome, outcomes, report, rule

SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def generated() -> dict[str, Any]:
    """The schema that the types give."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:prodworks:report:{contract.SCHEMA_VERSION}",
        "title": "prodworks report",
        "$ref": "#/$defs/Report",
        "$defs": {c.__name__: _object(c) for c in typed_dicts()},
    }


def typed_dicts() -> list[Any]:
    return [c for c in vars(contract).values() if is_typeddict(c)]


def _object(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        "description": " ".join(cls.__doc__.split()).replace("``", ""),
        "type": "object",
        "properties": {name: _type(hint) for name, hint in hints.items()},
        "required": [name for name, hint in hints.items() if get_origin(hint) is not NotRequired],
        "additionalProperties": False,
    }


def _type(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _type(args[0])
    if is_typeddict(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is Literal:
        return {"enum": list(args)}
    if origin is list:
        return {"type": "array", "items": _type(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type(args[1])}
    if origin in (Union, types.UnionType):
        parts = [_type(a) for a in args]
        plain = [p["type"] for p in parts if set(p) == {"type"}]
        return {"type": plain} if len(plain) == len(parts) else {"anyOf": parts}
    return {"type": SCALARS[hint]}


def published() -> dict[str, Any]:
    text = (files("prodworks_cli") / "schemas" / "report.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def validator() -> Draft202012Validator:
    return Draft202012Validator(published())


def test_the_published_schema_is_what_the_types_say() -> None:
    assert published() == generated()


def test_the_schema_is_valid_and_every_definition_is_used() -> None:
    Draft202012Validator.check_schema(published())
    used = {ref.rsplit("/", 1)[-1] for ref in _refs(published())}
    assert used == set(published()["$defs"])


def _refs(node: Any) -> Iterator[str]:
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _refs(value)
    if isinstance(node, dict) and "$ref" in node:
        yield node["$ref"]


@given(outcomes(least=0))
def test_every_report_is_valid(judged: list[Outcome]) -> None:
    made = report(*judged)
    made["gate"] = evaluate(made, Conditions(fail_on="high", fail_under=50, require="pilot"))
    validator().validate(json.loads(json.dumps(made)))


def test_a_report_on_nothing_is_valid() -> None:
    validator().validate(report(outcome(rule(), FAIL), inventory=Inventory((), (), Scan("empty"))))


@pytest.mark.parametrize(
    "spoil",
    [
        {"unheard_of": 1},
        {"score_model": "1"},
        {"score_model": None},
        {"verdict": {"value": "ready", "blocking": [], "next": []}},
        {"pillars": {}},
    ],
)
def test_the_schema_refuses(spoil: dict[str, Any]) -> None:
    assert not validator().is_valid({**report(outcome(rule(), FAIL)), **spoil})


@pytest.mark.parametrize("key", sorted(generated()["$defs"]["Report"]["required"]))
def test_the_schema_demands(key: str) -> None:
    made: dict[str, Any] = dict(report(outcome(rule(), FAIL)))
    del made[key]
    assert not validator().is_valid(made)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(generated(), indent=2) + "\n")
