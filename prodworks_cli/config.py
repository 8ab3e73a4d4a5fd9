"""The config file ``prodworks.yaml``: typed, checked, and strict: an unknown key is an error with a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

FILE_NAMES = ("prodworks.yaml", "prodworks.yml")
GATE_KEYS = ("fail_on", "fail_under", "require", "min_coverage", "min_pillar")
SCOPE_KEYS = ("names", "tags", "stacks")
PILLARS = ("observability", "security", "governance", "cost", "reliability")


class ConfigError(ValueError):
    """A config file that cannot be used: the message names the file, the key and what was expected."""


@dataclass(frozen=True)
class Config:
    """What the team says about its workload.

    ``owners`` maps a pillar or a rule id to who owns its gaps; ``owner`` is the workload's owner. ``ignore`` holds
    paths in the form of ``.gitignore`` lines. ``gate`` holds the conditions of the CI gate. ``regions`` are those of
    the account to read, and ``scope`` says which of its GenAI resources are this workload's.
    """

    name: str | None = None
    owner: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    approved_models: tuple[str, ...] = ()
    allowed_regions: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    scope: Mapping[str, Any] = field(default_factory=dict)
    gate: Mapping[str, Any] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """What an inventory keeps, so that it is judged the same way later. Only what was set."""
        listed = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "ignore"}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in listed.items() if v}


def load_config(root: Path, explicit: Path | None = None) -> Config:
    """Read ``explicit``, or the config file in ``root``; an empty config when there is none. Raises ConfigError."""
    path = explicit or next((root / name for name in FILE_NAMES if (root / name).is_file()), None)
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error
    return parse_config(data if data is not None else {}, str(path))


def parse_config(data: Any, where: str) -> Config:
    """A config from parsed YAML. Raises :class:`ConfigError`."""
    if not isinstance(data, Mapping):
        raise ConfigError(f"{where}: expected keys and values, found a {type(data).__name__}")
    known = [f.name for f in fields(Config)]
    _refuse_unknown(data, known, where)
    texts = {key: _text(data[key], f"{where}: {key}") for key in ("name", "owner") if data.get(key) is not None}
    lists = {
        key: _texts(data[key], f"{where}: {key}")
        for key in ("approved_models", "allowed_regions", "ignore", "regions")
        if data.get(key) is not None
    }
    owners = _mapping(data.get("owners"), f"{where}: owners")
    gate = _mapping(data.get("gate"), f"{where}: gate")
    _refuse_unknown(gate, GATE_KEYS, f"{where}: gate")
    scope = _scope(_mapping(data.get("scope"), f"{where}: scope"), f"{where}: scope")
    named = {key: _text(value, f"{where}: owners.{key}") for key, value in owners.items()}
    return Config(owners=named, gate=gate, scope=scope, **texts, **lists)  # type: ignore[arg-type]


def _refuse_unknown(data: Mapping[str, Any], known: Any, where: str) -> None:
    for key in data:
        if key not in known:
            close = get_close_matches(str(key), known, 1)
            hint = f"did you mean {close[0]}?" if close else f"known keys: {', '.join(known)}"
            raise ConfigError(f"{where}: unknown key {key}; {hint}")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"{where}: expected a text")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"{where}: expected a list of texts")
    return tuple(value)


def _scope(data: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Which of the account's GenAI resources are this workload's: ``names`` and ``stacks``, ``tags`` by key."""
    _refuse_unknown(data, SCOPE_KEYS, where)
    lists = {key: list(_texts(data[key], f"{where}: {key}")) for key in ("names", "stacks") if data.get(key)}
    tags = _mapping(data.get("tags"), f"{where}: tags")
    named = {str(key): _text(value, f"{where}: tags.{key}") for key, value in tags.items()}
    return {**lists, **({"tags": named} if named else {})}


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: expected keys and values")
    return value
