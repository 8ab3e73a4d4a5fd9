"""The Terraform files of a repository by folder, parsed once, and what one read shares between modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from prodworks_cli.model import Gap, Location, Plane
from prodworks_cli.node import Block, Node
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.terraform import SUFFIXES
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.evaluation import Budget, Scope
from prodworks_cli.sources.terraform.known_modules import PREFIX, Known
from prodworks_cli.sources.terraform.parse import parse
from prodworks_cli.sources.terraform.plan import Plan
from prodworks_cli.sources.terraform.providers import provider_key
from prodworks_cli.sources.terraform.values import Failure, bounded

if TYPE_CHECKING:
    from prodworks_cli.sources.terraform.module import Module

_VALUES = ("terraform.tfvars", "terraform.tfvars.json")
_AUTO = (".auto.tfvars", ".auto.tfvars.json")


@dataclass
class Folder:
    """One module as it is written."""

    production: bool = False
    variables: dict[str, x.Body] = field(default_factory=dict)
    locals: dict[str, x.Argument] = field(default_factory=dict)
    outputs: dict[str, x.Argument] = field(default_factory=dict)
    calls: dict[str, x.BlockSyntax] = field(default_factory=dict)
    blocks: dict[str, x.BlockSyntax] = field(default_factory=dict)
    values: dict[str, x.Argument] = field(default_factory=dict)
    providers: dict[str, x.BlockSyntax] = field(default_factory=dict)

    def add(self, body: x.Body) -> None:
        """Take the blocks of one file; of two declarations with one name the first counts."""
        for block in body.blocks:
            name = block.labels[-1] if block.labels else ""
            if block.type == "locals":
                self.locals = {**block.body.arguments, **self.locals}
            elif block.type in ("resource", "data") and len(block.labels) == 2:
                prefix = "data." if block.type == "data" else ""
                self.blocks.setdefault(f"{prefix}{block.labels[0]}.{name}", block)
            elif block.type == "variable":
                self.variables.setdefault(name, block.body)
            elif block.type == "provider":
                self.providers.setdefault(provider_key(block), block)
            elif block.type == "module":
                self.calls.setdefault(name, block)
            elif block.type == "output" and "value" in block.body.arguments:
                self.outputs.setdefault(name, block.body.arguments["value"])


@dataclass
class Project:
    """Folders and files of the repository, and what has been found and computed so far."""

    folders: dict[str, Folder]
    texts: Mapping[str, File]
    gaps: list[Gap]
    blocks: list[Block] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    budget: Budget = field(default_factory=Budget)
    declared: dict[str, tuple[Module, x.BlockSyntax, Scope, bool]] = field(default_factory=dict)
    modules: int = 0
    workspace: str | None = None
    plans: dict[str, Plan] = field(default_factory=dict)
    _known: dict[tuple[str, str], Node] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)

    def once(self, key: tuple[str, str], at: Location, compute: Callable[[], Node]) -> Node:
        """A value that is computed when first asked for; one that needs itself is a failure."""
        if key in self._known:
            return self._known[key]
        if key in self._active:
            return Node(Failure(f"{key[1]} refers to itself"), at)
        self._active.add(key)
        try:
            self._known[key] = bounded(compute())
        finally:
            self._active.discard(key)
        return self._known[key]

    def module_gap(self, at: Location, reason: str, given: Iterable[str]) -> Gap:
        """Record a module that could not be read. ``given`` are the reason and the names of the call's arguments.

        A folder that is missing, or a source that is not known, may hold anything.
        """
        near = any(sign in reason for sign in ("(./", "(../", "not a literal"))
        related = near or any(MODEL_SERVICE.search(text) for text in given)
        hidden = replace(gap(at.where, at.line, reason), unrelated=not related)
        self.gaps.append(hidden)
        return hidden

    def describe(self, known: Known, hidden: Gap) -> tuple[str, Gap]:
        """The folder of a module that is described; what it makes besides stays a gap, though a minor one."""
        directory = f"{PREFIX}{known.source}"
        if directory not in self.folders:
            self.folders[directory] = Folder()
            self.folders[directory].add(known.body)
        self.gaps.remove(hidden)
        reason = f"{hidden.reason}; read by its inputs, as known on {known.as_of}"
        kind = "terraform.module" if known.complete else hidden.kind
        told = replace(hidden, kind=kind, reason=reason, minor=True)
        self.gaps.append(told)
        return directory, told


MODEL_SERVICE = re.compile(
    r"bedrock|agentcore|sagemaker|anthropic|claude|llm|genai|gen-ai|(?<![a-z])(?:ai|rag)(?![a-z])", re.I
)
"""Words by which a module tells that it may hold a GenAI resource."""


def local_folder(directory: str, source: str) -> str | None:
    """The folder that a module source names, or ``None`` for a registry, an archive or a repository elsewhere."""
    if not source.startswith(("./", "../")):
        return None
    folder = posixpath.normpath(posixpath.join(directory, source))
    return "" if folder == "." else folder


def gap(path: str, line: int | None, reason: str) -> Gap:
    """Resources that a file or module may declare and that were not seen."""
    return Gap(kind="aws.*", plane=Plane.DECLARED, scope=path, reason=reason, line=line)


def load(files: Iterable[File]) -> Project:
    """Parse every Terraform file once."""
    folders: dict[str, Folder] = {}
    gaps: list[Gap] = []
    texts = {file.path: file for file in files}
    values = []
    for path, file in sorted(texts.items()):
        if path.endswith(SUFFIXES):
            body = _body(file, gaps)
            folder = folders.setdefault(posixpath.dirname(path), Folder())
            folder.production = folder.production or file.part is Part.PRODUCTION
            folder.add(body)
        elif posixpath.basename(path) in _VALUES or path.endswith(_AUTO):
            values.append(file)
    # Terraform reads terraform.tfvars first; later files overrule earlier ones.
    for file in sorted(values, key=lambda f: (not f.path.endswith(_VALUES), f.path)):
        known = folders.get(posixpath.dirname(file.path))
        if known is not None:
            known.values.update(_body(file, gaps).arguments)
    return Project(folders, texts, gaps)


def _body(file: File, gaps: list[Gap]) -> x.Body:
    parsed = parse(file.path, file.data)
    if parsed.problem:
        gaps.append(gap(file.path, parsed.line, parsed.problem))
    return parsed.body
