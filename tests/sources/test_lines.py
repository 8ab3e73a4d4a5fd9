"""Lines that hold a word: the same as asking each line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.sources.lines import lines_with

WORDS = ("rate", "kill")
PIECES = ("rate", "KILL", "x", " ", "\n", "\r\n", "\x0c", "\u2028", "İ", "é", "iterate", "\n\n")


def each_asked(text: str) -> list[tuple[int, str]]:
    return [(n, line) for n, line in enumerate(text.splitlines(), 1) if any(w in line.lower() for w in WORDS)]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_the_lines_are_those_that_each_line_would_give(text: str) -> None:
    assert list(lines_with(text, WORDS)) == each_asked(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", []), ("rate", [1]), ("a\nKill it\nb", [2]), ("rate rate\n\nrate\n", [1, 3]), ("İ\nrate", [2]), ("no", [])],
)
def test_examples(text: str, numbers: list[int]) -> None:
    assert [n for n, _ in lines_with(text, WORDS)] == numbers
