"""Model ids that stand in code and configuration: which texts are a use, and which tell about a model."""

from __future__ import annotations

import pytest

from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.literals import read

ID = "amazon.nova-reel-v1:0"


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("cdk.json", f'{{"videoModelIds": ["{ID}"]}}', True),
        ("cdk.json", f'{{"videoModelIds": ["{ID}", "{ID}"]}}', True),
        ("a.ts", f"schema.default(['{ID}']),", True),
        ("a.ts", f"const price = prices['{ID}'];", False),
        ("a.ts", f"const price = table()['{ID}'];", False),
        ("a.ts", f"const prices = {{ '{ID}': 3 }};", False),
        ("a.py", f'LIMITS["{ID}"] = 4', False),
        ("a.py", f'MODELS = ["{ID}"]', True),
    ],
)
def test_a_list_holds_ids_and_a_lookup_asks_for_one(path: str, line: str, found: bool) -> None:
    texts = {node.text() for node, _ in read(tree_of({path: line + "\n"}).files)}
    assert texts == ({ID} if found else set())
