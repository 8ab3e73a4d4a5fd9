"""Templates that snapshot tests (jest, syrupy) of CDK code hold: what constructs declare whose library is not known.

A test chooses its own parameters, so a snapshot settles no value that the code leaves open, and takes none back. It
shows what may be declared: its resources are read on a condition.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.cdk import amber, pretty
from prodworks_cli.sources.cdk.freshness import differences
from prodworks_cli.sources.cdk.pretty import MOST_DEPTH
from prodworks_cli.sources.cdk.synthesised import Move
from prodworks_cli.sources.cdk.values import Construct
from prodworks_cli.sources.files import File, Part

MOST_EXPORTS = 200
AMBER = ".ambr"
_EXPORT = "\nexports[`"
_ESCAPED = re.compile(r"\\([\\`$])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]")

Found = tuple[tuple[Block, ...], tuple[Gap, ...]]
Matches = Mapping[str, Construct]
"""Constructs of one stack by the logical ids of their resources in a snapshot."""


@dataclass(frozen=True)
class Snapshot:
    """One template of a snapshot file; ``as_file`` is how that would be called on its own."""

    path: str
    name: str
    as_file: str
    template: Mapping[str, Any]

    def blocks(self, wanted: Callable[[str], bool]) -> tuple[Block, ...]:
        """Its resources whose logical ids are wanted; of others only what may name them is read."""
        listed: Mapping[str, Any] = self.template["Resources"]
        resources = {k: v if wanted(k) else {"Type": _type(v)} for k, v in listed.items()}
        text = json.dumps({**self.template, "Resources": resources})
        read, _ = cloudformation.read((File(self.as_file, text.encode(), Part.PRODUCTION),))
        return tuple(block for block in read if wanted(_name(block)))

    def gap(self, reason: str) -> Gap:
        """Something to know about it."""
        return Gap("aws.*", Plane.DECLARED, self.path, f"snapshot {self.name!r} {reason}", minor=True)


def supported(
    constructs: Sequence[Construct], opaque: Sequence[Construct], static: Found, files: Iterable[File]
) -> Found:
    """The blocks, with those that snapshots show below constructs of libraries that are not known."""
    blocks, gaps = static
    by_address = {b.address: b for b in blocks}
    more: dict[str, Block] = {}
    told: list[Gap] = []
    known = [c for c in opaque if c.certain and c.below]
    hidden, names = {c.stack for c in known}, tuple({_prefix(c) for c in known})
    for stack, (snapshot, matches) in _by_stack(constructs, files, names).items():
        if stack not in hidden:
            continue
        reason = _lacking(stack, matches, constructs)
        if reason is not None:
            told.append(snapshot.gap(reason))
            continue
        above = _Above(tuple(c for c in known if c.stack == stack), matches)
        read = snapshot.blocks(lambda name, m=matches, a=above: name in m or a.of(name) is not None)  # type: ignore[misc]
        told.extend(_disagreement(snapshot, matches, read, by_address))
        made = [(block, c) for block in read if (c := above.of(_name(block))) and block.type.startswith("AWS::")]
        more.update((b.address, b) for b in _below(snapshot, matches, made, frozenset(by_address)))
    return (*blocks, *more.values()), (*gaps, *told)


def _prefix(construct: Construct) -> str:
    """How the logical ids of the resources below a construct begin."""
    return _NO_WORD.sub("", construct.below)


def _by_stack(
    constructs: Sequence[Construct], files: Iterable[File], names: Sequence[str]
) -> dict[str, tuple[Snapshot, Matches]]:
    """The snapshot of each stack: the one with most of its resources, and a key that starts as one of ``names``."""
    found: dict[str, tuple[Snapshot, Matches]] = {}
    for snapshot in (s for file in files for s in snapshots(file, names)):
        stack, matches = _stack_of(snapshot, constructs)
        if matches and (stack not in found or len(matches) > len(found[stack][1])):
            found[stack] = snapshot, matches
    return found


def snapshots(file: File, names: Sequence[str]) -> Iterator[Snapshot]:
    """The templates among the values of a snapshot file that have a key which starts as one of the names."""
    quote, values, parse = ("'", _of_syrupy, amber.parsed) if file.path.endswith(AMBER) else ('"', _of_jest, _jest)
    keys = tuple(quote + name for name in names)
    for number, (name, body) in enumerate(islice(values(file.text or ""), MOST_EXPORTS)):
        if not any(wanted in body for wanted in keys):
            continue
        try:
            found = parse(body)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("Resources"), dict):
            yield Snapshot(file.path, name[:80], f"{file.path}/{number}.json", found)


def _of_jest(text: str) -> Iterator[tuple[str, str]]:
    """The names of the exports, and how they are written."""
    _, *exports = f"\n{text}".split(_EXPORT)
    for export in exports:
        name, _, body = export.partition("`] = `\n")
        yield name, body.rpartition("\n`;")[0]


def _jest(body: str) -> object:
    return pretty.parsed(_ESCAPED.sub(r"\1", body))


def _of_syrupy(text: str) -> Iterator[tuple[str, str]]:
    """The names of the tests, and how their values are written."""
    _, *values = f"\n{text}".split("\n# name: ")
    for value in values:
        name, _, body = value.partition("\n")
        yield name, body.rpartition("\n# ---")[0]


def logical_id(path: str) -> str:
    """The logical id that CDK makes of the path of a resource below its stack."""
    parts = [part for part in path.split("/") if part != "Default"]
    if len(parts) == 1 and len(plain := _NO_WORD.sub("", parts[0])) <= 255:
        return plain
    digest = hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    named = [part for part in parts if part != "Resource"]
    words: list[str] = []
    for part in named:
        if not words or not words[-1].endswith(part):
            words.append(part)
    return "".join(_NO_WORD.sub("", word) for word in words)[:240] + digest


def _ids(construct: Construct) -> Iterator[str]:
    for path in construct.resources:
        yield logical_id(path)
        yield logical_id(f"{path}/Resource")


def _stack_of(snapshot: Snapshot, constructs: Sequence[Construct]) -> tuple[str, Matches]:
    """The stack that most resources of a snapshot are from, and its constructs by their logical ids there."""
    types = {name: _type(resource) for name, resource in snapshot.template["Resources"].items()}
    found: dict[str, dict[str, Construct]] = {}
    for construct in constructs:
        if construct.type and construct.certain:
            name = next((i for i in _ids(construct) if types.get(i) == construct.type), None)
            if name is not None:
                found.setdefault(construct.stack, {})[name] = construct
    count = Counter({stack: len(matches) for stack, matches in found.items()})
    stack = next((s for s, _ in count.most_common(1)), "")
    return stack, found.get(stack, {})


def _type(resource: Any) -> Any:
    return resource.get("Type") if isinstance(resource, Mapping) else None


def _name(block: Block) -> str:
    return block.address.rpartition("#")[2]


def _lacking(stack: str, matches: Matches, constructs: Iterable[Construct]) -> str | None:
    there = {id(c) for c in matches.values()}
    certain = (c for c in constructs if c.stack == stack and c.type and c.certain and not c.conditional)
    gone = next((c for c in certain if id(c) not in there), None)
    return f"is not used: it lacks {gone.path} of {gone.at.where}:{gone.at.line}" if gone else None


def _disagreement(
    snapshot: Snapshot, matches: Matches, read: Iterable[Block], blocks: Mapping[str, Block]
) -> Iterator[Gap]:
    """What the code and a snapshot say differently, told once: the code counts."""
    by_name = {_name(b): b for b in read}
    for name, construct in matches.items():
        if name in by_name and construct.address in blocks:
            first = next(differences(blocks[construct.address].body, by_name[name].body), None)
            if first is not None:
                place = f"{first[1].where}:{first[1].line}"
                yield snapshot.gap(f"has {first[0]} of {construct.path} other than {place}, which counts")
                return


@dataclass(frozen=True)
class _Above:
    """The constructs of unknown libraries in a stack: logical ids tell what resources are below them."""

    opaque: Sequence[Construct]
    matches: Matches

    def of(self, name: str) -> Construct | None:
        """The one that made a resource of this logical id, which no construct of the code did."""
        if name in self.matches:
            return None
        return next((c for prefix, c in self._prefixes if name.startswith(prefix)), None)

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, Construct], ...]:
        return tuple((_prefix(c), c) for c in self.opaque)


def _below(
    snapshot: Snapshot, matches: Matches, made: Sequence[tuple[Block, Construct]], known: frozenset[str]
) -> Iterator[Block]:
    """The resources of a snapshot that constructs of unknown libraries made, as may-be resources of the code."""
    addresses = {f"{snapshot.as_file}#{name}": c.address for name, c in matches.items()}
    addresses.update((block.address, f"{above.address}/{_name(block)}") for block, above in made)
    for block, above in made:
        move = Move(addresses, Location(above.at.where, above.at.line), {}, known | set(addresses.values()))
        yield Block(block.type, addresses[block.address], _without_parameters(move.node(block.body, None)), True)


_OF_THE_TEST = ("Environment", "EnvironmentVariables", "Parameters", "BuildSpec")


def _without_parameters(body: Node, depth: int = 0) -> Node:
    """What a test hands to programs is of the test alone: model ids, names, keys."""
    content, at = body.content, body.location
    if isinstance(content, Mapping) and depth < MOST_DEPTH:
        lost = Node(Unknown("a snapshot holds the parameters of a test", present=True), at)
        members = {k: lost if k in _OF_THE_TEST else _without_parameters(v, depth + 1) for k, v in content.items()}
        return Node(members, at)
    if isinstance(content, tuple) and depth < MOST_DEPTH:
        return Node(tuple(_without_parameters(v, depth + 1) for v in content), at)
    return body
