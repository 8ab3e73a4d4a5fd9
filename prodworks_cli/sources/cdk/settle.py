"""From values of a CDK program to nodes of CloudFormation properties."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node, Reference, node_of
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.perhaps import ON_A_CONDITION, Perhaps
from prodworks_cli.sources.cdk.values import Construct, External, Instance, Made, Open, node, unknown

_SECONDS = {"millis": 0.001, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_DURATION = re.compile(r"^core\.Duration\.(\w+)$")
_AFTER = "known after deployment"


def camel(name: str) -> str:
    """``block_public_access`` as ``blockPublicAccess``; constants stay."""
    if "_" not in name or name.isupper() or name.startswith("_"):
        return name
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def pascal(name: str, table: Table) -> str:
    """A property of a level 1 construct as CloudFormation spells it."""
    return table.spellings.get(name) or name[:1].upper() + name[1:]


def construct_of(value: Node | None) -> Construct | None:
    """The construct that a value is."""
    content: Any = value.content if value is not None else None
    if isinstance(content, Instance):
        return content.construct
    return content if isinstance(content, Construct) else None


def reference(construct: Construct, attribute: str) -> Any:
    """What an attribute of a construct is before deployment."""
    if construct.type:
        return Reference(construct.address, attribute)
    return Unknown(f"{_AFTER}: {construct.path} {attribute}", present=True)


def target_arn(value: Node) -> Node:
    """The ARN of the construct that a target or action wraps: ``new targets.LambdaFunction(fn)``."""
    content: Any = value.content
    given = content.arguments if isinstance(content, Made) else (value,)
    found = next((c for c in map(construct_of, given) if c is not None), None)
    if found is not None:
        return node(reference(found, "Arn"), value.location)
    return unknown("a target that is not resolved", value.location, present=True)


def settled(value: Node, table: Table, depth: int = 0) -> Node:
    """A value as adapters read it."""
    content: Any = value.content
    at = value.location
    if depth > 40:
        return unknown("a value that nests too deeply", at)
    if isinstance(content, dict):
        members = {k: settled(v, table, depth + 1) for k, v in content.items()}
        return node(Open(members, content.reason, content.at) if isinstance(content, Open) else members, at)
    if isinstance(content, tuple):
        return node(tuple(settled(v, table, depth + 1) for v in content), at)
    if isinstance(content, Construct | Instance):
        found = construct_of(value)
        return node(reference(found, "Ref"), at) if found else unknown(_AFTER, at, present=True)
    if isinstance(content, External):
        return _enumerated(content.symbol, at, table)
    if isinstance(content, Made):
        return _made(content, at, table, depth)
    if isinstance(content, Perhaps):
        return node(ON_A_CONDITION, at)
    if content is None or isinstance(content, str | int | float | bool | Unknown | Reference):
        return value
    return unknown("a value that is not evaluated", at, present=True)


def _enumerated(symbol: str, at: Location, table: Table) -> Node:
    owner, _, name = symbol.rpartition(".")
    known = table.constants(owner)
    if name in known:
        return Node(known[name], at)
    return unknown(f"{owner.rpartition('.')[2]}.{name}", at, present=True)


def _made(content: Made, at: Location, table: Table, depth: int) -> Node:
    match = _DURATION.match(content.symbol)
    amount = content.arguments[0].content if content.arguments else None
    if match and match[1] in _SECONDS:
        if isinstance(amount, int | float):
            seconds = amount * _SECONDS[match[1]]
            return Node(int(seconds) if float(seconds).is_integer() else seconds, at)
        return unknown("a duration", at, present=True)
    if content.symbol in table.transparent and content.arguments:
        return settled(content.arguments[0], table, depth + 1)
    if isinstance(content.properties.content, dict) and len(content.arguments) == 1:
        return settled(content.properties, table, depth + 1)
    return unknown(f"what {content.symbol.rpartition('.')[2]} gives", at, present=True)


def capitalised(value: Node, table: Table, depth: int = 0, spelled: Collection[str] = ()) -> Node:
    """A settled value with its keys as CloudFormation spells them; free-form parts keep theirs.

    ``spelled`` are parts at the top that are free-form elsewhere and not here.
    """
    content: Any = value.content
    if isinstance(content, dict):
        members = {
            pascal(k, table): v
            if (k in table.verbatim and k not in spelled) or depth > 40
            else capitalised(v, table, depth + 1)
            for k, v in content.items()
        }
        return node(Open(members, content.reason, content.at) if isinstance(content, Open) else members, value.location)
    if isinstance(content, tuple):
        return node(tuple(capitalised(v, table, depth + 1) for v in content), value.location)
    return value


def placed(template: Any, value: Node) -> Node:
    """A structure of the table with ``$value`` replaced, all at the value's place."""
    if template == "$value":
        return value
    if isinstance(template, dict):
        return node({str(k): placed(v, value) for k, v in template.items()}, value.location)
    if isinstance(template, list):
        return node(tuple(placed(v, value) for v in template), value.location)
    return node_of(template, value.location)
