"""Lines of a text that hold one of some words: the readers of single lines look at no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# What ends a line beside a line feed.
_OTHER_ENDS = ("\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")


def lines_with(text: str, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that hold one of the ``words`` (in lower case) in any case, with their numbers from 1.

    Searching the whole text for a word takes a fraction of the time of asking each line. Lower case of a few letters is
    longer than the letter: then places in it mean nothing, and each line is asked.
    """
    lower = text.lower()
    if not any(word in lower for word in words):
        return
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        lower = text.lower()
    if len(lower) != len(text) or any(end in text for end in _OTHER_ENDS):
        lines = enumerate(text.splitlines(), 1)
        yield from ((n, line) for n, line in lines if any(word in line.lower() for word in words))
        return
    number, last = 1, 0
    for start in sorted({start for word in words for start in _starts(lower, word)}):
        number, last = number + text.count("\n", last, start), start
        yield number, text[start : _end(text, start)]


def _starts(lower: str, word: str) -> Iterator[int]:
    """Where the lines with a word start, each once."""
    at = lower.find(word)
    while at >= 0:
        yield lower.rfind("\n", 0, at) + 1
        at = lower.find(word, _end(lower, at))


def _end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)
