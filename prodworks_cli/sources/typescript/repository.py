"""The TypeScript and JavaScript files of a repository, parsed when first needed, and what they import."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, takewhile

from tree_sitter import Node

from prodworks_cli.sources.files import File
from prodworks_cli.sources.trees import MAX_BYTES
from prodworks_cli.sources.typescript import SUFFIXES
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.syntax import Import, Module, parse, string_of
from prodworks_cli.sources.vocabulary import Vocabulary

# A name that so many files hold is too common to look for its callers.
MAX_FILES = 40
MAX_CALLS = 400
# All of the exports of another file are exported too.
_HANDS_ON = re.compile(rb"\bexport\b(?:\s|type\b|/\*|//)*\*")
_QUOTED = re.compile(rb"(?=['\"]([^'\"\n]{1,300})['\"])")
_ENDING = re.compile(r"(?:\.d)?\.(?:[cm]?[jt]sx?)$")


class Repository:
    """Files by path and by what imports call them. Parsing is cached: most files are never parsed."""

    def __init__(self, files: Sequence[File]) -> None:
        self._files = {
            f.path: f.data.removeprefix(b"\xef\xbb\xbf")
            for f in files
            if f.path.endswith(SUFFIXES) and len(f.data) <= MAX_BYTES and f.text is not None
        }
        self._manifests = {f.path: f for f in files if f.path.rpartition("/")[2] == "package.json"}
        self._others = [f for f in files if f.path not in self._files and f.path not in self._manifests]
        shared = next((f.vocabulary for f in files), None)
        self._vocabulary = shared if shared is not None else Vocabulary(self._files)
        self._modules: dict[str, Module] = {}
        self._exports: dict[str, dict[str, Node | Import]] = {}
        self._matching: dict[re.Pattern[bytes], list[str]] = {}
        self._defined: dict[str, int] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._quoted: dict[str, frozenset[str]] = {}
        self._handing_on: dict[str, bool] = {}
        self._first: dict[tuple[bytes, ...], str | None] = {}
        self._named: dict[str, tuple[tuple[Module, Node], ...] | None] = {}

    def module(self, path: str) -> Module:
        """The parsed file of a path."""
        if path not in self._modules:
            self._modules[path] = parse(path, self._files[path])
        return self._modules[path]

    def matching(self, pattern: re.Pattern[bytes], *literals: bytes) -> Iterator[Module]:
        """The files in which a pattern is found, in order of path; ``literals`` are parts of which it needs one."""
        if pattern not in self._matching:
            held = self._holding(*literals) if literals else sorted(self._files)
            self._matching[pattern] = [p for p in held if pattern.search(self._files[p])]
        yield from map(self.module, self._matching[pattern])

    def where(self, test: Callable[[str, bytes], bool], *literals: bytes) -> Iterator[Module]:
        """The files whose path and bytes pass a test, in order of path; each holds one of ``literals``."""
        yield from (self.module(p) for p in self._holding(*literals) if test(p, self._files[p]))

    def holding(self, *literals: bytes) -> Iterator[Module]:
        """The files that hold one of some texts, in order of path."""
        yield from map(self.module, self._holding(*literals))

    def _holding(self, *literals: bytes) -> list[str]:
        return [path for path in self._vocabulary.holding(*literals) if path in self._files]

    def _with_word(self, name: str) -> list[str]:
        return [path for path in self._vocabulary.with_word(name.encode()) if path in self._files]

    def folded(self, *literals: bytes) -> frozenset[str]:
        """The paths of the files that hold one of some texts, in lower case, in any case."""
        return self._vocabulary.having(literals, folded=True)

    def holds(self, *literals: bytes) -> str | None:
        """The first file that holds one of some texts."""
        if literals not in self._first:
            self._first[literals] = next(iter(self._holding(*literals)), None)
        return self._first[literals]

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        """Paths by the last part of what an import may call them."""
        stems: dict[str, list[str]] = {}
        for path in sorted(self._files):
            stem = _ENDING.sub("", path)
            stems.setdefault(stem.rpartition("/")[2], []).append(path)
            if stem.endswith("/index"):
                stems.setdefault(stem.removesuffix("/index").rpartition("/")[2], []).append(path)
        return stems

    @cached_property
    def _packages(self) -> Mapping[str, str]:
        """The folders of the packages that the repository itself defines, by name."""
        found: dict[str, str] = {}
        for path in sorted(self._manifests):
            name = self._read(path).get("name")
            if isinstance(name, str) and name:
                found.setdefault(name, path.rpartition("/")[0])
        return found

    def find(self, specifier: str, importer: Module) -> Module | None:
        """The file that an import means; ``None`` when it lies outside the repository or is one of several."""
        path = self.locate(specifier, importer.path)
        return self.module(path) if path is not None else None

    def locate(self, specifier: str, importer: str) -> str | None:
        """The path of the file that an import means, which is not parsed for it."""
        key = (specifier, importer.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = self._find(specifier, importer)
        return self._found[key]

    def may_export(self, path: str, name: str) -> bool:
        """Whether a file may export a name: it holds the word, or hands on all that another file exports."""
        data = self._files[path]
        words = (b"default", b"module.exports") if name == "default" else (name.encode(),)
        return any(word in data for word in words) or self._hands_on(path)

    def _hands_on(self, path: str) -> bool:
        """Whether a file exports all that another file does."""
        if path not in self._handing_on:
            self._handing_on[path] = _HANDS_ON.search(self._files[path]) is not None
        return self._handing_on[path]

    def importers(self, module: Module) -> Iterator[Module]:
        """The files that import a file."""
        stem = _ENDING.sub("", module.path).removesuffix("/index").rpartition("/")[2]
        for path in self._holding(stem.encode()) if stem else ():
            if module.path in self._may_import(path):
                other = self.module(path)
                if any(self.locate(i.module, path) == module.path for i in other.imports.values()):
                    yield other

    def _may_import(self, path: str) -> frozenset[str]:
        """The files that one of the quoted texts of a file would mean as an import."""
        if path not in self._quoted:
            texts = {text.decode() for text in _QUOTED.findall(self._files[path])}
            self._quoted[path] = frozenset(p for t in texts if (p := self.locate(t, path)) is not None)
        return self._quoted[path]

    def _find(self, specifier: str, importer: str) -> str | None:
        if specifier.startswith("."):
            return self._open(_relative(specifier, importer))
        package = next((p for p in self._packages if specifier == p or specifier.startswith(f"{p}/")), None)
        if package is not None:
            folder, rest = self._packages[package], specifier[len(package) :].strip("/")
            tries = (f"{folder}/{rest}", f"{folder}/src/{rest}", f"{folder}/lib/{rest}")
            return next((p for t in tries if (p := self._open(t.strip("/")))), None)
        alias = re.match(r"^(?:[@~#]/|src/|app/|lib/)", specifier)
        return (
            self._nearest(specifier.removeprefix(alias[0] if alias[0][0] in "@~#" else ""), importer) if alias else None
        )

    def _open(self, stem: str) -> str | None:
        bare = _ENDING.sub("", stem) if stem not in self._files else stem
        names = [stem, *(f"{s}{e}" for s in (stem, bare, f"{stem}/index".lstrip("/")) for e in SUFFIXES)]
        return next((n for n in names if n in self._files), None)

    def _nearest(self, wanted: str, importer: str) -> str | None:
        """The file whose path ends so and which shares most folders with the importer."""
        paths = [p for p in self._by_stem.get(_ENDING.sub("", wanted).rpartition("/")[2], ()) if _ends(p, wanted)]
        near = {p: _shared(p, importer) for p in paths}
        most = max(near.values(), default=0)
        best = [p for p in paths if near[p] == most]
        return best[0] if len(best) == 1 else None

    def calls_named(self, name: str) -> tuple[tuple[Module, Node], ...] | None:
        """Calls ``name(...)``, ``x.name(...)``, ``new name(...)`` and calls that are given ``name``; ``None`` when the
        name is too common to look for."""
        if name not in self._named:
            paths = self._with_word(name)
            calls = tuple(islice(self._calls(paths, name), MAX_CALLS + 1)) if len(paths) <= MAX_FILES else ()
            self._named[name] = None if len(paths) > MAX_FILES or len(calls) > MAX_CALLS else calls
        return self._named[name]

    def _calls(self, paths: Sequence[str], name: str) -> Iterator[tuple[Module, Node]]:
        may_call = _call_of(name)
        for path in paths:
            if path in self._modules or may_call.search(self._files[path]):
                module = self.module(path)
                yield from ((module, call) for call in module.calls.get(name, ()))

    def definitions_named(self, name: str) -> int:
        """How many functions and methods of that name the files define that call one of that name."""
        if name not in self._defined:
            self._defined[name] = self._definitions(name)
        return self._defined[name]

    def _definitions(self, name: str) -> int:
        modules = {m.path: m for m, _ in self.calls_named(name) or ()}
        pattern = re.compile(rb"(?<![\w$.])" + re.escape(name.encode()) + rb"\s*(?:[(<:=])")
        paths = [p for p in self._holding(name.encode()) if pattern.search(self._files[p])]
        modules.update((p, self.module(p)) for p in paths[:MAX_FILES])
        return sum(m.name(f) == name for m in modules.values() for f in m.of_type(*FUNCTIONS))

    def words(self, name: str) -> Iterator[tuple[Module, Node]]:
        """The nodes in which the files hold a name as a word: identifiers, and texts and comments that hold it."""
        pattern = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
        for path in self._with_word(name):
            for found in pattern.finditer(self._files[path]):
                module = self.module(path)
                node = module.root.named_descendant_for_byte_range(found.start(), found.end())
                if node is not None:
                    yield module, node

    def named_elsewhere(self, name: str) -> bool:
        """Whether a file of another kind (a template, a page, a pipeline, a manifest's script) holds the name."""
        pattern = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
        others = (*self._others, *self._manifests.values())
        return any(name.encode() in f.data and pattern.search(f.data) for f in others)

    def is_published(self, path: str) -> bool:
        """Whether the file belongs to a package that others may import: one with entry points that is not private."""
        folder = max(
            (p.removesuffix("package.json") for p in self._manifests if path.startswith(p[:-12])), key=len, default=""
        )
        manifest = self._read(f"{folder}package.json")
        return any(k in manifest for k in ("main", "module", "exports")) and manifest.get("private") is not True

    def _read(self, path: str) -> dict[str, object]:
        try:
            found = json.loads(self._manifests[path].text or "") if path in self._manifests else {}
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def exports(self, module: Module) -> Mapping[str, Node | Import]:
        """What a module exports, by name: the expression, definition or name, or where it is exported from."""
        if module.path in self._exports:
            return self._exports[module.path]
        found = self._exports.setdefault(module.path, {})
        assigned = module.assigned
        for node in module.of_type("export_statement"):
            found.update(_exported(module, node))
        for target, assignments in assigned.items():
            holder, _, name = target.rpartition(".")
            if target == "module.exports" or holder in ("exports", "module.exports"):
                found["default" if target == "module.exports" else name] = assignments[-1][1]
        return found


def _call_of(name: str) -> re.Pattern[bytes]:
    """What stands after a name where it is called or given to a call, or before it where it is made with ``new``.

    A file that imports, defines or reads a name and has none of this calls nothing of that name.
    """
    word = re.escape(name.encode())
    return re.compile(word + rb"(?![\w$])[\s\x80-\xff]*[(<?`,)/]|\bnew\b[\s\w$./*\x80-\xff]{1,200}" + word)


def _exported(module: Module, node: Node) -> Iterator[tuple[str, Node | Import]]:
    source = string_of(module, node.child_by_field_name("source"))
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    if any(c.type == "default" for c in node.children):
        yield from ((("default", d),) if (d := value or declaration) is not None else ())
    elif declaration is not None:
        for declarator in (n for n in declaration.named_children if n.type == "variable_declarator"):
            named = declarator.child_by_field_name("name")
            if named is not None and named.type == "identifier":
                yield module.text(named), named
        own = declaration.child_by_field_name("name")
        if own is not None and declaration.type in FUNCTIONS | CLASSES | {"enum_declaration"}:
            yield module.text(own), declaration
    for clause in (c for c in node.named_children if c.type == "export_clause"):
        for item in clause.named_children:
            named = item.child_by_field_name("name")
            public = module.text(item.child_by_field_name("alias")) or module.text(named)
            if named is not None:
                yield public, Import(source, module.text(named)) if source else named
    if source and any(c.type == "*" for c in node.children):
        yield f"* {source}", Import(source, "*")


def _ends(path: str, wanted: str) -> bool:
    stem, bare = _ENDING.sub("", path), _ENDING.sub("", wanted)
    return any(f"/{stem}".endswith(f"/{end}") for end in (bare, f"{bare}/index"))


def _shared(path: str, other: str) -> int:
    """How many folders two paths have in common."""
    pairs = zip(path.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _relative(specifier: str, path: str) -> str:
    folders = path.split("/")[:-1]
    for part in specifier.split("/"):
        if part == "..":
            folders = folders[:-1]
        elif part not in (".", ""):
            folders = [*folders, part]
    return "/".join(folders)
