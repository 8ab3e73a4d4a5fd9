"""Which folders below a root really lie there, with few questions to the disk."""

from __future__ import annotations

import os
from pathlib import Path


class Folders:
    """The folders of a repository; each is looked at once. Names are relative to the root, with forward slashes."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._real = os.path.realpath(root)
        self._plain = {"": True}
        self._inside: dict[str, bool] = {}

    def is_inside(self, folder: str) -> bool:
        """Whether a folder, links followed, lies below the root."""
        if folder not in self._inside:
            self._inside[folder] = self._is_plain(folder) or self._leads_inside(folder)
        return self._inside[folder]

    def _is_plain(self, folder: str) -> bool:
        """No link is on the way: so it is for most folders, and that is cheaper to see than where a path leads."""
        unseen = []
        while folder not in self._plain:
            unseen.append(folder)
            folder = folder.rpartition("/")[0]
        plain = self._plain[folder]
        for below in reversed(unseen):
            plain = self._plain[below] = plain and not Path(self._root, below).is_symlink()
        return plain

    def _leads_inside(self, folder: str) -> bool:
        real = os.path.realpath(Path(self._root, folder))
        return real == self._real or real.startswith(self._real.rstrip(os.sep) + os.sep)
