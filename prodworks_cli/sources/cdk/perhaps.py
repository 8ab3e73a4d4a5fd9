"""What code adds to a construct on a condition that is not known: it may be there or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import Construct, node

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

ON_A_CONDITION = Unknown("added on a condition that is not known")


@dataclass(frozen=True)
class Perhaps:
    """A value that was added on such a condition."""

    value: Node


def added(evaluator: Evaluator, of: Construct, values: Iterable[Node]) -> tuple[Node, ...]:
    """Values that code adds to a construct; ``Perhaps`` each, unless all conditions held when that was made."""
    if evaluator.surely(of):
        return tuple(values)
    return tuple(node(Perhaps(value), value.location) for value in values)


def add(evaluator: Evaluator, of: Construct, part: str, values: Iterable[Node]) -> None:
    """Add values to a part of a construct."""
    of.parts.setdefault(part, []).extend(added(evaluator, of, values))


def add_property(evaluator: Evaluator, of: Construct, path: str, value: Node) -> None:
    """Add an element to a property of the resource of a construct, by its path in CloudFormation."""
    of.parts.setdefault("added", {}).setdefault(path, []).extend(added(evaluator, of, (value,)))


def perhaps_a_statement(statement: Node) -> Node:
    """A policy statement that may be there: whether it allows what it names is not known."""
    if not isinstance(statement.content, dict):
        return statement
    effect = Node(ON_A_CONDITION, statement.location)
    return node({**statement.content, "Effect": effect}, statement.location)
