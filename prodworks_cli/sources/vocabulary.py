"""Which files hold a text, without reading every file for every question: an index of the words in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"
_WORDS = bytes(c if c in _LETTERS else 32 for c in range(256))
# Data has more words than code: a file with more, and what comes after so many of all files, is searched itself.
MAX_WORDS = 4_000
MAX_ALL = 4_000_000


class Vocabulary:
    """Files by the words (letters, digits, ``_`` and ``$``) that they hold; made when first asked."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._having: dict[tuple[tuple[bytes, ...], bool], frozenset[str]] = {}

    @cached_property
    def _paths(self) -> Sequence[str]:
        return sorted(self._files)

    @cached_property
    def _words(self) -> tuple[Mapping[bytes, Sequence[int]], Sequence[int]]:
        """The files by word, and those that are not in this index."""
        found: dict[bytes, list[int]] = {}
        loose: list[int] = []
        total = 0
        for number, path in enumerate(self._paths):
            words = set(self._files[path].translate(_WORDS).split())
            total += len(words)
            if len(words) > MAX_WORDS or total > MAX_ALL:
                loose.append(number)
                continue
            for word in words:
                found.setdefault(word, []).append(number)
        return found, loose

    @cached_property
    def _all(self) -> bytes:
        return b" %b " % b" ".join(self._words[0])

    @cached_property
    def _lowered(self) -> bytes:
        return self._all.lower()

    def having(self, literals: tuple[bytes, ...], *, folded: bool) -> frozenset[str]:
        """The files that hold one of some texts, or where ``folded``, one in lower case in any case; looked up once."""
        key = (literals, folded)
        if key not in self._having:
            lettered = any(text.lower() != text.upper() for text in literals)
            numbers = self._numbers(literals, folded and lettered)
            self._having[key] = frozenset(self._paths[number] for number in numbers)
        return self._having[key]

    def _numbers(self, literals: tuple[bytes, ...], folded: bool) -> set[int]:
        certain: set[int] = set()
        doubtful: dict[int, list[bytes]] = {number: list(literals) for number in self._words[1]}
        for text in literals:
            if text.translate(_WORDS).split() == [text]:
                certain |= self._within(text, folded)
                continue
            for number in self._candidates(text, folded) - certain:
                doubtful.setdefault(number, []).append(text)
        for number in doubtful.keys() - certain:
            data = self._data(number).lower() if folded else self._data(number)
            if any(text in data for text in doubtful[number]):
                certain.add(number)
        return certain

    def holding(self, *literals: bytes) -> list[str]:
        """The files that hold one of some texts, in order of path."""
        return sorted(self.having(literals, folded=False))

    def with_word(self, name: bytes) -> list[str]:
        """The files that hold a name between characters that belong to no word, in order of path."""
        index, loose = self._words
        words = name.translate(_WORDS).split()
        numbers = [set(index.get(word, ())) for word in words] or [set(range(len(self._paths)))]
        certain = set.intersection(*numbers)
        if words != [name]:
            loose, certain = [*certain, *loose], set()
        whole = re.compile(rb"(?<![\w$])" + re.escape(name) + rb"(?![\w$])")
        certain.update(n for n in loose if name in self._data(n) and whole.search(self._data(n)))
        return [self._paths[number] for number in sorted(certain)]

    def _data(self, number: int) -> bytes:
        return self._files[self._paths[number]]

    def _candidates(self, text: bytes, folded: bool) -> set[int]:
        """The files of the index that hold the words of a text."""
        words = text.translate(_WORDS)
        parts = words.split()
        if not parts:
            return set(range(len(self._paths)))
        # A word at an end of the text may go on in the file.
        ends = [b" " if words[:1] == b" " else b"", *[b" "] * (len(parts) - 1), b" " if words[-1:] == b" " else b""]
        pieces = zip(ends, parts, ends[1:], strict=False)
        return set.intersection(*(self._within(before + part + after, folded) for before, part, after in pieces))

    def _within(self, piece: bytes, folded: bool) -> set[int]:
        """The files with a word in which a piece is found."""
        found: set[int] = set()
        searched = self._lowered if folded else self._all
        place = searched.find(piece)
        while place >= 0:
            inner = place + (piece[:1] == b" ")
            start, end = searched.rfind(b" ", 0, inner) + 1, searched.find(b" ", inner)
            found.update(self._words[0][self._all[start:end]])
            place = searched.find(piece, end)
        return found
