"""Python of which there is too much: reading ends after a known number of steps, and what was left out is told."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.python import budget, repository
from prodworks_cli.sources.python.budget import Budget
from prodworks_cli.sources.python.syntax import inside, parse
from prodworks_cli.sources.python.word_index import WordIndex

HEAD = 'import boto3\nbedrock = boto3.client("bedrock-runtime")\n'
ASK = f"{HEAD}def ask(text, model):\n    return bedrock.converse(modelId=model, messages=text)\n"


@pytest.fixture
def budgets(monkeypatch: pytest.MonkeyPatch) -> list[Budget]:
    """The budgets of the repositories that are read."""
    made: list[Budget] = []

    def budget_of() -> Budget:
        made.append(Budget())
        return made[-1]

    monkeypatch.setattr(repository, "Budget", budget_of)
    return made


def inventory(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def told(found: Inventory) -> list[str]:
    """Why the reader of Python left something out."""
    return [g.reason for g in found.gaps if g.scope == "Python" and g.kind == "repo.*"]


def calls(found: Inventory) -> list[ModelCall]:
    return [r.value for r in found.resources if isinstance(r.value, ModelCall)]


def same_names(count: int) -> dict[str, str]:
    """Files with methods of the same names, which call each other by these names on objects that nothing tells."""
    asks = "        return bedrock.converse(modelId=self.get(x), messages=self.run(x).get(x))\n"
    methods = f"    def run(self, x):\n        return self.get(x).run(x)\n    def get(self, x):\n{asks}"
    classes = "".join(f"class C{i}:\n{methods}" for i in range(5))
    return {f"m{i}.py": HEAD + classes for i in range(count)}


def chain(length: int) -> dict[str, str]:
    """A parameter that is handed on through so many functions, each in a file of its own."""
    files = {"f0.py": ASK.replace("ask", "f0")}
    for i in range(1, length):
        files[f"f{i}.py"] = f"from f{i - 1} import f{i - 1}\ndef f{i}(text, model):\n    return f{i - 1}(text, model)\n"
    return files


def fan_in(count: int) -> dict[str, str]:
    """A function that is called so many times."""
    uses = "".join(f"def use{i}(x):\n    return ask(x, 'amazon.nova-lite-v1:0')\n" for i in range(count))
    return {"core.py": ASK, "uses.py": f"from core import ask\n{uses}"}


def test_functions_of_the_same_names_end_with_a_gap(budgets: list[Budget], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_STEPS", 3_000)
    found = inventory(same_names(25))
    assert told(found) == ["there are too many ways to follow where values and calls come from"]
    assert len(calls(found)) == 125
    assert max(b.steps for b in budgets) < 4 * 3_000


def test_a_few_functions_of_the_same_name_leave_no_gap() -> None:
    assert told(inventory(same_names(2))) == []


def test_one_value_does_not_take_all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_STEPS_OF_ONE", 1)
    files = {
        "app.py": f"{ASK}\ndef answer(x):\n    return ask(x, Settings().model)\nclass Settings:\n    model = 'm'\n"
    }
    assert told(inventory(files)) == ["there are too many ways to follow where values and calls come from"]


def test_a_deep_chain_of_calls_takes_steps_in_proportion(budgets: list[Budget]) -> None:
    steps = []
    for length in (100, 200):
        found = inventory(chain(length))
        assert (len(calls(found)), told(found)) == (1, [])
        steps.append(max(b.steps for b in budgets))
    assert 0 < steps[1] <= 2 * steps[0]


def test_a_function_with_many_callers_is_a_gap(budgets: list[Budget], monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(inventory(fan_in(50))) == []
    monkeypatch.setattr(budget, "MAX_CALLS", 49)
    assert told(inventory(fan_in(50))) == ["too many calls of ask to look at each"]
    steps = budgets[-1].steps
    inventory(fan_in(500))
    assert budgets[-1].steps == steps


def test_what_is_not_parsed_is_told(budgets: list[Budget], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_PARSED", len(ASK) + 50)
    filling = "".join(f"print({i})  # bedrock\n" for i in range(50))
    found = inventory({"app.py": ASK, "big.py": filling, "other.py": filling})
    assert len(calls(found)) == 1
    assert told(found) == ["there is too much Python to parse all of it: 2 files left out, big.py the first of them"]
    assert all(b.parsed <= len(ASK) + 50 for b in budgets)


def test_a_handler_that_may_be_in_what_was_left_out_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    caught = "    except ClientError:\n        return 'busy'\n"
    handled = f"def page(x):\n    try:\n        return ask(x, 'y')\n{caught}"
    files = {"app.py": ASK, "web.py": f"from app import ask, bedrock\n{handled}"}
    assert [c.handled_errors for c in calls(inventory(files))] == [("ClientError",)]
    monkeypatch.setattr(budget, "MAX_PARSED", len(ASK))
    assert [type(c.handled_errors) for c in calls(inventory(files))] == [Unknown]


def test_files_are_found_by_whole_words_that_one_of_them_defines() -> None:
    index = WordIndex({"b.py": b"ask()", "a.py": b"def ask(): pass", "c.py": b"task(); other()"})
    assert index.covers("ask")
    assert not index.covers("other")
    assert list(index.paths("ask")) == ["a.py", "b.py"]


def test_a_walk_sees_all_below_in_order_and_stops_at_definitions() -> None:
    module = parse("a.py", b"def f(a):\n    g(a)\n    def h():\n        return 1\n    return h\n\n\nk = 2\n")
    (outer, inner) = module.of_type("function_definition")
    seen = list(inside(outer, "function_definition"))
    assert [n.start_byte for n in seen] == sorted(n.start_byte for n in seen)
    assert (seen[0].id, inner.id in {n.id for n in seen}) == (outer.id, True)
    assert [module.text(n) for n in seen if n.type == "return_statement"] == ["return h"]
    assert [module.text(n) for n in inside(outer) if n.type == "return_statement"] == ["return 1", "return h"]
    assert {n.type for n in inside(inner)} >= {"def", "identifier", "block", "integer"}
    assert "k" not in {module.text(n) for n in inside(outer)}
