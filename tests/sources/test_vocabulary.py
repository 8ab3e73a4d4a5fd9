"""The index of words answers as a search through every file does."""

from __future__ import annotations

import re

import pytest

from prodworks_cli.sources import vocabulary
from prodworks_cli.sources.files import File, Part, judged, tree_of
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.nesting import Nesting
from prodworks_cli.sources.typescript.syntax import parse
from prodworks_cli.sources.vocabulary import Vocabulary

FILES = {
    "b.ts": b'import { generateText } from "ai";\nconst tools = makeTool($x);',
    "a.ts": b"email('ai'); x.generateTextual(); obj.tool_use",
    "c.ts": "größe.log(tool)\n".encode(),
    "e.ts": b"Tool tools tooling retool.log(cool) log const pool",
    "d.ts": b"",
}


@pytest.fixture(params=[(4_000, 8), (4_000, 0), (3, 0), (0, 8)], ids=["all in the index", "looked up", "some", "none"])
def most(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many words a file of the index has, and how many files are searched at once; answers are the same."""
    monkeypatch.setattr(vocabulary, "MAX_WORDS", request.param[0])
    monkeypatch.setattr(vocabulary, "FEW", request.param[1])


@pytest.mark.usefixtures("most")
@pytest.mark.parametrize(
    "text",
    [
        "ai",
        '"ai"',
        "'ai'",
        "generateText",
        "ool",
        "tool.log",
        "ool.l",
        "retool.log(cool)",
        "Tool tools",
        "ol tools tool",
        "a_word_longer_than_all_others",
        ".log(",
        "größe",
        "ö",
        "$x",
        "} from",
        "const tools",
        "tools const",
        " ",
        "(",
        "tool",
        "nowhere",
    ],
)
def test_files_that_hold_a_text(text: str) -> None:
    held = [path for path in sorted(FILES) if text.encode() in FILES[path]]
    assert Vocabulary(FILES).holding(text.encode()) == held
    folded = {path for path in FILES if text.encode().lower() in FILES[path].lower()}
    assert Vocabulary(FILES).having((text.encode().lower(),), folded=True) == folded


def test_only_some_files_are_asked() -> None:
    asked = Vocabulary(FILES)
    some = asked.numbers({"a.ts", "e.ts"})
    for text in (b"tool", b"tool.log", b"retool.", b"('", b"LOG"):
        for folded in (False, True):
            everywhere = asked.having((text.lower(),) if folded else (text,), folded=folded)
            found = asked.having((text.lower(),) if folded else (text,), folded=folded, among=some)
            assert found & {"a.ts", "e.ts"} == everywhere & {"a.ts", "e.ts"}


def test_a_file_is_asked_alone_or_with_all_others() -> None:
    words = (b"GenerateText", b"TOOL")
    for file in judged(tree_of({path: data.decode() for path, data in FILES.items()})):
        alone = File(file.path, file.data, Part.PRODUCTION)
        assert file.vocabulary is not None
        assert not file.holds(words)
        assert not alone.holds(words)
        lowered = tuple(word.lower() for word in words)
        assert file.holds(lowered, folded=True) == alone.holds(lowered, folded=True) == (file.path != "d.ts")


@pytest.mark.usefixtures("most")
@pytest.mark.parametrize("name", ["ai", "tool", "größe", "generateText", "ö", "$x", "x", "#tool"])
def test_files_with_a_word(name: str) -> None:
    pattern = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
    held = sorted(path for path, data in FILES.items() if pattern.search(data))
    assert Vocabulary(FILES).with_word(name.encode()) == held


def test_ancestors_in_a_file_with_many_statements() -> None:
    module = parse("a.ts", b"".join(b"x%d = f(() => { y = %d; });\n" % (n, n) for n in range(200)))
    for node in module.of_type("assignment_expression", "number"):
        above = []
        current = node.parent
        while current is not None:
            above.append(current.id)
            current = current.parent
        assert [a.id for a in module.ancestors(node)] == above


def test_functions_around_a_node() -> None:
    text = """
    export const ask = async (q) => { const inner = [1].map((x) => { return () => q + x; }); return inner; };
    class A { run(a = () => 1) { function f() { return function () { return a; }; } return f(); } }
    (function () { wrap(async function* named() { yield (x) => x; }); })();
    """
    module = parse("a.ts", text.encode())
    nodes = module.of_type("identifier", "number", "call_expression", "return_statement", *FUNCTIONS)
    for node in nodes:
        above = [a for a in module.ancestors(node) if a.type in FUNCTIONS]
        assert list(Nesting(module.of_type(*FUNCTIONS)).around(node)) == above
        assert module.function(node) == next((a for a in above if module.name(a)), None)
    assert max(len([a for a in module.ancestors(n) if a.type in FUNCTIONS]) for n in nodes) == 3
