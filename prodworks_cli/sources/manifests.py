"""What programs are installed from, and whether each installation gets the same."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from prodworks_cli.model import Gap, Location, Plane, Skipped, Unknown
from prodworks_cli.resources.manifests import Manifest
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.jvm_builds import (
    EXACT,
    catalog_is_loose,
    gradle_loose,
    is_enforced,
    is_verified,
    maven_artifact,
    maven_loose,
)
from prodworks_cli.sources.locks import JVM, NPM, PYTHON
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.requirements import first_loose, has_requirements

_PYTHON_LOCKS = ("poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
_NPM_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb")
_REQUIREMENTS = re.compile(r"(?:^|/)(?:requirements[\w.-]*|requirements/[\w.-]+)\.txt$")
# Requirements of those who build the program, not of the program.
_ASIDE = re.compile(
    r"(?:^|[-_./])(?:dev|develop|development|tests?|testing|lint|docs?|ci|local|notebooks?|examples?)[-_.]"
)
_RUNS = frozenset((".sh", ".bash", ".yml", ".yaml", ".toml", ".ts", ".js", ".py", ".tf", ".json"))
_CATALOG = re.compile(r"(?:^|/)gradle/[\w.-]{1,80}\.versions\.toml$")
_CONFLICT = b"<<<<<<< "
_GRADLE = re.compile(r"\b(?:implementation|api|runtimeOnly|compileOnly)\b")


def read(
    files: Sequence[File], locks: Sequence[File], skipped: Iterable[Skipped]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """The manifests among the files to judge. ``locks`` are the lock files that were read, the ``skipped`` may be more.

    A manifest that cannot be read, and a lock file with conflicts in it, is a gap.
    """
    reader = _Reader(files, locks, skipped)
    return tuple(reader.drafts()), tuple(reader.gaps)


class _Reader:
    def __init__(self, files: Sequence[File], locks: Sequence[File], skipped: Iterable[Skipped]) -> None:
        shown = [f for f in files if not f.path.startswith(".") and "/." not in f.path]
        self._files = shown
        self._by_path = {f.path: f for f in shown}
        self._broken = {f.path for f in locks if _CONFLICT in f.data}
        self._locks = {*(f.path for f in locks), *(s.path for s in skipped), *self._by_path}
        self.gaps = [
            Gap(Manifest.KIND, Plane.DECLARED, p, "merge conflicts that are not resolved") for p in sorted(self._broken)
        ]

    def drafts(self) -> Iterator[Draft]:
        for file in self._files:
            name = file.path.rpartition("/")[2]
            if name == "package.json":
                yield from self._npm(file)
            elif name in ("pyproject.toml", "Pipfile", "setup.py"):
                yield from self._python(file, name)
            elif _REQUIREMENTS.search(file.path) and not _ASIDE.search(f"{name}"):
                yield from self._requirements(file)
            elif name == "pom.xml" and b"<dependency>" in file.data:
                yield self._maven(file)
            elif name in ("build.gradle", "build.gradle.kts") and _GRADLE.search(file.text or ""):
                yield self._gradle(file)

    def _beside(self, path: str, names: Sequence[str]) -> str | None:
        """The lock file in the folder of a manifest."""
        folder = _folder(path)
        return next((folder + name for name in names if folder + name in self._locks), None)

    def _draft(self, file: File, ecosystem: str, lock: str | None, locked: bool | Unknown, line: int = 1) -> Draft:
        if lock is not None and lock in self._broken:
            locked = Unknown(f"{lock} has conflicts that are not resolved")
        described = draft(
            Manifest, Location(file.path, line), path=file.path, ecosystem=ecosystem, lock=lock, locked=locked
        )
        return replace(described, identity=file.path)

    def _npm(self, file: File) -> Iterator[Draft]:
        try:
            manifest = json.loads(file.text or "")
        except (ValueError, RecursionError):
            self.gaps.append(Gap(Manifest.KIND, Plane.DECLARED, file.path, "not valid JSON"))
            return
        # What is bundled may stand among what is needed to build.
        if isinstance(manifest, Mapping) and (manifest.get("dependencies") or manifest.get("devDependencies")):
            lock = self._beside(file.path, _NPM_LOCKS) or self._of_workspace(file.path)
            yield self._draft(file, NPM, lock, lock is not None)

    def _of_workspace(self, path: str) -> str | None:
        """The lock file of a workspace that a package is a part of."""
        folder = path.rpartition("/")[0]
        while folder:
            folder = folder.rpartition("/")[0]
            root = f"{folder}/" if folder else ""
            manifest = self._by_path.get(f"{root}package.json")
            is_one = (
                manifest is not None and b'"workspaces"' in manifest.data
            ) or f"{root}pnpm-workspace.yaml" in self._by_path
            lock = self._beside(f"{root}package.json", _NPM_LOCKS) if is_one else None
            if lock is not None:
                return lock
        return None

    def _python(self, file: File, name: str) -> Iterator[Draft]:
        if name == "setup.py" and (
            b"install_requires" not in file.data or f"{_folder(file.path)}pyproject.toml" in self._by_path
        ):
            return
        project = self._toml(file) if name != "setup.py" else {}
        if project is None or (name != "setup.py" and not _needs(project, name)):
            return
        lock = self._beside(file.path, _PYTHON_LOCKS) or self._of_uv(file.path)
        yield self._draft(file, PYTHON, lock, lock is not None or self._is_compiled(file.path))

    def _toml(self, file: File) -> Mapping[str, Any] | None:
        try:
            return tomllib.loads(file.text or "")
        except (tomllib.TOMLDecodeError, RecursionError):
            self.gaps.append(Gap(Manifest.KIND, Plane.DECLARED, file.path, "not valid TOML"))
            return None

    def _of_uv(self, path: str) -> str | None:
        """The lock of a workspace of uv around a project."""
        folder = path.rpartition("/")[0]
        while folder:
            folder = folder.rpartition("/")[0]
            root = f"{folder}/" if folder else ""
            manifest = self._by_path.get(f"{root}pyproject.toml")
            if manifest is not None and b"[tool.uv.workspace]" in manifest.data and f"{root}uv.lock" in self._locks:
                return f"{root}uv.lock"
        return None

    def _is_compiled(self, path: str) -> bool:
        """Requirements with hashes in the same folder fix what a project installs."""
        beside = (f for f in self._files if _folder(f.path) == _folder(path) and _REQUIREMENTS.search(f.path))
        return any(has_requirements(f.text or "") and first_loose(f.text or "") is None for f in beside)

    def _requirements(self, file: File) -> Iterator[Draft]:
        """Requirements beside a lock count where something installs them."""
        text = file.text or ""
        lock = self._beside(file.path, _PYTHON_LOCKS)
        if not has_requirements(text) or (lock is not None and not self._installed(file.path)):
            return
        loose = first_loose(text)
        yield self._draft(file, PYTHON, None, loose is None, loose or 1)

    def _installed(self, path: str) -> bool:
        name = path.rpartition("/")[2].encode()
        command = re.compile(rb"(?:-r|--requirement)[ =]?[\"']?[\w./${}-]{0,200}" + re.escape(name))
        for file in self._files:
            runs = suffix_of(file.path) in _RUNS or "dockerfile" in file.path.lower() or file.path.endswith("Makefile")
            if runs and name in file.data and command.search(file.data):
                return True
        return False

    def _maven(self, file: File) -> Draft:
        text = file.text or ""
        loose = maven_loose(text, self._artifacts)
        lock = self._beside(file.path, ("lockfile.json",))
        fixed = lock is not None or any(is_enforced(pom.text or "") for pom in self._around(file.path, "pom.xml"))
        return self._draft(file, JVM, lock, _locked(fixed, loose is not None), _line(text, loose))

    def _gradle(self, file: File) -> Draft:
        text = file.text or ""
        catalogs = [f for f in self._files if _CATALOG.search(f.path) and _is_around(f.path, file.path)]
        loose = gradle_loose(text)
        moves = loose is not None or any(catalog_is_loose(f.text or "") for f in catalogs)
        lock = self._beside(file.path, ("gradle.lockfile",)) or self._older_lock(file.path) or self._verified(file.path)
        return self._draft(file, JVM, lock, _locked(lock is not None, moves), _line(text, None if lock else loose))

    @cached_property
    def _artifacts(self) -> frozenset[str]:
        """What the poms of the repository describe."""
        poms = (f for f in self._files if f.path.rpartition("/")[2] == "pom.xml")
        return frozenset(name for f in poms if (name := maven_artifact(f.text or "")) is not None)

    def _older_lock(self, path: str) -> str | None:
        """A lock of one configuration each, as Gradle wrote them before version 7."""
        folder = f"{_folder(path)}gradle/dependency-locks/"
        return next((p for p in sorted(self._locks) if p.startswith(folder) and p.endswith(".lockfile")), None)

    def _verified(self, path: str) -> str | None:
        """The checksums that a build of Gradle checks all that it takes with."""
        for metadata in self._around(path, "gradle/verification-metadata.xml"):
            root = metadata.path.removesuffix("gradle/verification-metadata.xml")
            if is_verified(metadata, self._by_path.get(f"{root}gradle.properties")):
                return metadata.path
        return None

    def _around(self, path: str, name: str) -> Iterator[File]:
        """The files of a name in the folder of a manifest and in those around it, innermost first."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            file = self._by_path.get(f"{folder}/{name}" if folder else name)
            if file is not None:
                yield file


def _locked(fixed: bool, loose: bool) -> bool | Unknown:
    if fixed:
        return True
    return False if loose else EXACT


def _line(text: str, place: int | None) -> int:
    return text.count("\n", 0, place) + 1 if place is not None else 1


def _is_around(catalog: str, path: str) -> bool:
    """Whether a catalog in a folder ``gradle`` is of the build that a path is a part of."""
    return path.startswith(_folder(catalog).removesuffix("gradle/"))


def _needs(project: Mapping[str, Any], name: str) -> bool:
    """Whether a project needs packages to run, and not only to be built or checked."""
    if name == "Pipfile":
        return bool(project.get("packages"))
    tool = project.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, Mapping) else None
    named = poetry.get("dependencies") if isinstance(poetry, Mapping) else None
    own = project.get("project")
    listed = own.get("dependencies") if isinstance(own, Mapping) else None
    return bool(listed) or (isinstance(named, Mapping) and bool(set(named) - {"python"}))


def _folder(path: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/" if folder else ""
