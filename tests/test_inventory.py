"""Inventories survive JSON without loss, and damaged ones are refused with a reason."""

from __future__ import annotations

import json

import pytest

from prodworks_cli.inventory import InventoryError, dump, load
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.rules import load_rules


@pytest.mark.parametrize("rule", [r.id for r in load_rules().rules])
def test_every_example_survives_a_round_trip(rule: str) -> None:
    found = load_rules().get(rule)
    assert found is not None
    for example in found.examples:
        inventory = inventory_of(example)
        assert load(dump(inventory)) == inventory
        assert dump(load(dump(inventory))) == dump(inventory)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": "prodworks-inventory/0"}',
        '{"format": "prodworks-inventory/1"}',
        "[" * 100_000,
        '{"format": "prodworks-inventory/1", "scan": {}, "settings": {}, "gaps": [{"kind": 1}], "resources": []}',
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InventoryError):
        load(text)


def test_an_attribute_that_is_missing_is_named() -> None:
    document = json.loads(dump(inventory_of({"terraform": 'resource "aws_kms_key" "k" {}\n'})))
    (key,) = [r for r in document["resources"] if r["type"] == "aws.kms.key"]
    del key["attributes"]["rotation_enabled"]
    with pytest.raises(InventoryError, match=r"aws\.kms\.key lacks rotation_enabled"):
        load(json.dumps(document))
