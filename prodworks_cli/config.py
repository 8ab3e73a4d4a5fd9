"""The config: ``prodworks.yaml``, or ``[tool.prodworks]`` in ``pyproject.toml``. Typed, checked, and strict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from prodworks_cli.config_check import ConfigError, LineOf, check, key_of, located, shown
from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.report import ConfigChange
from prodworks_cli.sources.opening import read_regular
from prodworks_cli.waivers import Attestation, Waiver

__all__ = ["Config", "ConfigError", "changes", "load_config", "parse_config"]

FILE_NAMES = ("prodworks.yaml", "prodworks.yml")
PYPROJECT = "pyproject.toml"
WAIVER_FILE = Path(".prodworks") / "waivers.yaml"
DEFAULTS: Mapping[str, str] = {
    "pillar_weights": "all equal",
    "rules": "all on",
    "gate": "no gate",
    "ignore": "nothing",
    "waivers": "none",
    "attestations": "none",
    "owners": "CODEOWNERS",
    "owner": "CODEOWNERS",
    "regions": "as the account evidence says",
    "scope": "what the workload reaches",
    "capacity": "no due dates",
    "history": "not written",
    "audit_retention_days": "183",
    "name": "the name of the folder",
}


@dataclass(frozen=True)
class Config:
    """What the team says about its workload. ``config.schema.json`` describes each key.

    ``owners`` maps a pillar or a rule id to who owns its gaps; ``owner`` is the workload's owner. ``rules`` maps rule
    ids to whether they judge. ``gate`` holds the conditions of the CI gate.
    """

    name: str | None = None
    environment: str | None = None
    regions: tuple[str, ...] = ()
    scope: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)
    pillar_weights: Mapping[str, float] = field(default_factory=dict)
    approved_models: tuple[str, ...] = ()
    allowed_regions: tuple[str, ...] = ()
    corpus: str | None = None
    audit_retention_days: int | None = None
    ignore: tuple[str, ...] = ()
    history: bool = False
    rules: Mapping[str, bool] = field(default_factory=dict)
    gate: Mapping[str, Any] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()

    def settings(self) -> dict[str, Any]:
        """What an inventory keeps, so that it is judged the same way later: plain data, only what was set."""
        listed = {f.name: getattr(self, f.name) for f in fields(self)}
        return {key: _plain(value) for key, value in listed.items() if value}


def _plain(value: Any) -> Any:
    """Config values as JSON has them. Dates are texts: YAML and TOML know a type for them."""
    if isinstance(value, Waiver | Attestation):
        return asdict(value)
    if isinstance(value, Mapping):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(element) for element in value]
    return value.isoformat() if isinstance(value, date) else value


def load_config(root: Path, explicit: Path | None = None) -> Config:
    """Read ``explicit``, or the config of the folder ``root``; an empty one when there is none.

    Waivers of ``.prodworks/waivers.yaml`` are among those of the config. Raises :class:`ConfigError`.
    """
    path = explicit or _only_one([root / name for name in FILE_NAMES if (root / name).is_file()])
    data, line_of = _read_file(path, follow=explicit is not None) if path else ({}, _no_line)
    project = None if explicit else _pyproject(root / PYPROJECT)
    if path and project is not None:
        raise ConfigError(f"{path} and [tool.prodworks] of {root / PYPROJECT} both exist; keep one")
    where = str(path or root / PYPROJECT)
    config = parse_config(data if project is None else project, where, line_of)
    return replace(config, waivers=(*config.waivers, *_waiver_file(root / WAIVER_FILE)))


def _only_one(found: Sequence[Path]) -> Path | None:
    if len(found) > 1:
        raise ConfigError(f"{' and '.join(map(str, found))} both exist; keep one")
    return found[0] if found else None


def _waiver_file(path: Path) -> Sequence[Waiver]:
    if not path.is_file():
        return ()
    data, line_of = _read_file(path, follow=False)
    if not isinstance(data, Mapping) or set(data) - {"waivers"}:
        raise ConfigError(f"{path}: expected the key waivers and nothing else")
    return parse_config(data, str(path), line_of).waivers


def _text(path: Path, *, follow: bool) -> str:
    try:
        return read_regular(path, follow=follow).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error


def _read_file(path: Path, *, follow: bool) -> tuple[Any, LineOf]:
    if path.suffix == ".toml":
        data = _toml(_text(path, follow=follow), path).get("tool", {})
        return data.get("prodworks", {}) if isinstance(data, Mapping) else {}, _no_line
    from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

    try:
        node = read_yaml(_text(path, follow=follow), str(path))
    except MalformedYaml as error:
        raise ConfigError(str(error)) from error
    return node.plain() if node.present else {}, partial(_line, node)


def _line(node: Node, path: Sequence[str | int]) -> int | None:
    """The line of the deepest part of ``path`` that the document has."""
    place: Location = node.location
    for part in path:
        content = node.content
        if isinstance(part, int):
            node = content[part] if isinstance(content, tuple) and part < len(content) else Node(None, place)
        else:
            node = node[part] if isinstance(content, Mapping) and part in content else Node(None, place)
        place = node.location
    return place.line


def _no_line(path: Sequence[str | int]) -> int | None:
    return None


def _pyproject(path: Path) -> Any:
    """The table ``[tool.prodworks]``; ``None`` without one. A file that does not name prodworks is not parsed."""
    if not path.is_file():
        return None
    text = _text(path, follow=False)
    if "prodworks" not in text:
        return None
    tools = _toml(text, path).get("tool")
    return tools.get("prodworks") if isinstance(tools, Mapping) else None


def _toml(text: str, path: Path) -> Mapping[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error


def parse_config(data: Any, where: str, line_of: LineOf = _no_line) -> Config:
    """A config from plain data; ``line_of`` gives the line of a path in it. Raises :class:`ConfigError`."""
    given = _plain(data)
    if not given and isinstance(given, Mapping):
        return Config()
    if isinstance(given, Mapping):
        # A key without a value, such as one whose lines are all commented out, sets nothing.
        given = {key: value for key, value in given.items() if value is not None}
    check(given, where, line_of)
    waivers = [Waiver(**entry) for entry in given.get("waivers", ())]
    attestations = [Attestation(**entry) for entry in given.get("attestations", ())]
    _refuse_invalid(waivers, attestations, where, line_of)
    if given.get("pillar_weights") and _weightless(given["pillar_weights"]):
        raise ConfigError(f"{where}: pillar_weights: at least one pillar must weigh more than 0")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    return Config(**{**values, "waivers": tuple(waivers), "attestations": tuple(attestations)})


def _refuse_invalid(
    waivers: Sequence[Waiver], attestations: Sequence[Attestation], where: str, line_of: LineOf
) -> None:
    listings: tuple[tuple[str, Sequence[Waiver | Attestation]], ...] = (
        ("waivers", waivers),
        ("attestations", attestations),
    )
    for key, listed in listings:
        for number, entry in enumerate(listed):
            if problem := entry.problem():
                path = (key, number)
                raise ConfigError(f"{located(where, line_of(path))}: {key_of(path)}: {problem}")


def _weightless(weights: Mapping[str, float]) -> bool:
    pillars = ("observability", "security", "governance", "cost", "reliability")
    return all(weights.get(pillar, 1) == 0 for pillar in pillars)


def changes(settings: Mapping[str, Any]) -> list[ConfigChange]:
    """Every default that the config changed, in the order of the keys, with its value in short."""
    rows = [(key, value) for key, value in settings.items() if key != "gate"]
    rows += [(f"gate.{key}", value) for key, value in (settings.get("gate") or {}).items()]
    order = [f.name for f in fields(Config)]
    rows.sort(key=lambda row: (order.index(row[0].split(".")[0]) if row[0].split(".")[0] in order else 99, row[0]))
    return [ConfigChange(key=key, value=_value(key, value), default=_default(key)) for key, value in rows]


def _default(key: str) -> str:
    return "not set" if key.startswith("gate.") else DEFAULTS.get(key, "not set")


def _value(key: str, value: Any) -> str:
    if key in ("waivers", "attestations"):
        return f"{len(value)}: {shown(', '.join(sorted({entry['rule'] for entry in value})))}"
    if key == "rules":
        return "off: " + (", ".join(sorted(name for name, on in value.items() if not on)) or "none")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(member)}" for name, member in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value))
    return "yes" if value is True else shown(value)
