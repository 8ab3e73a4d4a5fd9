"""Which files hold the name of a function or class: one pass over the texts, instead of one for each name."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property

_WORD = re.compile(rb"[A-Za-z_]\w*")
_DEFINED = re.compile(rb"\b(?:def|class)\s+([A-Za-z_]\w*)")


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
