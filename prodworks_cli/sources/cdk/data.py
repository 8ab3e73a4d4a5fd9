"""The table of constructs, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from prodworks_cli.lazy import dataclass


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
    grants: Mapping[str, Mapping[str, Any]]
    base_classes: frozenset[str]
    names: Mapping[str, str]

    def by_name(self, name: str) -> str | None:
        """The one symbol with this class name, for a wildcard import of Java."""
        found = self._by_class.get(name, ())
        return found[0] if len(found) == 1 else self.names.get(name)

    @cached_property
    def _by_class(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for symbol in (*self.constructs, *self.enums):
            found.setdefault(symbol.rpartition(".")[2], []).append(symbol)
        return found


@cache
def table() -> Table:
    """The table."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def load(name: str) -> Any:
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        return yaml.load(text, loader)  # noqa: S506 - a safe loader

    data = load("constructs.yaml")
    return Table(
        constructs=data["constructs"],
        enums={**data["enums"], **load("foundation_models.yaml")},
        modules=data["modules"],
        services=data["services"],
        spellings=data["spellings"],
        verbatim=frozenset(data["verbatim"]),
        transparent=frozenset(data["transparent"]),
        metrics=data["metrics"],
        grants=load("grants.yaml"),
        base_classes=frozenset(data["base_classes"]),
        names={name: f"{module}.{name}" for module, names in data["names"].items() for name in names},
    )
