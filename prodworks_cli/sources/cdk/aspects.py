"""Aspects: code of the repository that visits every construct below a scope when the app is synthesised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.hatches import default_child
from prodworks_cli.sources.cdk.settle import construct_of
from prodworks_cli.sources.cdk.values import Construct, Instance, Made

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

ADD = "core.Aspects.of.add"
# Libraries whose aspects look at constructs and change none.
_ONLY_LOOK = ("cdk-nag.", "cdk_nag.", "io.github.cdklabs.cdknag.")


@dataclass(frozen=True)
class Aspect:
    """A visitor of what lies at or below ``path``; the empty path is the whole app."""

    path: str
    visitor: Node
    optional: bool


def add_aspect(library: Library, evaluator: Evaluator, of: Node, arguments: tuple[Node, ...], at: Location) -> Node:
    """``Aspects.of(scope).add(aspect)``; one of a library that is not known is named."""
    scope, content = construct_of(of), arguments[0].content if arguments else None
    visitor: Any = content
    if scope is not None and isinstance(visitor, Instance):
        library.aspects.append(Aspect(scope.path, arguments[0], evaluator.optional > 0))
    elif isinstance(visitor, Made) and not visitor.symbol.startswith(_ONLY_LOOK):
        library.note_opaque(visitor.symbol, at)
    return Node(None, at)


def visit(library: Library, evaluator: Evaluator) -> None:
    """Let all aspects visit what they cover, as the level 1 constructs that they change."""
    for aspect in library.aspects:
        for construct in tuple(library.constructs):
            evaluator.step()
            if not construct.type or not _covers(aspect, construct):
                continue
            if aspect.optional:
                evaluator.maybe(lambda a=aspect, c=construct: _visit(evaluator, a, c))  # type: ignore[misc]
            else:
                _visit(evaluator, aspect, construct)
    library.aspects.clear()


def _visit(evaluator: Evaluator, aspect: Aspect, construct: Construct) -> bool:
    at = aspect.visitor.location
    method = evaluator.member(aspect.visitor, "visit", at)
    evaluator.call(method.content, (default_child(construct, at),), at)
    return False


def _covers(aspect: Aspect, construct: Construct) -> bool:
    return not aspect.path or construct.path == aspect.path or construct.path.startswith(f"{aspect.path}/")
