"""Which files hold a text, without reading every file for every question: an index of the words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"
_WORDS = bytes(c if c in _LETTERS else 32 for c in range(256))


class Vocabulary:
    """Files by the words (letters, digits, ``_`` and ``$``) that they hold; made when first asked."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    @cached_property
    def _paths(self) -> Sequence[str]:
        return sorted(self._files)

    @cached_property
    def _index(self) -> Mapping[bytes, Sequence[int]]:
        found: dict[bytes, list[int]] = {}
        for number, path in enumerate(self._paths):
            for word in set(self._files[path].translate(_WORDS).split()):
                found.setdefault(word, []).append(number)
        return found

    @cached_property
    def _all(self) -> bytes:
        return b" %b " % b" ".join(self._index)

    def holding(self, *literals: bytes) -> list[str]:
        """The files that hold one of some texts, in order of path."""
        found = {number for text in literals for number in self._with(text)}
        return [self._paths[number] for number in sorted(found)]

    def with_word(self, name: bytes) -> list[str]:
        """The files that hold a name between characters that belong to no word, in order of path."""
        words = name.translate(_WORDS).split()
        if words != [name]:
            whole = re.compile(rb"(?<![\w$])" + re.escape(name) + rb"(?![\w$])")
            return [path for path in self._with_words(words) if whole.search(self._files[path])]
        return self._with_words(words)

    def _with_words(self, words: Sequence[bytes]) -> list[str]:
        numbers = [set(self._index.get(word, ())) for word in words] or [set(range(len(self._paths)))]
        return [self._paths[number] for number in sorted(set.intersection(*numbers))]

    def _with(self, text: bytes) -> Iterator[int]:
        words = text.translate(_WORDS)
        parts = words.split()
        if not parts:
            numbers = set(range(len(self._paths)))
        else:
            # A word at an end of the text may go on in the file.
            ends = [b" " if words[:1] == b" " else b"", *[b" "] * (len(parts) - 1), b" " if words[-1:] == b" " else b""]
            pieces = zip(ends, parts, ends[1:], strict=False)
            numbers = set.intersection(*(self._within(before + part + after) for before, part, after in pieces))
        certain = len(parts) == 1 and parts[0] == text
        yield from (n for n in numbers if certain or text in self._files[self._paths[n]])

    def _within(self, piece: bytes) -> set[int]:
        """The files with a word in which a piece is found."""
        found: set[int] = set()
        place = self._all.find(piece)
        while place >= 0:
            inner = place + (piece[:1] == b" ")
            start, end = self._all.rfind(b" ", 0, inner) + 1, self._all.find(b" ", inner)
            found.update(self._index[self._all[start:end]])
            place = self._all.find(piece, end)
        return found
