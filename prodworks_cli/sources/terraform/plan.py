"""Plans as ``terraform show -json`` writes them: what Terraform worked out, by address.

Format: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from prodworks_cli.sources.files import File, Part

LARGEST_PLAN = 100_000_000
_KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]')
_MAX_MODULES = 5_000


class PlanError(ValueError):
    """A file that is given as a plan and is none; the message says what to do."""


@dataclass(frozen=True)
class Planned:
    """One resource or data source of a plan. ``unknown`` and ``sensitive`` have the shape of ``values``."""

    address: str
    kind: str
    values: Mapping[str, Any]
    unknown: Any
    sensitive: Any
    expressions: Mapping[str, Any]

    @property
    def written(self) -> str:
        """The address of the block that declares it: without the keys of ``count`` and ``for_each``."""
        return without_keys(self.address)

    @property
    def module(self) -> str:
        """The address of the module instance it stands in; empty for the root module."""
        return module_of(self.address)


@dataclass(frozen=True)
class Plan:
    """A plan. ``variables`` are those of the root module that are not sensitive."""

    path: str
    variables: Mapping[str, Any]
    planned: Mapping[str, Planned]
    configuration: Mapping[str, Any]
    made: str = ""
    region: str | None = None

    @cached_property
    def modules(self) -> Mapping[str, Mapping[str, Any]]:
        """The configuration of each module by its address without keys; the root module's is empty."""
        return dict(_modules(self.configuration, ""))

    @cached_property
    def declared(self) -> frozenset[str]:
        """The addresses of all blocks that the plan was made of, without keys."""
        found = {
            _join(module, text(resource.get("address")))
            for module, body in self.modules.items()
            for resource in listed(body.get("resources"))
        }
        return frozenset(found or {p.written for p in self.planned.values()})

    @cached_property
    def by_block(self) -> Mapping[str, tuple[Planned, ...]]:
        """The instances of each block, by its address."""
        found: dict[str, tuple[Planned, ...]] = {}
        for planned in self.planned.values():
            found[planned.written] = (*found.get(planned.written, ()), planned)
        return found


@dataclass
class _Reading:
    """What is gathered of a plan, resource by resource; the first mention of one counts."""

    expressions: Mapping[str, Mapping[str, Any]]
    found: dict[str, Planned] = field(default_factory=dict)

    def add(self, resource: Mapping[str, Any], values: Any, unknown: Any, sensitive: Any) -> None:
        address, mode = text(resource.get("address")), resource.get("mode")
        if not address or not isinstance(values, dict):
            return
        kind = f"data.{text(resource.get('type'))}" if mode == "data" else text(resource.get("type"))
        written = self.expressions.get(without_keys(address), {})
        self.found.setdefault(address, Planned(address, kind, values, unknown, sensitive, written))


def read_plan(path: Path, root: Path) -> File:
    """The file of a plan that is given by its path, named as the repository at ``root`` would.

    Raises :class:`PlanError` when it is no plan, ``OSError`` when it cannot be read.
    """
    with path.open("rb") as stream:
        data = stream.read(LARGEST_PLAN + 1)
    here, top = path.resolve(), root.resolve()
    name = here.relative_to(top).as_posix() if here.is_relative_to(top) else path.as_posix()
    file = File(name, data, Part.PRODUCTION)
    if len(data) > LARGEST_PLAN:
        raise PlanError(f"{name} is larger than {LARGEST_PLAN // 1_000_000} MB")
    _content(file)
    return file


def _content(file: File) -> Mapping[str, Any]:
    advice = "write one with: terraform show -json plan.tfplan > plan.json"
    if file.data.startswith(b"PK"):
        raise PlanError(f"{file.path} is a plan in Terraform's own format; {advice}")
    try:
        root = json.loads(file.data)
    except (ValueError, RecursionError) as error:
        raise PlanError(f"{file.path} is no JSON; {advice}") from error
    if not isinstance(root, dict) or not ({"planned_values", "resource_changes"} & root.keys()):
        raise PlanError(f"{file.path} is no plan; {advice}")
    return root


