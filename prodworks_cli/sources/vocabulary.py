"""Which files hold a text, without reading every file for every question: an index of the words in them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"
_WORDS = bytes(c if c in _LETTERS else 32 for c in range(256))
# Data has more words than code: a file with more, and what comes after so many of all files, is searched itself.
MAX_WORDS = 10_000
MAX_ALL = 4_000_000
# So few files are searched sooner than the index for the rest of a text.
FEW = 8


@dataclass(frozen=True)
class _Listed:
    """All words between spaces, the longest first. ``ends`` says for each length where the words end that have it."""

    text: bytes
    ends: Sequence[int]

    @classmethod
    def of(cls, words: Collection[bytes]) -> _Listed:
        """The words in order."""
        sizes = Counter(map(len, words))
        ends = [0] * (max(sizes, default=0) + 2)
        for size in range(len(ends) - 2, -1, -1):
            ends[size] = ends[size + 1] + sizes[size] * (size + 1)
        ordered = sorted(words, key=len, reverse=True)
        return cls(b" %b " % b" ".join(ordered), ends)

    def lowered(self) -> _Listed:
        """The same in lower case."""
        return _Listed(self.text.lower(), self.ends)

    def room(self, piece: bytes) -> tuple[int, int]:
        """Between which places a piece may be: a word that holds it is no shorter, and as long if it is the word."""
        size = len(piece.strip())
        if size >= len(self.ends) - 1:
            return 0, 0
        return self.ends[size + 1] if len(piece) == size + 2 else 0, self.ends[size] + 1


class Vocabulary:
    """Files by the words (letters, digits, ``_`` and ``$``) that they hold; made when first asked."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._having: dict[tuple[tuple[bytes, ...], bool, frozenset[int] | None], frozenset[str]] = {}
        self._signs: dict[tuple[bytes, frozenset[int]], frozenset[int]] = {}

    @cached_property
    def _paths(self) -> Sequence[str]:
        return sorted(self._files)

    @cached_property
    def _words(self) -> tuple[Mapping[bytes, Sequence[int]], Sequence[int]]:
        """The files by word, and those that are not in this index."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        loose: list[int] = []
        total = 0
        for number, path in enumerate(self._paths):
            words = set(self._files[path].translate(_WORDS).split())
            total += len(words)
            if len(words) > MAX_WORDS or total > MAX_ALL:
                loose.append(number)
                continue
            for word in words:
                found[word].append(number)
        found.default_factory = None
        return found, loose

    @cached_property
    def _all(self) -> _Listed:
        return _Listed.of(self._words[0])

    @cached_property
    def _lowered(self) -> _Listed:
        return self._all.lowered()

    def having(
        self, literals: tuple[bytes, ...], *, folded: bool, among: frozenset[int] | None = None
    ) -> frozenset[str]:
        """The files that hold one of some texts, or where ``folded``, one in lower case in any case; looked up once.

        ``among`` are the numbers of the files that are asked about: only of these is the answer certain.
        """
        key = (literals, folded, among)
        if key not in self._having:
            lettered = any(text.lower() != text.upper() for text in literals)
            numbers = self._numbers(literals, folded and lettered, self._every if among is None else among)
            self._having[key] = frozenset(self._paths[number] for number in numbers)
        return self._having[key]

    def numbers(self, paths: Collection[str]) -> frozenset[int]:
        """The numbers of some files."""
        return frozenset(number for number, path in enumerate(self._paths) if path in paths)

    @cached_property
    def _every(self) -> frozenset[int]:
        return frozenset(range(len(self._paths)))

    def _numbers(self, literals: tuple[bytes, ...], folded: bool, among: frozenset[int]) -> set[int]:
        certain: set[int] = set()
        doubtful: dict[int, list[bytes]] = {number: list(literals) for number in self._words[1] if number in among}
        for text in literals:
            words = text.translate(_WORDS).split()
            if words == [text]:
                certain |= self._within(text, folded)
                continue
            if not words:
                certain |= self._with_sign(text, among)
                continue
            for number in (self._candidates(text, folded) - certain) & among:
                doubtful.setdefault(number, []).append(text)
        for number in doubtful.keys() - certain:
            data = self._data(number).lower() if folded else self._data(number)
            if any(text in data for text in doubtful[number]):
                certain.add(number)
        return certain

    def _with_sign(self, text: bytes, among: frozenset[int]) -> frozenset[int]:
        """The files that hold a text without a letter, for which each is searched: once."""
        if (text, among) not in self._signs:
            self._signs[text, among] = frozenset(n for n in among if text in self._data(n))
        return self._signs[text, among]

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
        doubtful = [n for n in loose if name in self._data(n)]
        if doubtful:  # a pattern costs more than all the rest
            whole = re.compile(rb"(?<![\w$])" + re.escape(name) + rb"(?![\w$])")
            certain.update(n for n in doubtful if whole.search(self._data(n)))
        return [self._paths[number] for number in sorted(certain)]

    def _data(self, number: int) -> bytes:
        return self._files[self._paths[number]]

    def _candidates(self, text: bytes, folded: bool) -> set[int]:
        """The files of the index that may hold a text, by the words in it: the whole ones first, then the longest."""
        words = text.translate(_WORDS)
        parts = words.split()
        # A word at an end of the text may go on in the file.
        ends = [b" " if words[:1] == b" " else b"", *[b" "] * (len(parts) - 1), b" " if words[-1:] == b" " else b""]
        pieces = [before + part + after for before, part, after in zip(ends, parts, ends[1:], strict=False)]
        found: set[int] | None = None
        for piece in sorted(pieces, key=lambda p: (p.count(b" "), len(p)), reverse=True):
            held = self._within(piece, folded)
            found = held if found is None else found & held
            if len(found) <= FEW:
                break
        return set(range(len(self._paths))) if found is None else found

    def _within(self, piece: bytes, folded: bool) -> set[int]:
        """The files with a word in which a piece is found."""
        found: set[int] = set()
        listed = self._lowered if folded else self._all
        written = self._all.text
        place, stop = listed.room(piece)
        place = listed.text.find(piece, place, stop)
        while place >= 0:
            inner = place + (piece[:1] == b" ")
            start, end = written.rfind(b" ", 0, inner) + 1, written.find(b" ", inner)
            found.update(self._words[0][written[start:end]])
            place = listed.text.find(piece, end, stop)
        return found
