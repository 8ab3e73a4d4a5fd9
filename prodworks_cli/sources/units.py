"""Workload units: a repository may be a collection of workloads that share nothing, each in a folder of its own.

A folder with a manifest, with source of its own or with the parts of one program (``infra``, ``backend``, ``tools``)
is one workload, whatever lies below it. A folder of two or more folders that each have a manifest and name a model
service is a collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from prodworks_cli.lazy import regex
from prodworks_cli.sources.parts import CODE, Part, part_of, suffix_of

MANIFESTS = frozenset(
    ("pyproject.toml", "requirements.txt", "setup.py", "Pipfile", "package.json", "pom.xml", "build.gradle",
     "build.gradle.kts", "go.mod", "Cargo.toml", "Gemfile", "cdk.json", "serverless.yml", "serverless.yaml",
     "template.yaml", "template.yml", "samconfig.toml", "Dockerfile")
)  # fmt: skip
_MODEL_WORDS = (
    b"bedrock", b"anthropic", b"openai", b"litellm", b"strands", b"langchain", b"llama_index", b"sagemaker-runtime",
    b"spring.ai", b"agentcore",
)  # fmt: skip
# A folder of this name is a part of the workload around it: its infrastructure, its back end, its tools.
_PART_OF_ONE = regex(
    r"^(?:infra(?:structure)?(?:[-_].*)?|cdk|terraform|deploy(?:ment)?s?|iac|cloudformation"
    r"|src|lib|libs|app|api|backend|frontend|server|client|web|ui|lambdas?|functions?|tools|agents?|mcp[-_]servers?"
    r"|common|shared|utils|streamlit[-_]app)$",
    re.I,
)
_IAC = (".tf", ".template")
_PARTS = (Part.PRODUCTION, Part.EXAMPLE)


class _Folder:
    """A folder with what lies directly in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.files: list[str] = []
        self.folders: dict[str, _Folder] = {}

    def child(self, name: str) -> _Folder:
        if name not in self.folders:
            self.folders[name] = _Folder(f"{self.path}{name}/")
        return self.folders[name]

    @cached_property
    def is_project(self) -> bool:
        """A manifest, Terraform or source lies directly in the folder."""
        names = [path.rpartition("/")[2] for path in self.files]
        return any(n in MANIFESTS or suffix_of(n) in CODE or n.endswith(_IAC) for n in names)

    def walk(self) -> Iterable[_Folder]:
        """The folder and all below it."""
        stack = [self]
        while stack:
            folder = stack.pop()
            yield folder
            stack.extend(folder.folders.values())


def names_model(data: bytes) -> bool:
    """Whether a text mentions what source, a template or a manifest of a GenAI workload does, in any case."""
    lower = data.lower()
    return any(word in lower for word in _MODEL_WORDS)


def find_units(paths: Sequence[str], names: Callable[[str], bool]) -> tuple[str, ...]:
    """The folders (``poc-a/``, with a slash) of the workloads of a collection; empty when all is one workload.

    ``names`` tells whether the file of a path names a model; it is asked only below folders that may be a collection.
    """
    root = _tree(path for path in paths if part_of(path) in _PARTS)
    found = tuple(sorted(_split(root, _Signals(names))))
    return found if len(found) > 1 else ()


def _tree(paths: Iterable[str]) -> _Folder:
    root = _Folder("")
    known = {"": root}
    for path in paths:
        where = path.rpartition("/")[0]
        if where not in known:
            folder = root
            for name in where.split("/"):
                folder = folder.child(name)
            known[where] = folder
        known[where].files.append(path)
    return root


class _Signals:
    """Which folders name a model service; each file is read once at most."""

    def __init__(self, names: Callable[[str], bool]) -> None:
        self._names = names
        self._known: dict[str, bool] = {}

    def below(self, folder: _Folder) -> bool:
        """Whether some source, template or manifest in the folder or below names a model service."""
        if folder.path not in self._known:
            own = any(self._names(p) for p in folder.files if _may_name(p))
            self._known[folder.path] = own or any(self.below(child) for child in folder.folders.values())
        return self._known[folder.path]


def _may_name(path: str) -> bool:
    suffix = suffix_of(path)
    return suffix in CODE or suffix in (".yaml", ".yml", *_IAC) or path.rpartition("/")[2] in MANIFESTS


def _split(folder: _Folder, signals: _Signals) -> list[str]:
    if folder.is_project or any(_PART_OF_ONE.match(name) for name in folder.folders):
        return [folder.path]
    kids = [child for child in folder.folders.values() if signals.below(child)]
    if len(kids) == 1:
        below = _split(kids[0], signals)
        return below if len(below) > 1 else [folder.path]
    with_project = [kid for kid in kids if any(f.is_project for f in kid.walk())]
    if len(with_project) < 2:
        return [folder.path]
    return [unit for kid in kids for unit in _split(kid, signals)]


REST = ""
"""The name of what lies in no unit."""


def matching(name: str, units: Sequence[str]) -> list[str]:
    """The units that ``name`` means: the folder itself, or the end of its path."""
    wanted = name.strip("/") + "/"
    exact = [u for u in units if u == wanted]
    return exact or [u for u in units if u.endswith("/" + wanted)]


def unit_of(path: str, units: Collection[str]) -> str | None:
    """The unit that a path lies in; ``None`` for all others."""
    end = path.find("/")
    while end >= 0:
        if path[: end + 1] in units:
            return path[: end + 1]
        end = path.find("/", end + 1)
    return None


def above(path: str) -> str:
    """The folder (``""`` or ``pocs/``) whose units a path outside all units speaks about: the one it lies in, or for a
    file of a hidden folder (``.github``) the one around that."""
    visible = path.partition("/.")[0] + "/" if "/." in path else path
    folder = "" if path.startswith(".") else visible.rpartition("/")[0]
    return f"{folder}/" if folder else ""
