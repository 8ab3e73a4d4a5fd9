"""The Java files of a repository with the build manifests and Spring properties beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from tree_sitter import Node as Syntax

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.files import File
from prodworks_cli.sources.java.syntax import METHODS, Module, parse
from prodworks_cli.sources.trees import MAX_BYTES
from prodworks_cli.sources.vocabulary import Vocabulary
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml_all

MANIFESTS = ("pom.xml", "build.gradle", "build.gradle.kts")
_PROPERTIES = re.compile(r"(?:^|/)(?:application|bootstrap)(?:-(?:prod|production|aws|cloud))?\.(properties|ya?ml)$")
_COMMENT = re.compile(r"<!--.*?-->|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
MAX_FILES = 60
MAX_CALLS = 100
UNREAD = "unread"
"""The key under which a property file that cannot be read says why."""


class Repository:
    """Files by path. Parsing is cached: most files are never parsed."""

    def __init__(self, files: Sequence[File]) -> None:
        self._files = {
            f.path: f.data
            for f in files
            if f.path.endswith(".java") and len(f.data) <= MAX_BYTES and f.text is not None
        }
        self._manifests = {f.path: f for f in files if f.path.rpartition("/")[2] in MANIFESTS}
        self._properties = [f for f in files if _PROPERTIES.search(f.path)]
        self._others = {f.path: f.data for f in files if f.path not in self._files}
        shared = next((f.vocabulary for f in files), None)
        self._vocabulary = shared if shared is not None else Vocabulary({f.path: f.data for f in files})
        self._containers = [f for f in files if f.path.rpartition("/")[2].lower().startswith("dockerfile")]
        self._modules: dict[str, Module] = {}
        self._matching: dict[re.Pattern[bytes], list[str]] = {}
        self._calls: dict[tuple[str, str], list[tuple[Module, Syntax]]] = {}
        self._defined: dict[tuple[str, str], int] = {}
        self._folders: dict[str, str] = {}

    def module(self, path: str) -> Module:
        """The parsed file of a path."""
        if path not in self._modules:
            self._modules[path] = parse(path, self._files[path])
        return self._modules[path]

    def matching(
        self, pattern: re.Pattern[bytes], below: str = "", literals: tuple[bytes, ...] = ()
    ) -> Iterator[Module]:
        """The files below a folder in which a pattern is found, in order of path; it needs one of the ``literals``."""
        if pattern not in self._matching:
            held = (p for p in self._vocabulary.holding(*literals) if p in self._files) if literals else self._files
            self._matching[pattern] = sorted(p for p in held if pattern.search(self._files[p]))
        yield from (self.module(p) for p in self._matching[pattern] if p.startswith(below))

    @cached_property
    def _by_class(self) -> Mapping[str, list[str]]:
        """Paths by the name of the file."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._files):
            found.setdefault(path.rpartition("/")[2].removesuffix(".java"), []).append(path)
        return found

    def classes(self, name: str) -> list[Module]:
        """The files that are named after a class."""
        return [self.module(path) for path in self._by_class.get(name, ())]

    def calls_named(self, name: str, below: str) -> list[tuple[Module, Syntax]]:
        """Invocations of a method name below a folder."""
        if (name, below) not in self._calls:
            found = ((m, n) for m in self._naming(name, below) for n in m.invocations.get(name, ()))
            self._calls[name, below] = list(islice(found, MAX_CALLS))
        return self._calls[name, below]

    def definitions_named(self, name: str, below: str) -> int:
        """How many methods of a name are defined below a folder."""
        if (name, below) not in self._defined:
            methods = ((m, n) for m in self._naming(name, below) for n in m.of_type(*METHODS))
            self._defined[name, below] = sum(m.name(n) == name for m, n in methods)
        return self._defined[name, below]

    def _naming(self, name: str, below: str) -> Iterator[Module]:
        """The files below a folder that call or define a method of a name: the first of them."""
        pattern = re.compile(rb"\b" + re.escape(name.encode()) + rb"\s*\(")
        held = (p for p in self._holding(name) if p.startswith(below) and p in self._files)
        found = (p for p in held if pattern.search(self._files[p]))
        return map(self.module, islice(found, MAX_FILES))

    def words(self, name: str) -> Iterator[tuple[Module, Syntax]]:
        """The nodes in which the files hold a name as a word: identifiers, and texts and comments that hold it."""
        for path in self._holding(name):
            for found in _word(name).finditer(self._files[path]) if path in self._files else ():
                module = self.module(path)
                node = module.root.named_descendant_for_byte_range(found.start(), found.end())
                if node is not None:
                    yield module, node

    def named_in_others(self, name: str, module: Module) -> bool:
        """Whether a Java file beside one holds a name as a word."""
        others = (p for p in self._holding(name) if p != module.path and p in self._files)
        return any(_word(name).search(self._files[p]) for p in others)

    def named_elsewhere(self, name: str) -> bool:
        """Whether a file of another kind (a template, a page, a manifest) holds the name."""
        return any(_word(name).search(self._others[p]) for p in self._holding(name) if p in self._others)

    def _holding(self, name: str) -> list[str]:
        return self._vocabulary.holding(name.encode())

    def folder(self, path: str) -> str:
        """The folder of the build manifest that a file belongs to, with its slash; the root without one."""
        if path not in self._folders:
            holding = [f for f in self._homes if not f or path.startswith(f"{f}/")]
            nearest = max(holding, key=len, default="")
            self._folders[path] = f"{nearest}/" if nearest else ""
        return self._folders[path]

    @cached_property
    def _homes(self) -> frozenset[str]:
        return frozenset(p.rpartition("/")[0] for p in self._manifests)

    def manifest(self, folder: str) -> str:
        """The text of a folder's build manifest, without its comments."""
        texts = (f.text or "" for p, f in self._manifests.items() if p.rpartition("/")[0] == folder.rstrip("/"))
        return "\n".join(_COMMENT.sub("", t) for t in texts)

    def agents(self, folder: str) -> bool:
        """A container image of the folder starts Java with an OpenTelemetry or X-Ray agent."""
        texts = (f.text or "" for f in self._containers if f.path.startswith(folder))
        lines = (line for t in texts for line in t.splitlines() if not line.lstrip().startswith("#"))
        return any("javaagent" in line and re.search(r"opentelemetry|adot|xray", line, re.I) for line in lines)

    @cached_property
    def _read(self) -> list[tuple[str, Mapping[str, Node]]]:
        return [(f.path, _keys(f)) for f in self._properties]

    def property(self, folder: str, key: str) -> Node | None:
        """The value of a Spring property in the files of a folder. ``maxTokens`` and ``max-tokens`` are one key."""
        for path, keys in self._read:
            if self.folder(path) == folder and (canonical(key) in keys or UNREAD in keys):
                return keys.get(canonical(key)) or keys[UNREAD]
        return None

    def property_files(self, folder: str) -> list[str]:
        """The property files of a folder."""
        return [path for path, _ in self._read if self.folder(path) == folder]

    def all_property_files(self) -> list[str]:
        """The property files of all folders."""
        return [path for path, _ in self._read]

    def keys_with(self, folder: str, prefix: str) -> list[str]:
        """The property keys of a folder that start with a prefix."""
        found = (k for p, keys in self._read if self.folder(p) == folder for k in keys)
        return sorted(k for k in found if k.startswith(canonical(prefix)))


def _word(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")


def canonical(key: str) -> str:
    """A property key as Spring compares it: lower case, without dashes."""
    return key.lower().replace("-", "").replace("_", "")


def _keys(file: File) -> Mapping[str, Node]:
    text = file.text or ""
    if not file.path.endswith(".properties"):
        return {k: n for document in _documents(file) for k, n in _flat(document, "")}
    found: dict[str, Node] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key, mark, value = line.partition("=")
        if mark and not line.lstrip().startswith(("#", "!")):
            found[canonical(key.strip())] = Node(value.strip(), Location(file.path, number))
    return found


def _documents(file: File) -> Sequence[Node]:
    """The documents of a YAML file; one unknown value where it cannot be read."""
    try:
        return read_yaml_all(file.text or "", file.path)
    except MalformedYaml as error:
        reason = Unknown(f"{file.path}: {error.reason}")
        return (Node({UNREAD: Node(reason, Location(file.path, error.line))}, Location(file.path)),)


def _flat(node: Node, prefix: str) -> Iterator[tuple[str, Node]]:
    for key, value in node.members():
        name = f"{prefix}{canonical(key)}"
        if any(True for _ in value.members()):
            yield from _flat(value, f"{name}.")
        else:
            yield name, value
