"""The index of words answers as a search through every file does."""

from __future__ import annotations

import re

import pytest

from prodworks_cli.sources.typescript.syntax import parse
from prodworks_cli.sources.vocabulary import Vocabulary

FILES = {
    "b.ts": b'import { generateText } from "ai";\nconst tools = makeTool($x);',
    "a.ts": b"email('ai'); x.generateTextual(); obj.tool_use",
    "c.ts": "größe.log(tool)\n".encode(),
    "d.ts": b"",
}


@pytest.mark.parametrize(
    "text", ["ai", '"ai"', "'ai'", "generateText", "ool", ".log(", "größe", "ö", "$x", "} from", "(", "tool", "nowhere"]
)
def test_files_that_hold_a_text(text: str) -> None:
    held = [path for path in sorted(FILES) if text.encode() in FILES[path]]
    assert Vocabulary(FILES).holding(text.encode()) == held


@pytest.mark.parametrize("name", ["ai", "tool", "größe", "generateText", "ö", "$x", "x", "#tool"])
def test_files_with_a_word_are_among_the_candidates(name: str) -> None:
    pattern = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
    held = {path for path, data in FILES.items() if pattern.search(data)}
    assert held <= set(Vocabulary(FILES).with_word(name.encode()))


def test_ancestors_in_a_file_with_many_statements() -> None:
    module = parse("a.ts", b"".join(b"x%d = f(() => { y = %d; });\n" % (n, n) for n in range(200)))
    for node in module.of_type("assignment_expression", "number"):
        above = []
        current = node.parent
        while current is not None:
            above.append(current.id)
            current = current.parent
        assert [a.id for a in module.ancestors(node)] == above
