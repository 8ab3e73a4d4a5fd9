"""Escape hatches: code that changes the level 1 construct below a level 2 one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.perhaps import added
from prodworks_cli.sources.cdk.settle import camel, capitalised, pascal, settled
from prodworks_cli.sources.cdk.values import Construct, node

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

CHILD = "core.CfnDefaultChild"
_OVERRIDES = {"addPropertyOverride": "", "addOverride": "Properties."}


def default_child(construct: Construct, at: Location) -> Node:
    """``construct.node.defaultChild``: the construct itself where it is of level 1."""
    if construct.symbol.rpartition(".")[2].startswith("Cfn"):
        return node(construct, at)
    made = Construct(CHILD, construct.path, at, construct.address, Node({}, at), parts={"of": construct})
    return node(construct.parts.setdefault("child", made), at)


def override(evaluator: Evaluator, of: Construct, name: str, arguments: tuple[Node, ...]) -> bool:
    """``resource.addPropertyOverride(path, value)`` and its likes; whether it was one."""
    if name not in (*_OVERRIDES, "addPropertyDeletionOverride", "addDeletionOverride"):
        return False
    path = arguments[0].text() if arguments else None
    target = of.parts.get("of", of)
    if path is not None and path.removeprefix(_OVERRIDES.get(name, "Properties.")):
        prefix = "Properties." if name in ("addOverride", "addDeletionOverride") else ""
        value = arguments[1] if len(arguments) > 1 and "Deletion" not in name else Node(None, arguments[0].location)
        if path.startswith(prefix):
            (value,) = added(evaluator, target, (value,))
            target.parts.setdefault("overrides", {})[path.removeprefix(prefix)] = value
    return True


def overridden(construct: Construct, table: Table) -> dict[str, Node]:
    """The properties that code sets after it made a construct, by their paths in CloudFormation, the last first."""
    child = construct.parts.get("child")
    level_1 = construct if construct.symbol.rpartition(".")[2].startswith("Cfn") else child
    assigned = level_1.members if isinstance(level_1, Construct) else {}
    found = {pascal(camel(name), table): capitalised(settled(value, table), table) for name, value in assigned.items()}
    return {**found, **{path: settled(value, table) for path, value in construct.parts.get("overrides", {}).items()}}
