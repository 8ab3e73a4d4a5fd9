"""Lines of a text that hold one of some words: the readers of single lines look at no others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate


def lines_with(text: str, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that hold one of the ``words`` (in lower case) in any case, with their numbers from 1.

    Searching the whole text for a word takes a fraction of the time of asking each line. Lower case of a few letters is
    longer than the letter: then places in it mean nothing, and each line is asked.
    """
    lower = text.lower()
    if not any(word in lower for word in words):
        return
    lines = text.splitlines()
    if len(lower) != len(text):
        yield from ((n, line) for n, line in enumerate(lines, 1) if any(word in line.lower() for word in words))
        return
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    numbers = {bisect_right(starts, place) for word in words for place in _places(lower, word, starts)}
    yield from ((number, lines[number - 1]) for number in sorted(numbers))


def _places(lower: str, word: str, starts: Sequence[int]) -> Iterator[int]:
    """Where a word stands, once for each line."""
    at = lower.find(word)
    while at >= 0:
        yield at
        number = bisect_right(starts, at)
        at = lower.find(word, starts[number]) if number < len(starts) else -1
