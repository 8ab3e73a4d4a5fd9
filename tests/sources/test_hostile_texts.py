"""TypeScript and Java that is made to be hard to follow: nothing crashes, and what was left out is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.java.syntax import Module as JavaModule
from prodworks_cli.sources.typescript import flow, trace
from prodworks_cli.sources.typescript.places import Origin, Site
from prodworks_cli.sources.typescript.trace import Tracer

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


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps from an expression to others were made."""
    made = [0]
    step = Tracer.step

    def counted(self: Tracer, site: Site) -> tuple[Origin, ...] | None:
        made[0] += 1
        return step(self, site)

    monkeypatch.setattr(Tracer, "step", counted)
    return made


@pytest.mark.parametrize(
    "statements",
    [
        "x = x || x;" * 2_000,
        "x = y || x; y = x || y;" * 1_000,
        "x = pass(x);" * 2_000,
        "x = { ...x, ...x };" * 2_000,
        "x.a = x.a || x.b; x.b = x.b || x.a;" * 1_000,
        "x = x[0] || [x, ...x];" * 2_000,
        "x = " + "x ? 'a' : " * 2_000 + "'b';",
        "".join(f"function f{n + 1}(a) {{ return f{n}(a) || f{n}(a); }}" for n in range(2_000)) + "x = f2000(x);",
    ],
    ids=["itself", "two", "calls", "spreads", "members", "elements", "choices", "functions"],
)
def test_steps_do_not_grow_with_each_other(statements: str, steps: list[int]) -> None:
    body = 'let x = "a", y = "b"; function f0(a) { return a; } function pass(a) { return a; }' + statements
    call = "new ConverseCommand({ modelId: x, system: [{ text: x.a }], messages: [{ content: [{ text: y }] }] })"
    files = {"app.ts": f"{HEAD}export const handler = async () => {{ {body} await client.send({call}); }};\n"}
    assert len([r for r in collect_repository(tree_of(files), {}).resources if isinstance(r.value, ModelCall)]) == 1
    assert steps[0] < 300_000


@pytest.mark.parametrize(
    "files",
    [
        {f"m{n}.ts": f'import {{ v as w }} from "./m{(n + 1) % 300}"; export const v = w;' for n in range(300)},
        {f"m{n}.ts": f'export * from "./m{n + 1}";' for n in range(300)} | {"m300.ts": 'export const v = "a";'},
        {f"m{n}.ts": 'export * from "./m0";' for n in range(1, 300)}
        | {"m0.ts": "".join(f'export * from "./m{n}";' for n in range(1, 300))},
    ],
    ids=["ring", "chain", "star"],
)
def test_exports_that_lead_to_each_other_end(files: dict[str, str], steps: list[int]) -> None:
    call = "client.send(new ConverseCommand({ modelId: v, messages: v }))"
    app = f'import {{ v }} from "./m0";\n{HEAD}export const ask = () => {call};\n'
    found = collect_repository(tree_of({"app.ts": app, **files}), {}).resources
    assert len([r for r in found if isinstance(r.value, ModelCall)]) == 1
    assert steps[0] < 10_000


def test_too_many_values_to_follow_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "const chosen = event.a || event.b; console.log(chosen);"
    assert not [g for g in script(body).gaps if "values" in g.reason]
    monkeypatch.setattr(trace, "MAX_TOTAL", 1)
    assert [g.kind for g in script(body).gaps if "values" in g.reason] == ["repo.*"]


def test_deep_nesting_in_java_ends() -> None:
    head = "import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;\n"
    for value in ("(" * 2000 + "r" + ")" * 2000, " + ".join(["r.output()"] * 2000), "f(" * 1000 + "r" + ")" * 1000):
        body = f"var r = c.converse(ConverseRequest.builder().build()); log.info({value}); return r;"
        text = f"{head}class A {{ BedrockRuntimeClient c; Object ask(String q) {{ {body} }} }}\n"
        found = collect_repository(tree_of({"A.java": text}), {}).resources
        assert [r.kind for r in found if isinstance(r.value, ModelCall)] == ["repo.model_call"]


@pytest.mark.parametrize(
    ("statements", "methods"),
    [
        ("x = c ? x : x;" * 1_000, ""),
        ("x = pass(x);" * 1_000, ""),
        ("StringBuilder b = new StringBuilder();" + "b.append(b.toString());" * 1_000 + "x = b.toString();", ""),
        (
            "x = f1000(x);",
            "".join(f"String f{n + 1}(String a) {{ return c ? f{n}(a) : f{n}(a); }}" for n in range(1_000)),
        ),
    ],
    ids=["itself", "calls", "builder", "methods"],
)
def test_looks_at_java_do_not_grow_with_each_other(
    statements: str, methods: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = [0]
    for what in (JavaModule.name, JavaModule.arguments, JavaModule.text):
        monkeypatch.setattr(JavaModule, what.__name__, counted(what, looks))
    head = "import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;\n"
    pass_ = "String pass(String a) { return a; } String f0(String a) { return a; }"
    ask = "return client.converse(ConverseRequest.builder().modelId(x).messages(x).build());"
    body = f'Object ask(String q) {{ String x = "a"; {statements} {ask} }}'
    text = f"{head}class A {{ BedrockRuntimeClient client; {pass_} {methods} {body} }}\n"
    found = collect_repository(tree_of({"A.java": text}), {}).resources
    assert [r.kind for r in found if isinstance(r.value, ModelCall)] == ["repo.model_call"]
    assert looks[0] < 200_000


def counted(method: Callable[..., object], looks: list[int]) -> Callable[..., object]:
    """A method that counts how often it is called."""

    def call(self: object, *given: object) -> object:
        looks[0] += 1
        return method(self, *given)

    return call