def plan_of(file: File) -> Plan:
    """The plan in a file. Raises :class:`PlanError`."""
    root = _content(file)
    configuration = mapping(mapping(root.get("configuration")).get("root_module"))
    secret = {n for n, v in mapping(configuration.get("variables")).items() if mapping(v).get("sensitive")}
    variables = {n: mapping(v).get("value") for n, v in mapping(root.get("variables")).items() if n not in secret}
    planned = _planned(root, configuration)
    region = _region(mapping(mapping(root.get("configuration")).get("provider_config")), variables)
    return Plan(file.path, variables, planned, configuration, text(root.get("timestamp")), region)


def _region(providers: Mapping[str, Any], variables: Mapping[str, Any]) -> str | None:
    """The Region of the provider that resources use unless they name another."""
    written = mapping(mapping(mapping(providers.get("aws")).get("expressions")).get("region"))
    named = [n for n in names_in(written.get("references")) if n.startswith("var.")]
    value = written.get("constant_value") or (variables.get(named[0].removeprefix("var.")) if named else None)
    return text(value) or None


def _planned(root: Mapping[str, Any], configuration: Mapping[str, Any]) -> dict[str, Planned]:
    """Changes first, which tell what is unknown; then what only the planned values or the state have."""
    reading = _Reading(dict(_expressions(configuration)))
    for change in listed(root.get("resource_changes")):
        body = mapping(change.get("change"))
        reading.add(change, body.get("after"), body.get("after_unknown"), body.get("after_sensitive"))
    state = mapping(mapping(root.get("prior_state")).get("values")).get("root_module")
    for module in (mapping(root.get("planned_values")).get("root_module"), state):
        for resource in _resources(mapping(module)):
            if module is not state or resource.get("mode") == "data":
                values = mapping(resource.get("values"))
                written = reading.expressions.get(without_keys(text(resource.get("address"))), {})
                unknown = {name: True for name in written if name not in values}
                reading.add(resource, values, unknown, resource.get("sensitive_values"))
    return reading.found


def _resources(root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    stack, left = [root], _MAX_MODULES
    while stack and left:
        module = stack.pop()
        left -= 1
        yield from listed(module.get("resources"))
        stack.extend(listed(module.get("child_modules")))


def _modules(root: Mapping[str, Any], address: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    stack, left = [(address, root)], _MAX_MODULES
    while stack and left:
        address, module = stack.pop()
        left -= 1
        yield address, module
        for name, call in mapping(module.get("module_calls")).items():
            stack.append((_join(address, f"module.{name}"), mapping(mapping(call).get("module"))))


def _expressions(configuration: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is written in each block, by its address."""
    for address, module in _modules(configuration, ""):
        for resource in listed(module.get("resources")):
            yield _join(address, text(resource.get("address"))), mapping(resource.get("expressions"))


def without_keys(address: str) -> str:
    """An address without the keys of ``count`` and ``for_each``."""
    return _KEY.sub("", address)


def key_of(address: str) -> str:
    """The last key of an address, as written; empty without one."""
    found = _KEY.findall(address)
    return found[-1] if found and address.endswith(found[-1]) else ""


def module_of(address: str) -> str:
    """The address of the module instance that a resource stands in; empty for the root module."""
    return address[: len(address) - len(_own(address))].rstrip(".")


def _own(address: str) -> str:
    """The part of an address after its modules."""
    parts = re.findall(r'(?:[^."\[]|\[(?:"(?:[^"\\]|\\.)*"|\d+)\])+', address)
    rest = list(parts)
    while len(rest) > 2 and rest[0] == "module":
        rest = rest[2:]
    return ".".join(rest)


def _join(module: str, address: str) -> str:
    return f"{module}.{address}" if module else address


def mapping(value: Any) -> Mapping[str, Any]:
    """A JSON object; nothing of anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a JSON list; nothing of anything else."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def names_in(value: Any) -> list[str]:
    """The texts of a JSON list; nothing of anything else."""
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A JSON text; empty for anything else."""
    return value if isinstance(value, str) else ""
