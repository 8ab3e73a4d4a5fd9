"""botocore's models of services, cut down to what is read: without them a client costs megabytes and tens of
milliseconds, most of it for documentation and for operations that never leave the process."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.loaders import Loader

_MODEL = "service-2"
# What is needed of an operation that is not read: its name, by which it is refused.
_NAMED = ("name", "http")
_TEXTS = frozenset({"documentation", "documentationUrl"})


class ReadModels:
    """Reads botocore's JSON files, keeping of each service the operations in ``allowed`` (``service:Operation``)."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed: dict[str, set[str]] = {}
        for name in allowed:
            service, _, operation = name.partition(":")
            self._allowed.setdefault(service, set()).add(operation)

    def exists(self, file_path: str) -> bool:
        """Whether there is such a file; ``file_path`` is without its suffix."""
        return any(Path(file_path + suffix).is_file() for suffix in (".json", ".json.gz"))

    def load_file(self, file_path: str) -> Any:
        """The content of a file, ``None`` where there is none."""
        data, path = _content(file_path), Path(file_path)
        if data is None or path.name != _MODEL:
            return data
        return cut_down(data, self._allowed.get(path.parent.parent.name, set()))


def loader_of(allowed: Iterable[str], folders: str | None) -> Loader:
    """A loader for sessions. ``folders`` are those of the user's configuration, as ``create_loader`` takes them."""
    from botocore.loaders import Loader

    named = (os.path.expandvars(p) for p in (folders or "").split(os.pathsep) if p)
    paths = [str(Path(p).expanduser()) for p in named]
    return Loader(extra_search_paths=paths, file_loader=ReadModels(allowed))


def _content(file_path: str) -> Any:
    plain, packed = Path(file_path + ".json"), Path(file_path + ".json.gz")
    if plain.is_file():
        return json.loads(plain.read_bytes())
    return json.loads(gzip.decompress(packed.read_bytes())) if packed.is_file() else None


def cut_down(model: Mapping[str, Any], allowed: set[str]) -> dict[str, Any]:
    """A model with the operations that are allowed and the shapes that they need, without documentation."""
    operations = {
        name: _without_texts(given) if name in allowed else {key: given[key] for key in _NAMED if key in given}
        for name, given in model.get("operations", {}).items()
    }
    shapes = model.get("shapes", {})
    needed: set[str] = set()
    waiting = [name for name in allowed if name in operations for name in _shapes(operations[name])]
    while waiting:
        name = waiting.pop()
        if name in shapes and name not in needed:
            needed.add(name)
            waiting.extend(_shapes(shapes[name]))
    kept = {name: _without_texts(shapes[name]) for name in shapes if name in needed}
    return {**_without_texts(model, "operations", "shapes"), "operations": operations, "shapes": kept}


def _shapes(part: Any) -> Iterator[str]:
    """The names of the shapes that a part of a model refers to."""
    stack = [part]
    while stack:
        given = stack.pop()
        if isinstance(given, Mapping):
            name = given.get("shape")
            if isinstance(name, str):
                yield name
            stack.extend(value for value in given.values() if isinstance(value, Mapping | list))
        elif isinstance(given, list):
            stack.extend(given)


def _without_texts(part: Any, *left_out: str) -> Any:
    if isinstance(part, Mapping):
        return {k: "" if _is_text(k, v) else _without_texts(v) for k, v in part.items() if k not in left_out}
    return [_without_texts(element) for element in part] if isinstance(part, list) else part


def _is_text(key: str, value: Any) -> bool:
    """Documentation is text, which botocore adds to; a member may be called so too, and is none."""
    return key in _TEXTS and isinstance(value, str)
