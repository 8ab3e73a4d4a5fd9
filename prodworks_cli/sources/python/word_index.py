"""Which files hold the name of a function or class: one pass over the texts, instead of one for each name."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

_WORD = re.compile(rb"[A-Za-z_]\w*")
_DEFINED = re.compile(rb"\b(?:def|class)\s+([A-Za-z_]\w*)")
_FUNCTIONS = re.compile(rb"\bdef\s+([A-Za-z_]\w*)\s*[(\[]")
# What follows a name that is called, or that a call is given.
_FOLLOWS = frozenset((b"(", b",", b")", b"#", b"\\", b""))
_SPACE = 200


class WordIndex:
    """The files by the names that they hold as words; only names that one of them defines are kept."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def covers(self, name: str) -> bool:
        """Whether a name can be looked up: one in other letters than ASCII cannot, nor one that no file defines."""
        return name.encode() in self._places

    def paths(self, name: str) -> Sequence[str]:
        """The paths of the files that hold a name as a word, in order."""
        return [self._paths[i] for i in self._places[name.encode()]]

    def definitions(self, name: str) -> int:
        """How many functions of a name the files define; none for one in other letters than ASCII."""
        return self._functions[name.encode()]

    @cached_property
    def _functions(self) -> Counter[bytes]:
        return Counter(chain.from_iterable(map(_FUNCTIONS.findall, self._files.values())))

    @cached_property
    def _paths(self) -> Sequence[str]:
        return sorted(self._files)

    @cached_property
    def _places(self) -> Mapping[bytes, array[int]]:
        defined = {name for data in self._files.values() for name in _DEFINED.findall(data)}
        found: dict[bytes, array[int]] = {name: array("I") for name in defined}
        for index, path in enumerate(self._paths):
            for name in defined.intersection(_WORD.findall(self._files[path])):
                found[name].append(index)
        return found


def places_of_use(data: bytes, name: bytes) -> Iterator[int]:
    """Where a text may call a name or hand it to a call, told from what follows it; defining it is no use."""
    end = 0
    while (start := data.find(name, end)) >= 0:
        end = start + len(name)
        before = data[max(start - 6, 0) : start]
        if data[end : end + _SPACE].lstrip()[:1] not in _FOLLOWS or before.endswith((b"def ", b"class ")):
            continue
        if not before or not (before[-1:].isalnum() or before[-1:] == b"_"):
            yield start
