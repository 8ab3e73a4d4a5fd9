"""The table of constructs, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Table:
    """What is known of construct libraries; ``constructs.yaml`` explains its keys."""

    constructs: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, Mapping[str, Any]]
    modules: Mapping[str, str]
    services: Mapping[str, str]
    spellings: Mapping[str, str]
    verbatim: frozenset[str]
    transparent: frozenset[str]
    metrics: Mapping[str, Mapping[str, Any]]
    base_classes: frozenset[str]
    names: Mapping[str, str]

    @cached_property
    def grants(self) -> Mapping[str, Mapping[str, Any]]:
        """What the methods of constructs grant; ``grants.yaml`` explains it."""
        return _load("grants.yaml")

    @cached_property
    def models(self) -> Mapping[str, Mapping[str, Any]]:
        """The ids of the models that classes of libraries name."""
        return _load("foundation_models.yaml")

    def constants(self, owner: str) -> Mapping[str, Any]:
        """The values of the constants of a class."""
        return self.enums.get(owner) or self.models.get(owner, {})

    def by_name(self, name: str) -> str | None:
        """The one symbol with this class name, for a wildcard import of Java."""
        found = self._by_class.get(name, ())
        return found[0] if len(found) == 1 else self.names.get(name)

    @cached_property
    def _by_class(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for symbol in (*self.constructs, *self.enums, *self.models):
            found.setdefault(symbol.rpartition(".")[2], []).append(symbol)
        return found


def _load(name: str) -> Mapping[str, Any]:
    import yaml

    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    return loaded


@cache
def table() -> Table:
    """The table."""
    data = _load("constructs.yaml")
    return Table(
        constructs=data["constructs"],
        enums=data["enums"],
        modules=data["modules"],
        services=data["services"],
        spellings=data["spellings"],
        verbatim=frozenset(data["verbatim"]),
        transparent=frozenset(data["transparent"]),
        metrics=data["metrics"],
        base_classes=frozenset(data["base_classes"]),
        names={name: f"{module}.{name}" for module, names in data["names"].items() for name in names},
    )
