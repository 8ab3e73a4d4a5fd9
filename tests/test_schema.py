"""Assembling: drafts of nodes become typed dataclasses with places, and odd input becomes Unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.model import Kind, Location, Ref, Unknown
from prodworks_cli.node import Node, Reference, node_of
from prodworks_cli.resources.iam import Role
from prodworks_cli.resources.registry import kinds
from prodworks_cli.schema import Flag, Item, Number, Text, Texts, _attribute, assemble, attributes_of, draft

HERE = Location("main.tf", 7)


@dataclass(frozen=True)
class Wheel(Item):
    size: Number


@dataclass(frozen=True)
class Cart(Kind):
    KIND = "test.cart"

    name: Text
    load: Number
    open: Flag
    tags: Texts
    wheels: tuple[Wheel | Unknown, ...] | Unknown | None


def cart(**given: Any) -> tuple[Any, dict[str, Location]]:
    absent = Node(None, HERE)
    base: dict[str, Any] = dict.fromkeys(("name", "load", "open", "tags", "wheels"), absent)
    return assemble(draft(Cart, HERE, **{**base, **given}))


@pytest.mark.parametrize(
    ("attribute", "content", "expected"),
    [
        ("load", "30", 30),
        ("load", 2.5, 2.5),
        ("open", "true", True),
        ("open", False, False),
        ("name", 5, "5"),
        ("name", None, None),
        ("name", Reference("aws_x.y", "id"), Unknown("known after deployment: aws_x.y id", present=True)),
        ("tags", None, None),
        ("tags", Unknown("denied"), Unknown("denied")),
    ],
)
def test_scalars_become_the_declared_type(attribute: str, content: Any, expected: Any) -> None:
    value, _ = cart(**{attribute: Node(content, HERE)})
    assert getattr(value, attribute) == expected


@pytest.mark.parametrize(
    ("attribute", "data"),
    [("load", "many"), ("load", True), ("open", "maybe"), ("open", "2"), ("name", ["a"]), ("name", {"a": 1})],
)
def test_other_types_become_unknown(attribute: str, data: Any) -> None:
    value, _ = cart(**{attribute: node_of(data, HERE)})
    assert isinstance(getattr(value, attribute), Unknown)


def test_items_and_their_attributes_keep_their_places() -> None:
    wheel = draft(Wheel, Location("main.tf", 9), size=Node(4, Location("main.tf", 10)))
    value, locations = cart(wheels=[wheel, Unknown("dynamic")])
    assert value.wheels == (Wheel(4), Unknown("dynamic"))
    assert locations["wheels[0]"] == Location("main.tf", 9)
    assert locations["wheels[0].size"] == Location("main.tf", 10)


def test_one_value_where_a_list_is_declared_is_a_list_of_one() -> None:
    value, _ = cart(tags=Node("a", HERE))
    assert value.tags == ("a",)


def test_a_draft_must_name_every_attribute_and_no_other() -> None:
    with pytest.raises(TypeError, match="load"):
        assemble(draft(Wheel, HERE, load=Node(1, HERE)))


def test_a_reference_attribute_takes_references_and_names() -> None:
    agent: Any = kinds()["aws.bedrock.agent"]
    spec = attributes_of(agent)["role"]
    assert spec.target == Role.KIND
    assert spec.type == "ref"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda c: st.lists(c, max_size=3)))
def test_any_data_assembles_to_a_value_of_the_declared_types(data: Any) -> None:
    node = node_of(data, HERE)
    value, _ = cart(name=node, load=node, open=node, tags=node)
    assert isinstance(value.name, str | None | Unknown)
    assert value.open is None or isinstance(value.open, bool | Unknown)
    assert value.load is None or isinstance(value.load, int | float | Unknown)
    assert value.tags is None or all(isinstance(t, str | Unknown) for t in value.tags)


def test_every_kind_names_targets_that_exist() -> None:
    for name, cls in kinds().items():
        specs: Any = attributes_of(cls)  # type: ignore[arg-type]
        for spec in specs.values():
            assert spec.target is None or spec.target in kinds(), f"{name}.{spec.name}"
    assert Ref("a", "b").key == "b"


@pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))
def test_annotations_are_read_as_python_reads_them(kind: Any) -> None:
    hints = get_type_hints(kind, include_extras=True)
    for name, spec in attributes_of(kind).items():
        member = getattr(kind, name, None)
        hint = (
            get_type_hints(member.fget, include_extras=True)["return"] if isinstance(member, property) else hints[name]
        )
        assert spec == _attribute(name, hint, derived=spec.derived)
        assert spec.derived is isinstance(member, property)
