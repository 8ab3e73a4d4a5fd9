"""Modules of registries that are kept elsewhere and whose inputs are known: ``data/terraform_modules.yaml``.

An entry is turned into a small module of the Terraform language, which is evaluated as one of the repository would be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.parse import Parsed, parse

DATA = Path(__file__).resolve().parents[2] / "data" / "terraform_modules.yaml"
PREFIX = "registry:"
"""How the folder of such a module begins: no path of a repository has a colon."""

_GIT = re.compile(
    r"(?:git::)?(?:https://|ssh://)?(?:git@)?github\.com[/:](?P<owner>[\w.-]+)/terraform-(?P<provider>[a-z]+)-"
    r"(?P<name>[\w-]+?)(?:\.git)?(?://(?P<inner>[\w./-]+))?(?:\?(?P<query>.*))?"
)
_REGISTRY = re.compile(
    r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?(?P<module>[\w-]+/[\w-]+/[a-z]+(?://[\w./-]+)?)"
)
_CONSTRAINT = re.compile(r"\s*(?P<operator>~>|>=|<=|!=|=|>|<)?\s*v?(?P<version>\d{1,5}(?:\.\d{1,5}){0,2})\s*")
_REVISION = re.compile(r"(?:^|&)ref=v?(\d{1,5}(?:\.\d{1,5}){0,2})(?:&|$)")

Version = tuple[int, ...]


@dataclass(frozen=True)
class Known:
    """A module that is described, as Terraform source. ``as_of`` is the day of the newest version compared;
    ``complete`` says that all of its resources that rules look at are described."""

    source: str
    since: Version
    before: Version
    as_of: str
    complete: bool
    body: x.Body


@cache
def described() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """The entries of the data file by source."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for entry in yaml.load(DATA.read_text(encoding="utf-8"), Loader=loader):  # noqa: S506
        found[entry["source"]] = (*found.get(entry["source"], ()), entry)
    return found


def known_module(source: str, version: str | None) -> Known | None:
    """The description of the module that a call names, if there is one for its version."""
    name, revision = _named(source)
    wanted = revision or version
    entries = described().get(name, ()) if name else ()
    return next(
        (_known(e) for e in entries if _within(wanted, _version(e["versions"][0]), _version(e["versions"][1]))), None
    )


def _named(source: str) -> tuple[str | None, str | None]:
    """The registry's name of a module, and the version that a source names itself."""
    git = _GIT.fullmatch(source)
    if git:
        inner = f"//{git['inner']}" if git["inner"] else ""
        revision = _REVISION.search(git["query"] or "")
        return f"{git['owner']}/{git['name']}/{git['provider']}{inner}", f"= {revision[1]}" if revision else None
    registry = _REGISTRY.fullmatch(source)
    return (registry["module"], None) if registry else (None, None)


def _version(text: str) -> Version:
    parts = [int(part) for part in text.split(".")]
    return (*parts, 0, 0)[:3]


def _within(wanted: str | None, since: Version, before: Version) -> bool:
    """Whether the newest version that a constraint allows is described; without one that is the newest there is."""
    return all(_allows(c, since, before) for c in (wanted or "").split(",") if c.strip())


def _allows(constraint: str, since: Version, before: Version) -> bool:
    found = _CONSTRAINT.fullmatch(constraint)
    if not found:
        return False
    version, operator = _version(found["version"]), found["operator"] or "="
    if operator in (">=", ">", "!="):
        return version < before
    if operator in ("<", "<="):
        return version > since
    if operator == "~>" and found["version"].count(".") < 2:
        # ~> 4 and ~> 4.1 both allow all of the versions 4.
        return version[0] >= since[0] and version < before
    return since <= version < before


def _known(entry: Mapping[str, Any]) -> Known:
    parsed = _parsed(json.dumps(entry, default=str))
    since, before = (_version(text) for text in entry["versions"])
    return Known(entry["source"], since, before, str(entry["as_of"]), entry.get("complete", True), parsed.body)


@cache
def _parsed(entry: str) -> Parsed:
    described_as = json.loads(entry)
    path = f"{PREFIX}{described_as['source']}/main.tf"
    return parse(path, "".join(_source(described_as)).encode())


def _source(entry: Mapping[str, Any]) -> Iterator[str]:
    """The entry in the Terraform language."""
    for name, default in entry["inputs"].items():
        yield f'variable "{name}" {{\n  default = {json.dumps(default)}\n}}\n'
    if entry.get("locals"):
        yield _block("locals", entry["locals"])
    for address, arguments in entry["resources"].items():
        kind, name = address.removeprefix("data.").split(".")
        word = "data" if address.startswith("data.") else "resource"
        yield _block(f'{word} "{kind}" "{name}"', arguments)
    for name, value in entry["outputs"].items():
        yield _block(f'output "{name}"', {"value": value})


def _block(head: str, arguments: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = ({value})\n" for name, value in arguments.items())
    return f"{head} {{\n{lines}}}\n"


def inputs_in(expression: x.Expression, known: Mapping[str, x.Argument]) -> Iterator[str]:
    """The variables that an expression reads, also through locals, which are ``known``."""
    stack: list[Any] = [expression]
    while stack:
        part = stack.pop()
        first = part.steps[0] if isinstance(part, x.Traversal) and isinstance(part.root, x.Variable) else None
        if isinstance(first, x.Attribute) and part.root.name == "var":
            yield first.name
        elif isinstance(first, x.Attribute) and part.root.name == "local" and first.name in known:
            stack.append(known[first.name].value)
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif hasattr(part, "__slots__"):
            stack.extend(getattr(part, name) for name in part.__slots__)
