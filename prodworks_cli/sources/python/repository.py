"""The Python files of a repository, parsed when first needed, and the names that they import from each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import takewhile

from tree_sitter import Node

from prodworks_cli.sources.files import File
from prodworks_cli.sources.locks import Versions
from prodworks_cli.sources.python.budget import BYTES_OF_A_STEP, Budget
from prodworks_cli.sources.python.syntax import MAX_BYTES, Import, Module, parse
from prodworks_cli.sources.python.word_index import WordIndex, mentions, places_of_use


class Repository:
    """Files by path and by dotted name. Parsing is cached: most files are never parsed.

    What the budget does not allow to parse counts as an empty file, of which the budget's gaps tell.
    """

    def __init__(self, files: Sequence[File], locks: Sequence[File] = ()) -> None:
        self.versions = Versions(locks, files)
        self._files = {
            f.path: f.data.removeprefix(b"\xef\xbb\xbf")
            for f in sorted(files, key=lambda f: f.path)
            if f.path.endswith(".py") and len(f.data) <= MAX_BYTES and f.text is not None
        }
        self._texts = {f.path: f.data for f in files}
        shared = {id(f.vocabulary): f.vocabulary for f in files}
        self._vocabulary = next(iter(shared.values())) if len(shared) == 1 else None
        self.budget = Budget()
        self._words = WordIndex(self._files, self._vocabulary)
        self._modules: dict[str, Module] = {}
        self._named: dict[str, tuple[tuple[Module, Node], ...]] = {}
        self._definitions: dict[str, int] = {}
        self._holding: dict[tuple[bytes, ...], tuple[str, ...]] = {}
        self._texts_holding: dict[tuple[bytes, ...], tuple[str, ...]] = {}
        self._matching: dict[re.Pattern[bytes], tuple[str, ...]] = {}
        self._found: dict[tuple[str, str], str | None] = {}

    def module(self, path: str) -> Module:
        """The parsed file of a path."""
        if path not in self._modules:
            data = self._files[path]
            self._modules[path] = parse(path, data if self.budget.may_parse(path, len(data)) else b"")
        return self._modules[path]

    def containing(self, *literals: bytes) -> Iterator[Module]:
        """The files that hold one of the texts, in order of path."""
        yield from (self.module(path) for path in self.paths_with(*literals))

    def holds(self, *literals: bytes) -> bool:
        """Whether a file of any kind holds one of the texts."""
        return bool(self._all_holding(literals))

    def holds_near(self, path: str, *literals: bytes) -> bool:
        """Whether a file above ``path``, or near the root, holds one of the texts: what concerns the same program."""
        folders = path.split("/")[:-1]
        for other in self._all_holding(literals):
            around = other.split("/")[:-1]
            if len(around) <= 1 or folders[: len(around)] == around or folders[:2] == around[:2]:
                return True
        return False

    def _all_holding(self, literals: tuple[bytes, ...]) -> tuple[str, ...]:
        """The paths of files of any kind that hold one of the texts."""
        if literals not in self._texts_holding:
            self._texts_holding[literals] = tuple(self._having(self._texts, literals))
        return self._texts_holding[literals]

    def holding_in_any_case(self, *lowered: bytes) -> Iterator[Module]:
        """The files that hold one of some texts in any case, in order of path."""
        if self._vocabulary is not None:
            having = self._vocabulary.having(lowered, folded=True, among=self._numbers)
            paths = [path for path in self._files if path in having]
        else:
            small = ((path, data.lower()) for path, data in self._files.items())
            paths = [path for path, data in small if any(text in data for text in lowered)]
        yield from map(self.module, paths)

    def _having(self, files: Mapping[str, bytes], literals: tuple[bytes, ...]) -> Iterator[str]:
        """The paths among files of those that hold one of the texts, in their order."""
        if self._vocabulary is not None:
            among = self._numbers if files is self._files else None  # data is large, and no Python
            having = self._vocabulary.having(literals, folded=False, among=among)
            return (path for path in files if path in having)
        return (path for path, data in files.items() if any(literal in data for literal in literals))

    @cached_property
    def _numbers(self) -> frozenset[int] | None:
        return self._vocabulary.numbers(self._files) if self._vocabulary is not None else None

    @cached_property
    def _size(self) -> int:
        return sum(map(len, self._files.values()))

    def beside(self, name: str, path: str) -> str | None:
        """The file whose path ends with a name, the nearest one to ``path``; ``None`` if there is none, or a tie."""
        self.budget.search(len(self._texts) * BYTES_OF_A_STEP // 1000)
        if self.budget.exhausted:
            return None
        end = f"/{name.lstrip('./')}"
        found = {p: _shared(p, path) for p in self._texts if f"/{p}".endswith(end)}
        nearest = max(found.values(), default=0)
        best = [p for p, near in found.items() if near == nearest]
        return best[0] if len(best) == 1 else None

    def content(self, path: str) -> str:
        """The text of a file of any kind."""
        return self._texts[path].decode("utf-8", "replace")

    def imports(self, path: str, *patterns: re.Pattern[bytes]) -> bool:
        """Whether one of some patterns is found in the file of a path; nothing is parsed."""
        return any(pattern.search(self._files[path]) for pattern in patterns)

    def matching(self, pattern: re.Pattern[bytes]) -> Iterator[str]:
        """The paths of the files in which a pattern is found; nothing is parsed."""
        if pattern not in self._matching:
            self._matching[pattern] = tuple(p for p, data in self._files.items() if pattern.search(data))
        yield from self._matching[pattern]

    def paths_with(self, *literals: bytes) -> Iterator[str]:
        """The paths of the files that hold one of the texts; nothing is parsed."""
        if literals not in self._holding:
            if len(literals) == 1:  # often a name from the code, of which there may be any number
                self.budget.search(self._size)
            self._holding[literals] = tuple(self._having(self._files, literals))
        yield from self._holding[literals]

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        stems: dict[str, list[str]] = {}
        for path in self._files:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            stems.setdefault(parts[-1], []).append("/".join(parts))
        return stems

    def find(self, dotted: str, importer: Module) -> Module | None:
        """The file that ``import dotted`` means: the nearest one whose path ends so; ``None`` if none or a tie."""
        key = (dotted, importer.path.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = self._stem(dotted, importer)
        stem = self._found[key]
        return self._open(stem) if stem is not None else None

    def _stem(self, dotted: str, importer: Module) -> str | None:
        wanted = _relative(dotted, importer.path) if dotted.startswith(".") else dotted.replace(".", "/")
        candidates = [s for s in self._by_stem.get(wanted.rsplit("/", 1)[-1], ()) if f"/{s}".endswith(f"/{wanted}")]
        if dotted.startswith("."):
            candidates = [c for c in candidates if c == wanted]
        else:
            candidates = [c for c in candidates if self._may_mean(c.removesuffix(wanted), importer.path)]
        near = {c: _shared(c, importer.path) for c in candidates}
        nearest = max(near.values(), default=0)
        best = [c for c in candidates if near[c] == nearest]
        return best[0] if len(best) == 1 else None

    def _may_mean(self, folder: str, importer: str) -> bool:
        """A module inside a package is called by its short name only from beside it: elsewhere that means another."""
        return importer.startswith(folder) or f"{folder}__init__.py" not in self._files

    def _open(self, stem: str) -> Module | None:
        path = next((p for p in (f"{stem}.py", f"{stem}/__init__.py") if p in self._files), None)
        return self.module(path) if path else None

    def imported(self, item: Import, importer: Module) -> tuple[Module, str | None] | None:
        """The file and the name in it that an import means; ``None`` when it lies outside the repository."""
        if item.name is not None:
            dot = "" if item.module.endswith(".") else "."
            below = self.find(f"{item.module}{dot}{item.name}", importer)
            if below is not None:
                return below, None
        module = self.find(item.module, importer)
        return (module, item.name) if module else None

    def calls_named(self, name: str) -> tuple[tuple[Module, Node], ...]:
        """Calls ``name(...)`` and ``x.name(...)`` and calls that are given ``name`` or ``x.name`` as an argument."""
        if name not in self._named:
            word = name.encode()
            uses = ((path, list(places_of_use(self._files[path], word))) for path in self._naming(name))
            modules = ((self.module(path), places) for path, places in uses if places)
            self._named[name] = tuple((m, call) for m, places in modules for call in m.calls_at(places, word))
        return self._named[name]

    def _naming(self, name: str) -> Sequence[str]:
        """The paths of the Python files that hold a name."""
        return self._words.paths(name) if self._words.covers(name) else tuple(self.paths_with(name.encode()))

    def mentions(self, name: str, *, more_than: int, beside: str | None = None) -> bool:
        """Whether files of any kind (code, templates, pipelines) name ``name`` more than so many times.

        ``beside`` leaves out one file.
        """
        if self.budget.exhausted:
            return True
        word = name.encode()
        indexed = self._words.covers(name)
        found = 0
        for path in (*self._naming(name), *self._besides_python) if indexed else self._texts:
            data = self._texts[path]
            self.budget.search(len(data))
            found += mentions(data, word) if path != beside else 0
            if found > more_than:
                return True
        return False

    @cached_property
    def _besides_python(self) -> Sequence[str]:
        return [path for path in self._texts if path not in self._files]

    def definitions_named(self, name: str) -> int:
        """How many functions of that name the repository defines."""
        if name not in self._definitions:
            self._definitions[name] = self._words.definitions(name) if name.isascii() else self._in_other_letters(name)
        return self._definitions[name]

    def _in_other_letters(self, name: str) -> int:
        pattern = re.compile(rb"\bdef\s+" + re.escape(name.encode()) + rb"\s*[(\[]")
        return sum(len(pattern.findall(self._files[p])) for p in self._naming(name))


def _shared(path: str, other: str) -> int:
    """How many folders two paths have in common."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path.split("/"), other.split("/"), strict=False))
    )


def _relative(dotted: str, path: str) -> str:
    rest = dotted.lstrip(".")
    folders = path.split("/")[: -(len(dotted) - len(rest))]
    return "/".join([*folders, *rest.split(".")] if rest else folders)


def last_name(module: Module, node: Node | None) -> str:
    """``c`` of ``a.b.c`` or ``c``; empty for anything else."""
    return module.last_name(node)


def made_name(module: Module, callee: Node | None) -> str:
    """The last name of what is called; a generic class may be given its types: ``Agent[Context](...)``."""
    if callee is not None and callee.type == "subscript":
        callee = callee.child_by_field_name("value")
    return last_name(module, callee)
