from __future__ import annotations

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import parsed

AT = Location("main.tf", 1)


def test_json_text_becomes_nodes() -> None:
    assert parsed(Node('{"a": [1, {"b": "c"}]}', AT)).at("a").plain() == [1, {"b": "c"}]
    assert parsed(Node({"a": Node(1, AT)}, AT)).plain() == {"a": 1}
    assert isinstance(parsed(Node("{", AT)).content, Unknown)


def test_of_a_text_with_unresolved_parts_only_those_are_unknown() -> None:
    text = Unknown(
        "var.x", present=True, shape='[{"name": "A", "value": "${...}"}, {"name": "B", "value": "b-${...}"}]'
    )
    first, second = parsed(Node(text, AT)).items()
    assert (first["name"].text(), second["name"].text()) == ("A", "B")
    assert first["value"].content == Unknown("var.x")
    assert second["value"].content == Unknown("var.x", present=True, shape="b-${...}")


@pytest.mark.parametrize("shape", ['{"a": ${...}}', '{"${...}": 1}', "${...}", None])
def test_what_cannot_be_told_stays_unknown(shape: str | None) -> None:
    assert isinstance(parsed(Node(Unknown("var.x", shape=shape), AT)).content, Unknown)
