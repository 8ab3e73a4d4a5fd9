"""Versions of packages, as lock files and exact pins say them.

A lock file is never parsed as a whole: programs write them, so that a package is found by one search for its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.sources.files import File

PYTHON, NPM, JVM = "python", "npm", "jvm"
MAX_PLACES = 2000
"""Places of one name in one file; a lock file of a hundred packages that need it has a hundred."""
_LONGEST_ENTRY = 60_000
_VERSION = r"([0-9][^\s\"'(),:;{}\[\]]{0,80})"
_NUMBER = regex(r"\d{1,9}")
_MANIFEST = regex(
    r"(?:^|/)(?:[^/]*(?:require|constraint|deps)[^/]*\.(?:txt|in)|requirements/[^/]+\.txt"
    r"|pyproject\.toml|setup\.(?:py|cfg)|Pipfile)$"
)


def version_numbers(version: str) -> tuple[int, ...]:
    """``(1, 0, 6)`` of ``1.0.6rc1``: what versions are compared by."""
    release = re.match(r"\d{1,9}(?:\.\d{1,9}){0,5}", version)
    return tuple(int(n) for n in _NUMBER.findall(release[0])) if release is not None else ()


class Versions:
    """Looks up versions. ``locks`` are lock files, ``files`` the manifests beside them."""

    def __init__(self, locks: Sequence[File], files: Sequence[File]) -> None:
        self._locks = [f for f in locks if _kind(f.path) is not None]
        self._manifests = [f for f in files if _MANIFEST.search(f.path)]
        self._known: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    def of(self, package: str, path: str, ecosystem: str = PYTHON, *, far: bool = True) -> tuple[str, ...]:
        """The versions of a package for the code of a path: those of the nearest folder around it, else all.

        Without ``far`` only the program that the code is a part of counts, for what a platform may bring along: a
        folder with requirements of its own is a program, and a CDK application's packages are not its functions'.
        """
        found = self.all(package, ecosystem)
        for folder in _around(path):
            near = tuple(dict.fromkeys(v for where, v in found if where == folder))
            if near and (far or folder not in self._of_cdk):
                return near
            if not far and folder in self._programs:
                return ()
        return tuple(dict.fromkeys(v for _, v in found)) if far else ()

    @cached_property
    def _of_cdk(self) -> frozenset[str]:
        return frozenset(_folder(f.path) for f in (*self._locks, *self._manifests) if b"aws-cdk-lib" in f.data)

    @cached_property
    def _programs(self) -> frozenset[str]:
        return frozenset(_folder(f.path) for f in self._manifests if f.path.endswith(".txt"))

    def all(self, package: str, ecosystem: str = PYTHON) -> tuple[tuple[str, str], ...]:
        """The versions of a package with the folders whose files say them."""
        key = (ecosystem, package)
        if key not in self._known:
            self._known[key] = tuple(dict.fromkeys(self._find(package, ecosystem)))
        return self._known[key]

    def _find(self, package: str, ecosystem: str) -> Iterator[tuple[str, str]]:
        word = re.split(r"[-_.]", package.lower())[0].encode()
        for lock in self._locks:
            kind = _kind(lock.path)
            if kind is not None and kind[0] == ecosystem and word in lock.data:
                yield from ((_folder(lock.path), v) for v in kind[1](lock.data, package))
        for manifest in self._manifests if ecosystem == PYTHON else ():
            if word in manifest.data.lower():
                yield from ((_folder(manifest.path), v) for v in _asked(manifest.data, package, "=="))

    def is_from(self, least: tuple[int, ...], path: str, *packages: str, far: bool = True) -> bool | Unknown:
        """Whether the code of a path has a version of the first of some Python packages that is locked, or asked for,
        and whether that is at least ``least``."""
        for package in packages:
            found = {version_numbers(v) >= least for v in self.of(package, path, far=far)}
            if found:
                return found.pop() if len(found) == 1 else Unknown(f"the version of {package} differs")
        for package in packages:
            for manifest in self._manifests:
                if not far and not path.startswith(_folder(manifest.path)):
                    continue
                if any(version_numbers(v) >= least for v in _asked(manifest.data, package, ">=")):
                    return True
        return Unknown(f"the version of {packages[0]} is not locked")


Search = Callable[[bytes, str], Iterator[str]]


def _spelled(package: str) -> str:
    """A pattern for the spellings of one name of a Python package (PEP 503)."""
    return "[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", package) if part)


def _search(pattern: str, data: bytes) -> Iterator[str]:
    for _, match in zip(range(MAX_PLACES), re.finditer(pattern.encode(), data), strict=False):
        yield match[1].decode("utf-8", "replace")


def _toml(data: bytes, package: str) -> Iterator[str]:
    """``[[package]]``, ``name = "x"``, ``version = "1"``: Poetry, uv, PDM."""
    yield from _search(rf'(?im)^name = "{_spelled(package)}"\r?\nversion = "{_VERSION}"', data)


def _pipfile(data: bytes, package: str) -> Iterator[str]:
    """``"x": {"hashes": [...], "version": "==1"}``."""
    for _, match in zip(
        range(MAX_PLACES), re.finditer(rf'(?i)"{_spelled(package)}": ?{{'.encode(), data), strict=False
    ):
        end = data.find(b"}", match.end(), match.end() + _LONGEST_ENTRY)
        yield from _search(rf'"version": ?"=={_VERSION}"', data[match.end() : max(end, match.end())])


def _package_lock(data: bytes, package: str) -> Iterator[str]:
    """``"node_modules/x": {"version": "1"`` and, of the first form, ``"x": {"version": "1"``; an alias has a name."""
    entry = rf'(?:"|node_modules/){re.escape(package)}":\s{{0,4}}\{{\s{{0,80}}'
    alias = r'(?:"name":\s{0,4}"[^"\n]{1,200}",\s{1,80})?'
    yield from _search(rf'{entry}{alias}"version":\s{{0,4}}"{_VERSION}"', data)


def _pnpm(data: bytes, package: str) -> Iterator[str]:
    """``/x/1:``, ``/x@1(peer):`` and ``x@1:``, keys of the section on packages."""
    key = rf"""(?m)^ {{1,4}}['"]?/?{re.escape(package)}[@/](?=\d+\.)"""
    yield from _search(rf"""{key}{_VERSION}(?:\([^\n]*)?['"]?:""", data)


def _yarn(data: bytes, package: str) -> Iterator[str]:
    """``x@^1:`` with ``version "1"`` or ``version: 1`` below."""
    header = rf'(?m)^"?{re.escape(package)}@[^\n]{{0,2000}}:\r?\n'
    yield from _search(rf'{header} {{1,8}}version:? "?{_VERSION}"?', data)


def _bun(data: bytes, package: str) -> Iterator[str]:
    name = re.escape(package)
    yield from _search(rf'"{name}": ?\["{name}@{_VERSION}"', data)


def _gradle(data: bytes, package: str) -> Iterator[str]:
    """``group:artifact:1=configurations``."""
    yield from _search(rf"(?m)^{re.escape(package)}:([0-9][^\s=]{{0,80}})=", data)


_KINDS: Mapping[str, tuple[str, Search]] = {
    **dict.fromkeys(("poetry.lock", "uv.lock", "pdm.lock"), (PYTHON, _toml)),
    "pipfile.lock": (PYTHON, _pipfile),
    **dict.fromkeys(("package-lock.json", "npm-shrinkwrap.json"), (NPM, _package_lock)),
    "pnpm-lock.yaml": (NPM, _pnpm),
    "yarn.lock": (NPM, _yarn),
    "bun.lock": (NPM, _bun),
    "gradle.lockfile": (JVM, _gradle),
}


def _kind(path: str) -> tuple[str, Search] | None:
    return _KINDS.get(path.rpartition("/")[2].lower())


def _asked(data: bytes, package: str, operator: str) -> Iterator[str]:
    """The version in ``x==1`` of requirements, ``"x==1"`` of pyproject.toml, ``x = "==1"`` of Poetry and Pipfiles."""
    name = rf"""(?<![\w.-]){_spelled(package)}(?:\[[\w, -]{{0,80}}\])?["']?\s{{0,4}}(?:=\s{{0,4}}["'])?"""
    line = re.compile(rf"""(?i)^[^#]{{0,200}}?{name}{operator}\s{{0,4}}([0-9][\w.+!-]{{0,60}})""".encode())
    word = re.split(r"[-_.]", package.lower())[0].encode()
    for text in data.splitlines():
        found = line.match(text) if word in text.lower() else None
        if found is not None:
            yield found[1].decode("utf-8", "replace")


def _folder(path: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _around(path: str) -> Iterator[str]:
    """The folders around a path with their slashes, innermost first; "", the root, last."""
    folder = path.rpartition("/")[0]
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""
