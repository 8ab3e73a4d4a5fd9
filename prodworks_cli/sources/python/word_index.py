"""Which files hold the name of a function or class: one pass over the texts, instead of one for each name."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from prodworks_cli.sources.vocabulary import Vocabulary

# The look-back follows the word, by whose letters places are sought.
_FUNCTIONS = re.compile(rb"def(?<!\wdef)\s+([A-Za-z_]\w*)\s*[(\[]")
_CLASSES = re.compile(rb"class(?<!\wclass)\s+([A-Za-z_]\w*)")
_WORD = re.compile(rb"[A-Za-z_]\w*")
# What follows a name that is called, or that a call is given.
_FOLLOWS = frozenset((b"(", b",", b")", b"#", b"\\", b""))
_SPACE = 200
_LETTERS = frozenset(bytes((c,)) for c in range(128) if chr(c).isalnum() or c == 95)


class WordIndex:
    """The files by the names that they hold as words; only names that one of them defines are kept."""

    def __init__(self, files: Mapping[str, bytes], vocabulary: Vocabulary | None = None) -> None:
        """``vocabulary`` is that of these files and others, where there is one."""
        self._files = files
        self._vocabulary = vocabulary

    def covers(self, name: str) -> bool:
        """Whether a name can be looked up: one in other letters than ASCII cannot, nor one that no file defines."""
        return name.encode() in self._defined

    def paths(self, name: str) -> Sequence[str]:
        """The paths of the files that hold a name as a word, in order."""
        if self._vocabulary is None:
            return [self._paths[i] for i in self._places[name.encode()]]
        return [path for path in self._vocabulary.with_word(name.encode()) if path in self._files]

    def definitions(self, name: str) -> int:
        """How many functions of a name the files define; none for one in other letters than ASCII."""
        return self._functions[name.encode()]

    @cached_property
    def _functions(self) -> Counter[bytes]:
        return Counter(chain.from_iterable(map(_FUNCTIONS.findall, self._files.values())))

    @cached_property
    def _defined(self) -> frozenset[bytes]:
        classes = chain.from_iterable(map(_CLASSES.findall, self._files.values()))
        return frozenset(chain(self._functions, classes))

    @cached_property
    def _paths(self) -> Sequence[str]:
        return sorted(self._files)

    @cached_property
    def _places(self) -> Mapping[bytes, array[int]]:
        found: dict[bytes, array[int]] = {name: array("I") for name in self._defined}
        for index, path in enumerate(self._paths):
            for name in self._defined.intersection(_WORD.findall(self._files[path])):
                found[name].append(index)
        return found


def mentions(data: bytes, name: bytes) -> int:
    """How often a text holds a name that is no part of a longer one; no pattern is made, which costs more."""
    if not name.isascii():
        return len(re.findall(rb"\b" + re.escape(name) + rb"\b", data))
    found, place = 0, data.find(name)
    while place >= 0:
        end = place + len(name)
        found += data[end : end + 1] not in _LETTERS and data[max(place - 1, 0) : place] not in _LETTERS
        place = data.find(name, end)
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
