"""Functions that nothing calls: listed, and no subject of any rule."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.judge import judge
from prodworks_cli.model import Inventory, Status
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.files import tree_of

HEAD = 'import boto3\n\nbedrock = boto3.client("bedrock-runtime")\n\n'
IMPORTED = {"web.py": "from app import ask\n"}
TEMPLATE = "Resources:\n  F:\n    Properties: {Handler: app._ask}\n"


def function(name: str) -> str:
    return f"\ndef {name}(text):\n    return bedrock.converse(modelId='amazon.nova-lite-v1:0', messages=text)\n\n"


def inventory(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def reachable(files: dict[str, str]) -> dict[str, object]:
    found = inventory(files).resources
    return {r.identity.split(":")[1].split()[0]: r.value.reachable for r in found if isinstance(r.value, ModelCall)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app.py": HEAD + function("ask")}, {"ask": True}),
        ({"app.py": HEAD + function("_ask")}, {"_ask": False}),
        ({"page.py": HEAD + function("ask") + function("old") + "print(ask('hi'))\n"}, {"ask": True, "old": False}),
        ({"app.py": HEAD + function("ask") + function("old"), **IMPORTED}, {"ask": True, "old": False}),
        ({"app.py": HEAD + function("ask") + function("handler"), **IMPORTED}, {"ask": True, "handler": True}),
        ({"app.py": HEAD + function("_ask"), "t.yaml": TEMPLATE}, {"_ask": True}),
        ({"app.py": HEAD + "\nclass Bot(Base):" + function("_ask").replace("\n", "\n    ")}, {"Bot._ask": True}),
        ({"app.py": HEAD + "import web\n\n@web.get('/')" + function("_ask")}, {"_ask": True}),
    ],
)  # fmt: skip
def test_what_nothing_names_is_dead(files: dict[str, str], expected: dict[str, bool]) -> None:
    assert reachable(files) == expected


def test_dead_code_is_listed_and_judged_by_no_rule() -> None:
    found = inventory({"page.py": HEAD + function("ask") + function("old") + "print(ask('hi'))\n"})
    rule = load_rules().get("model-calls-apply-guardrail")
    assert rule is not None
    (outcome,) = judge([rule], found)
    assert {f.identity: f.status for f in outcome.findings} == {
        "page.py:ask converse": Status.FAIL,
        "page.py:old converse": Status.NOT_APPLICABLE,
    }


def test_the_client_of_dead_code_is_no_client() -> None:
    dead = (
        "\ndef old():\n    own = boto3.client('bedrock-runtime')\n    return own.converse(modelId='x', messages=[])\n"
    )
    found = inventory({"page.py": HEAD + function("ask") + dead + "print(ask('hi'))\n"})
    assert [r.identity for r in found.resources if r.kind == "repo.model_client"] == ["page.py:<module> bedrock"]
