"""The tree of a Python file: what lies around and below its nodes, and the calls of a name that stands in the text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tree_sitter import Node

from prodworks_cli.sources.files import File, Part, judged, tree_of
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.syntax import SCOPES, Module, inside, parse
from prodworks_cli.sources.python.word_index import WordIndex, mentions, places_of_use

SOURCE = b'''
"""A file."""
import json
LIMIT = 10
ask = lambda text: (lambda: text)()
class Chat:
    """A chat."""
    size: int = 5
    @property
    def last(self): return self.said[-1]
    def say(self, *texts, **more):
        def inner():
            return [t for t in texts if t]
        if texts:
            for text in inner():
                yield f"{text!r} of {len(texts)} {more['a']}"
        else:
            pass
async def main(): await Chat().say(json.dumps({"a": [1, 2.5, None, True]}))
'''
BLOCKS = frozenset({"block", "module"})
LOOPS = frozenset({"for_statement", "while_statement", "list_comprehension"})


def above(module: Module, node: Node) -> Iterator[Node]:
    current = node.parent
    while current is not None:
        yield current
        current = current.parent


@pytest.mark.parametrize(
    "source",
    [
        SOURCE,
        b"def f(): pass",
        b"class A: x = lambda: [[y] for y in z]",
        b"lambda: lambda: x",
        b"f(",
        b"def f(:\n  def g(): pass\n  return\n",
        b"",
        b"class A:\n  def",
        b"x = \n)",
    ],
)
@pytest.mark.parametrize("types", [SCOPES, BLOCKS, LOOPS])
def test_what_is_around_a_node_is_the_innermost_above_it(source: bytes, types: frozenset[str]) -> None:
    module = parse("a.py", source)
    for node in (n for n in inside(module.root) if n.is_named):
        expected = next((a for a in above(module, node) if a.type in types), None)
        assert module.around(node, types) == expected, (node.type, node.start_point)
        assert module.parent(node) == node.parent


def test_names_are_found_below_a_node_though_they_are_not_listed() -> None:
    module = parse("a.py", SOURCE)
    (loop,) = module.of_type("for_statement")
    assert [module.text(n) for n in module.below(loop, "identifier")] == [
        *("text", "inner", "text", "len", "texts", "more"),
    ]
    assert [module.text(n) for n in module.of_type("float", "none")] == ["2.5", "None"]


def test_a_call_is_found_by_the_name_that_it_calls_or_is_given() -> None:
    source = b"""
def run(f): ...
run(1)
x.run (2)
submit(run, 3)
submit(4, pool.run)
submit(5, 6, run)
submit(7, task=run)
rerun(8)
"run(9)"
[run(10)](run)
run.later(11)
@run(12)
class A(run): ...
"""
    module = parse("a.py", source)
    found = [module.text(call).splitlines()[0] for call in module.calls_at(places_of_use(source, b"run"), b"run")]
    assert found == [
        "run(1)",
        "x.run (2)",
        "submit(run, 3)",
        "submit(4, pool.run)",
        "[run(10)](run)",
        "run(10)",
        "run(12)",
    ]


def test_a_name_in_a_text_or_a_comment_is_none_of_the_code() -> None:
    assert parse("a.py", b"import Saver\n").has_name(b"Saver")
    assert not parse("a.py", b"# Saver\nx = 'Saver'\nMySaver()\n").has_name(b"Saver")


@pytest.mark.parametrize(
    ("text", "count"),
    [(b"run", 1), (b"run run.run", 3), (b"rerun runs _run run_ run2", 0), (b"$run(run)", 2), (b"\xc3\xa9run", 1)],
)
def test_a_name_is_mentioned_where_it_is_no_part_of_a_longer_one(text: bytes, count: int) -> None:
    assert mentions(text, b"run") == count
    assert mentions("aé é b.é éé".encode(), "é".encode()) == 0  # no letter of a pattern of bytes: counted as before


def test_functions_are_counted_by_name() -> None:
    index = WordIndex(
        {"a.py": b"def run(): ...\n  async def run (x): ...\nundef run()\nclass run: ...", "b.py": b"run"}
    )
    assert index.definitions("run") == 2
    assert index.definitions("runs") == 0
    assert index.paths("run") == ["a.py", "b.py"]


def test_files_are_found_by_words_in_any_case_with_and_without_their_vocabulary() -> None:
    texts = {"a.py": "STOP_REASON = 1", "b.py": "stop = reason", "c.py": "if stopReason: ..."}
    for files in (judged(tree_of(texts)), [File(p, t.encode(), Part.PRODUCTION) for p, t in texts.items()]):
        found = Repository(files).holding_in_any_case(b"stop_reason", b"stopreason")
        assert [module.path for module in found] == ["a.py", "c.py"]
