"""Adding to ``.prodworks/waivers.yaml`` in a way that keeps what people wrote there, comments included."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prodworks_cli.config import WAIVER_FILE, ConfigError, parse_config
from prodworks_cli.local import replace_text
from prodworks_cli.sources.opening import read_regular
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml
from prodworks_cli.waivers import Waiver

HEADER = """\
# Gaps that somebody accepts for a time. Reviewed like code; an expired waiver opens its gap again.
# Added to with: prodworks waive RULE --subject ... --reason ... --owner ... --approved-by ... --expires ...
waivers:
"""
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[A-Za-z][A-Za-z0-9_./-]*")
_EMPTY = re.compile(r"^waivers:(?:[ \t]*(?:\[[ \t]*\]|~|null))?(?=[ \t]*(?:#|$))", re.MULTILINE)
_ITEM = re.compile(r"^( *)- ", re.MULTILINE)


def add_waiver(root: Path, waiver: Waiver) -> Path:
    """Append a waiver and return the file. Raises :class:`ConfigError` for an invalid one or a file of another form."""
    path = root / WAIVER_FILE
    entry = asdict(waiver)
    parse_config({"waivers": [entry]}, "waive")
    old = _read(path)
    before = _listed(old, path)
    text = _appended(old, before, entry)
    if _listed(text, path) != [*before, entry]:
        raise ConfigError(f"{path}: its waivers are not written as a plain list at the end; add this by hand: {entry}")
    replace_text(path, text)
    return path


def _read(path: Path) -> str:
    try:
        return read_regular(path).decode("utf-8")
    except FileNotFoundError:
        return HEADER
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text") from error


def _listed(text: str, path: Path) -> list[Any]:
    try:
        data = read_yaml(text, str(path)).plain()
    except MalformedYaml as error:
        raise ConfigError(str(error)) from error
    listed = data.get("waivers") if isinstance(data, Mapping) else None
    if listed is not None and not isinstance(listed, list):
        raise ConfigError(f"{path}: waivers: expected a list")
    return listed or []


def _appended(old: str, before: list[Any], entry: Mapping[str, str]) -> str:
    if not before:
        old = _EMPTY.sub("waivers:", old, count=1) if _EMPTY.search(old) else old.rstrip("\n") + "\nwaivers:\n"
    found = _ITEM.search(old) if before else None
    indent = found[1] if found else "  "
    (first, value), *rest = entry.items()
    lines = [f"{indent}- {first}: {_scalar(value)}", *(f"{indent}  {key}: {_scalar(text)}" for key, text in rest)]
    return (old if old.endswith("\n") or not old else old + "\n") + "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A text as YAML: quoted as in JSON, which is YAML too, unless it is a text without quotes as well."""
    plain = _PLAIN.fullmatch(text) and read_yaml(text, "").plain() == text
    return text if plain else json.dumps(text, ensure_ascii=False)
