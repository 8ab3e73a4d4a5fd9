"""Terraform states: which resource of the account each address became. Of a state only addresses, ids and ARNs are
taken: it holds every attribute in clear text, passwords among them. Only files are read, no backend is asked."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prodworks_cli.model import Deployment, Gap, Inventory, Plane, Resource
from prodworks_cli.sources.opening import read_regular

LARGEST_STATE = 100_000_000
_LONGEST_TYPE = 100
_NAMES = ("terraform.tfstate", "terraform.tfstate.d/*/terraform.tfstate")
_KEY = re.compile(r"[\w+=,.@:/|#-]{1,2048}")


class StateError(ValueError):
    """A file that was given as a state and is none; the message says what was expected."""


@dataclass(frozen=True)
class State:
    """What a state file records: keys by address. ``folder`` is where Terraform runs, ``None`` when not known."""

    where: str
    folder: str | None
    keys: Mapping[str, tuple[str, ...]]


def with_states(inventory: Inventory, root: Path, given: Sequence[Path] = ()) -> Inventory:
    """The inventory, its declared resources with what the states beside them, or those given, say they became.

    Raises :class:`StateError` and ``OSError`` for a given file that cannot be read as a state.
    """
    folders = sorted({posixpath.dirname(_root(r)) for r in inventory.resources if _of_terraform(r)})
    states, gaps = _beside(root, folders) if not given else ([_given(path, root) for path in given], [])
    if not states:
        return replace(inventory, gaps=(*inventory.gaps, *gaps)) if gaps else inventory
    resources = tuple(_with(r, states) if _of_terraform(r) else r for r in inventory.resources)
    return replace(inventory, resources=resources, gaps=(*inventory.gaps, *gaps))


def _of_terraform(resource: Resource) -> bool:
    return resource.plane is Plane.DECLARED and resource.kind.startswith("aws.") and "#" not in resource.identity


def _root(resource: Resource) -> str:
    """The folder that the identity begins with, with its slash; keys of copies may hold slashes too."""
    folder, slash, _ = resource.identity.partition("[")[0].rpartition("/")
    return folder + slash


def _beside(root: Path, folders: Iterable[str]) -> tuple[list[State], list[Gap]]:
    states, gaps = [], []
    for folder in folders:
        home = (root / folder).resolve()
        for path in (p for name in _NAMES for p in sorted(home.glob(name)) if p.resolve().is_relative_to(home)):
            where = posixpath.join(folder, path.relative_to(home).as_posix())
            try:
                states.append(State(where, folder, keys_of_state(read_regular(path, largest=LARGEST_STATE))))
            except (OSError, StateError) as error:
                reason = f"the state cannot be read: {getattr(error, 'strerror', None) or error}"
                gaps.append(Gap("state", Plane.DECLARED, where, reason, minor=True))
    return states, gaps


def _given(path: Path, root: Path) -> State:
    try:
        keys = keys_of_state(read_regular(path, follow=True, largest=LARGEST_STATE))
    except StateError as error:
        raise StateError(f"--state {path}: {error}") from error
    home = path.resolve().parent
    inside = home.is_relative_to(root.resolve()) and path.name == "terraform.tfstate"
    folder = home.relative_to(root.resolve()).as_posix() if inside else None
    return State(str(path), "" if folder == "." else folder, keys)


def keys_of_state(data: bytes) -> dict[str, tuple[str, ...]]:
    """The keys of each managed resource of a state file, or of what ``terraform show -json`` prints of one."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StateError("no Terraform state: not JSON") from error
    if isinstance(document, Mapping) and isinstance(document.get("values"), Mapping):
        entries = _shown(document["values"].get("root_module"))
    elif isinstance(document, Mapping) and document.get("version") == 4:
        entries = _stored(document.get("resources"))
    else:
        raise StateError("no Terraform state: expected version 4, or the output of terraform show -json")
    found = {address: _names(kind, values) for address, kind, values in entries}
    return {address: keys for address, keys in found.items() if keys}


Entry = tuple[str, str, Mapping[str, Any]]


def _stored(resources: Any) -> Iterator[Entry]:
    for entry in _listed(resources):
        if isinstance(entry, Mapping) and entry.get("mode") == "managed":
            module = f"{entry['module']}." if isinstance(entry.get("module"), str) else ""
            kind = str(entry.get("type"))
            for one in _listed(entry.get("instances")):
                if isinstance(one, Mapping) and isinstance(one.get("attributes"), Mapping):
                    yield f"{module}{kind}.{entry.get('name')}{_index(one)}", kind, one["attributes"]


def _index(instance: Mapping[str, Any]) -> str:
    key = instance.get("index_key")
    return f"[{json.dumps(key)}]" if isinstance(key, str | int) else ""


def _shown(root: Any) -> Iterator[Entry]:
    stack = [root]
    while stack:
        module = stack.pop()
        if not isinstance(module, Mapping):
            continue
        for entry in _listed(module.get("resources")):
            values = entry.get("values") if isinstance(entry, Mapping) and entry.get("mode") == "managed" else None
            if isinstance(values, Mapping):
                yield str(entry.get("address")), str(entry.get("type")), values
        stack.extend(_listed(module.get("child_modules")))


def _listed(value: Any) -> list[Any]:
    """A list, or none for anything else."""
    return value if isinstance(value, list) else []


def _names(kind: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The id and the ARN. Newer resources name them after themselves: ``guardrail_arn``, ``agent_runtime_id``."""
    words = kind[:_LONGEST_TYPE].split("_")[1:]
    own = ("_".join(words[n:]) for n in range(len(words)))
    names = ("arn", "id", *(f"{name}_{what}" for name in own for what in ("arn", "id")))
    found = (values.get(name) for name in names)
    return tuple(dict.fromkeys(v for v in found if isinstance(v, str) and _KEY.fullmatch(v)))


def _with(resource: Resource, states: Iterable[State]) -> Resource:
    prefix = _root(resource)
    address = resource.identity.removeprefix(prefix)
    told = [
        Deployment(f"state {state.where}", keys)
        for state in states
        if state.folder is None or state.folder == posixpath.dirname(prefix)
        for keys in _of_address(address, state.keys)
    ]
    return replace(resource, deployments=(*resource.deployments, *told)) if told else resource


def _of_address(address: str, keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The one of this address; else its copies; a single one is declared without its number."""
    if address in keys:
        return [keys[address]]
    return [found for name, found in keys.items() if name.startswith(f"{address}[") and name.endswith("]")]
