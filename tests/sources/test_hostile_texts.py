"""TypeScript and Java that is made to be hard to follow: nothing crashes, and what was left out is told."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.typescript import flow

HEAD = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
"""


def script(body: str) -> Inventory:
    call = "const r = await client.send(new ConverseCommand({}));"
    text = f"{HEAD}export const handler = async (event) => {{ {call} {body} }};\n"
    return collect_repository(tree_of({"app.ts": text}), {})


@pytest.mark.parametrize(
    "body",
    [
        f"console.log({'(' * 3000}r{')' * 3000});",
        f"console.log({'+'.join(['r.output'] * 3000)});",
        f"console.log(r{'.a' * 3000});",
        f"console.log({'[' * 2000}r{']' * 2000});",
        f"eval({'f(' * 2000}r{')' * 2000});",
        "let a = r; let b = a; a = b; b = a; console.log(a);",
    ],
    ids=["parentheses", "sum", "members", "arrays", "calls", "circle"],
)
def test_deep_nesting_ends(body: str) -> None:
    assert [r.kind for r in script(body).resources if isinstance(r.value, ModelCall)] == ["repo.model_call"]


def test_too_much_to_follow_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [g for g in script("console.log(r.output);").gaps if "texts" in g.reason]
    monkeypatch.setattr(flow, "MAX_TOTAL", 1)
    assert [g.kind for g in script("console.log(r.output);").gaps if "texts" in g.reason] == ["repo.*"]


def test_many_texts_that_are_added_to_one_name_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "let x = r.output;" + "".join(f'x = x + "{n}"; console.log(x);' for n in range(40))
    assert not [g for g in script(body).gaps if "texts" in g.reason]
    monkeypatch.setattr(flow, "MAX_ASKED", 2000)
    assert [g.kind for g in script(body).gaps if "texts" in g.reason] == ["repo.*"]


def test_statements_on_one_name_are_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "MAX_ASKED", 5_000)
    body = "let x = r.output;" + "".join(f'x = x + "{n}";' for n in range(300)) + "console.log(x);"
    assert not [g for g in script(body).gaps if "texts" in g.reason]


def test_deep_nesting_in_java_ends() -> None:
    head = "import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;\n"
    for value in ("(" * 2000 + "r" + ")" * 2000, " + ".join(["r.output()"] * 2000), "f(" * 1000 + "r" + ")" * 1000):
        body = f"var r = c.converse(ConverseRequest.builder().build()); log.info({value}); return r;"
        text = f"{head}class A {{ BedrockRuntimeClient c; Object ask(String q) {{ {body} }} }}\n"
        found = collect_repository(tree_of({"A.java": text}), {}).resources
        assert [r.kind for r in found if isinstance(r.value, ModelCall)] == ["repo.model_call"]
