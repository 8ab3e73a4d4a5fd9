"""Reads the CDK applications of a repository into blocks: from the app's file through its stacks and constructs."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Gap, Location, Plane
from prodworks_cli.node import Block, Node, node_of
from prodworks_cli.sources.cdk import language_of
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.aspects import visit
from prodworks_cli.sources.cdk.classes import constructor_of
from prodworks_cli.sources.cdk.constructs import block_of
from prodworks_cli.sources.cdk.data import table
from prodworks_cli.sources.cdk.evaluator import Evaluator, Exhausted
from prodworks_cli.sources.cdk.filesystem import inside, variables
from prodworks_cli.sources.cdk.imports import library, local_path, symbol_of
from prodworks_cli.sources.cdk.library import Library
from prodworks_cli.sources.cdk.state_machines import grant_tasks
from prodworks_cli.sources.cdk.tags import tagged
from prodworks_cli.sources.cdk.values import (
    ClassValue,
    External,
    Frame,
    Namespace,
    Open,
    Origin,
    members_of,
    node,
    unknown,
)
from prodworks_cli.sources.files import File
from prodworks_cli.sources.patterns import spec_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_STACKS = ("core.Stack", "core.NestedStack", "core.Stage")
_PACKAGE = "prodworks_cli.sources.cdk"


def read_apps(
    files: Sequence[File],
    cdk: Sequence[File],
    assembly: Sequence[File],
    given: Collection[str],
    snapshots: Sequence[File] = (),
) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """The resources that ``cdk``, those of the files that import the CDK, declare; see ``read`` of the package."""
    project = Project(files, cdk)
    project.evaluate()
    grant_tasks(project.constructs, table())
    pairs = [(c, block_of(c, table())) for c in project.constructs if c.type]
    blocks = tagged(pairs, project.tags, project.constructs)
    found = blocks, tuple(project.all_gaps())
    if assembly:
        from prodworks_cli.sources.cdk.replace import in_place

        return in_place(project.constructs, found, project.files, assembly, given)
    opaque = [c for c in project.constructs if project.is_opaque(c.symbol)]
    if not snapshots or not opaque:
        return found
    from prodworks_cli.sources.cdk.snapshots import supported

    return supported(project.constructs, opaque, found, snapshots)


def _gap(scope: str, reason: str, line: int | None = None, minor: bool = False) -> Gap:
    return Gap("aws.*", Plane.DECLARED, scope, reason, line, minor=minor)


class Project(Library):
    """The modules of a repository and what their evaluation finds."""

    def __init__(self, files: Sequence[File], cdk: Sequence[File]) -> None:
        super().__init__(table())
        self.files = {f.path: f for f in files}
        self._cdk = sorted(cdk, key=lambda f: f.path)
        self._frames: dict[str, Frame] = {}
        self._modules: dict[str, p.Module] = {}
        self._java = Frame("", "java")
        self._loaded: dict[str, str] = {}
        self._specs: dict[str, GitIgnoreSpec] = {}
        self.gaps: list[Gap] = []
        self.evaluator = Evaluator(self)

    def evaluate(self) -> None:
        """Run the apps, then the stacks that none of them makes."""
        for file in (f for f in self._cdk if language_of(f.path) == "java"):
            self._attempt(file, lambda f: self._java.variables.update(self.exports(f.path).variables))
        entries = [f for f in self._cdk if _makes_app(f)]
        for file in entries:
            self.origin = Origin(file.path)
            self._attempt(file, lambda f: self._main(self.exports(f.path)))
            self._attempt(file, lambda f: visit(self, self.evaluator))
        for file in self._cdk:
            self.origin = None
            self._attempt(file, lambda f: self._unreached(self.exports(f.path), apps=bool(entries)))

    def _attempt(self, file: File, run: Callable[[File], None]) -> None:
        try:
            run(file)
        except (Exhausted, RecursionError):
            self.gaps.append(_gap(file.path, "CDK code takes too many steps to evaluate"))

    def _main(self, frame: Frame) -> None:
        """The ``main`` method of a Java application."""
        for value in list(frame.variables.values()):
            content: Any = value.content
            if isinstance(content, ClassValue) and "main" in content.definition.methods and frame.language == "java":
                main = self.evaluator.member(value, "main", value.location)
                self.evaluator.call(main.content, (unknown("arguments", value.location),), value.location)

    def _unreached(self, frame: Frame, apps: bool) -> None:
        for value in list(frame.variables.values()):
            cls: Any = value.content
            if not isinstance(cls, ClassValue) or id(cls.definition) in self.evaluator.instantiated:
                continue
            if cls.definition.at.where != frame.module:
                continue
            base = self.evaluator.lineage(cls)[-1]
            symbol = base.symbol if isinstance(base, External) else ""
            if symbol in _STACKS or (symbol in self.table.base_classes and not apps and symbol != "core.App"):
                self._alone(cls, value.location)

    def _alone(self, cls: ClassValue, at: Location) -> None:
        made = constructor_of(cls)
        count = len(made.parameters) if made else 3
        given = [unknown("given by the app, which is not in this repository", at) for _ in range(count)]
        if count > 1:
            given[1] = Node(cls.definition.name, at)
        app = self._loaded.get(at.where)
        self.origin = Origin(at.where, cls.definition.name, app)
        # An app that knows the class may make it with other parameters than those that are committed.
        self.evaluator.optional = 1 if app else 0
        self.evaluator.instantiate(cls, tuple(given), at)
        self.evaluator.optional = 0

    # Modules

    def module(self, path: str) -> p.Module:
        """A file as a program, converted once."""
        if path not in self._modules:
            language = language_of(path) or "typescript"
            # A program is in one language, and the converters of the others are not needed.
            self._modules[path] = import_module(f"{_PACKAGE}.{language}").module(path, self.files[path].data)
            if self._modules[path].broken:
                self.gaps.append(_gap(path, "CDK code does not parse as a whole", 1, minor=True))
        return self._modules[path]

    def exports(self, path: str) -> Frame:
        """The variables of a module; of one that imports itself what it has so far."""
        if path in self._frames:
            return self._frames[path]
        language = language_of(path) or "typescript"
        parent = self._java if language == "java" else None
        frame = Frame(path, language, variables(path, language), parent)
        self._frames[path] = frame
        if self.origin is not None:
            self._loaded.setdefault(path, self.origin.path)
        if path.endswith(".json"):
            frame.variables.update(_json(self.files[path]))
            return frame
        with self.evaluator.apart():
            self.evaluator.run(self.module(path).body, frame)
        return frame

    def imported(self, frame: Frame, statement: p.Import) -> Mapping[str, Node]:
        """The variables of an import."""
        path = local_path(statement.module, frame.module, frame.language, self.files)
        if path is None and frame.language == "python" and statement.name:
            inner = local_path(
                f"{statement.module}.{statement.name}".replace("..", "."), frame.module, "python", self.files
            )
            if inner is not None:
                return {statement.local: node(Namespace(inner), statement.at)}
        if path is None:
            return self._external(frame, statement)
        return self._local(path, statement)

    def _local(self, path: str, statement: p.Import) -> Mapping[str, Node]:
        if not self._relevant(path):
            return {statement.local: unknown(f"{path} is not read", statement.at)}
        if path.endswith(".json"):
            found = node(self.exports(path).variables, statement.at)
            return {statement.local: found["default"] if statement.name == "default" else found}
        if statement.name is None:
            return {statement.local: node(Namespace(path), statement.at)}
        exported = self.exports(path).variables
        if statement.name == "*":
            return dict(exported)
        if statement.name in exported:
            return {statement.local: exported[statement.name]}
        inner = posixpath.join(posixpath.dirname(path), statement.name + ".py")
        if inner in self.files:
            return {statement.local: node(Namespace(inner), statement.at)}
        return {statement.local: unknown(f"{statement.name} of {path}", statement.at)}

    def _relevant(self, path: str) -> bool:
        return len(self.files[path].data) < 400_000

    def _external(self, frame: Frame, statement: p.Import) -> Mapping[str, Node]:
        module = library(statement.module, frame.language, self.table)
        if statement.name == "*":
            return {}
        if statement.name is None or statement.name == "default":
            return {statement.local: node(External(module), statement.at)}
        return {statement.local: node(External(symbol_of(module, statement.name, self.table)), statement.at)}

    # Files, context and gaps

    def has_path(self, path: str, at: Location) -> bool:
        """Whether the repository has a file or folder."""
        found = inside(path, self.folder_of(at))
        return found in self.files or any(known.startswith(f"{found}/") for known in self.files)

    def is_kept_out(self, path: str, at: Location) -> bool:
        """Whether a ``.gitignore`` at or above a path ignores it."""
        found = inside(path, self.folder_of(at))
        folder = posixpath.dirname(found)
        while True:
            ignored = self._ignored(posixpath.join(folder, ".gitignore"))
            if ignored and ignored.match_file(posixpath.relpath(found, folder or ".")):
                return True
            if not folder:
                return False
            folder = posixpath.dirname(folder)

    def _ignored(self, path: str) -> GitIgnoreSpec | None:
        """The patterns of a ``.gitignore``, made once."""
        if path not in self._specs and path in self.files:
            self._specs[path] = spec_of((self.files[path].text or "").splitlines())
        return self._specs.get(path)

    def text_of(self, path: str, at: Location) -> str | None:
        """The text of a file."""
        file = self.files.get(inside(path, self.folder_of(at)))
        return file.text if file else None

    def folder_of(self, at: Location) -> str:
        """The folder of the nearest ``cdk.json``, where the app runs; else that of the file itself."""
        folder = own = posixpath.dirname(at.where)
        while posixpath.join(folder, "cdk.json") not in self.files:
            if not folder:
                return own
            folder = posixpath.dirname(folder)
        return folder

    def context(self, key: str, at: Location) -> Node:
        """A context value of the nearest ``cdk.json``."""
        value = members_of(self.all_context(at)).get(key)
        return value if value is not None and value.present else unknown(f"context {key}", at)

    def all_context(self, at: Location) -> Node:
        """The context of the nearest ``cdk.json``; the command line may give more."""
        file = self.files.get(posixpath.join(self.folder_of(at), "cdk.json"))
        found = _json(file).get("context") if file else None
        return node(Open(members_of(found) if found else {}, "context", at), at)

    def all_gaps(self) -> Iterable[Gap]:
        """What was not read, a gap for each library of constructs that is not known."""
        yield from dict.fromkeys(self.gaps)
        for package, (names, at) in sorted(self.opaque.items()):
            listed = ", ".join(sorted(names)[:4]) + (" and more" if len(names) > 4 else "")
            yield _gap(at.where, f"what constructs of {package} declare is not known ({listed})", at.line, minor=True)


def _makes_app(file: File) -> bool:
    return b"App(" in file.data


def _json(file: File) -> dict[str, Node]:
    try:
        data = json.loads(file.text or "")
    except (ValueError, RecursionError):
        return {}
    found = node_of(data, Location(file.path, 1))
    return {"default": found, **(found.content if isinstance(found.content, dict) else {})}
