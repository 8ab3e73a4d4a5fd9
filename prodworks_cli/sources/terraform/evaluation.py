"""Expressions to nodes. What is not in the repository is ``Unknown``; nothing here raises on any input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node, Reference
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.functions import call
from prodworks_cli.sources.terraform.operators import operate, truth
from prodworks_cli.sources.terraform.special import SPECIAL
from prodworks_cli.sources.terraform.values import (
    Unresolved,
    any_of,
    counted,
    elements,
    fail,
    mapping,
    number,
    same,
    settled,
    text,
    written,
)

MAX_STEPS = 1_000_000


@dataclass
class Budget:
    """What one read may still spend; ``depth`` is the nesting of evaluations that are under way."""

    steps: int = MAX_STEPS
    depth: int = 0


class Names(Protocol):
    """What the names in an expression mean: the module it is written in."""

    directory: str
    root: str

    def resolve(self, name: str, steps: tuple[x.Step, ...], scope: Scope) -> tuple[Content, tuple[x.Step, ...]] | None:
        """The value that a traversal starts with and the steps that remain; ``None`` for a name that is not one."""

    def argument(self, address: str, name: str) -> Content:
        """A known argument of a declared block, or a reference to its attribute."""

    def conditional(self, address: str) -> bool:
        """Whether the block may not be created."""

    def file(self, path: str) -> str | None:
        """The text of a tracked file."""


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated: its module and the names bound around it (``each``, ``for`` variables)."""

    names: Names
    budget: Budget
    bound: Mapping[str, Node]

    def bind(self, names: Mapping[str, Node]) -> Scope:
        """The scope with more names bound in it."""
        return replace(self, bound={**self.bound, **names})


def evaluate(expression: x.Expression, scope: Scope) -> Node:
    """The value of an expression, placed where the expression is written."""
    budget, at = scope.budget, expression.at
    if budget.depth >= x.MAX_LEVELS or budget.steps <= 0:
        return Node(Unknown("expression is nested too deeply" if budget.steps > 0 else "evaluation limit reached"), at)
    budget.steps -= 1
    if type(expression) is x.Literal:  # two of three
        return Node(expression.value, at)
    budget.depth += 1
    try:
        return Node(_HANDLERS[type(expression)](expression, scope), at)
    except Unresolved as problem:
        return Node(problem.unknown, at)
    finally:
        budget.depth -= 1


def _literal(expression: x.Literal, _scope: Scope) -> Content:
    return expression.value


def _opaque(expression: x.Opaque, _scope: Scope) -> Content:
    return Unknown(expression.reason)


def _template(expression: x.Template, scope: Scope) -> Content:
    if len(expression.parts) == 1 and not isinstance(expression.parts[0], str):
        return evaluate(expression.parts[0], scope).content
    at = expression.at
    return written(Node(p, at) if isinstance(p, str) else evaluate(p, scope) for p in expression.parts)


def _variable(expression: x.Variable, scope: Scope) -> Content:
    return _follow(expression, (), scope)


def _traversal(expression: x.Traversal, scope: Scope) -> Content:
    return _follow(expression.root, expression.steps, scope)


def _follow(root: x.Expression, steps: tuple[x.Step, ...], scope: Scope) -> Content:
    if not isinstance(root, x.Variable):
        return take(evaluate(root, scope), steps, scope).content
    if root.name in scope.bound:
        return take(scope.bound[root.name], steps, scope).content
    found = scope.names.resolve(root.name, steps, scope)
    if found is None:
        return Unknown(f"{root.name} is not a name of this module")
    content, remaining = found
    return take(Node(content, root.at), remaining, scope).content


def take(node: Node, steps: tuple[x.Step, ...], scope: Scope) -> Node:
    """The value at the end of a row of steps."""
    for step in steps:
        if isinstance(step, x.Attribute):
            node = _member(node, step.name, scope)
        elif isinstance(step, x.Index):
            node = _index(node, evaluate(step.key, scope), scope)
        else:
            node = _splat(node, step.steps, scope)
    return node


def _member(node: Node, name: str, scope: Scope) -> Node:
    content = node.content
    if isinstance(content, Mapping):
        if name not in content:
            raise fail(f"there is no attribute {name}")
        return content[name]
    if isinstance(content, Reference):
        if not content.attribute:
            return Node(scope.names.argument(content.address, name), node.location)
        return Node(Reference(content.address, f"{content.attribute}.{name}"), node.location)
    if isinstance(content, Unknown):
        return Node(type(content)(content.reason), node.location)
    raise fail(f"there is no attribute {name}")


def _index(node: Node, key: Node, scope: Scope) -> Node:
    content = node.content
    if isinstance(content, Reference):
        return node
    if isinstance(content, Unknown):
        return Node(type(content)(content.reason), node.location)
    if isinstance(content, Mapping):
        return any_of(content.values(), key) or _member(node, text(key), scope)
    position = number(key)
    if not isinstance(content, tuple) or not 0 <= position < len(content):
        raise fail("there is no such element")
    return content[int(position)]


def _splat(node: Node, steps: tuple[x.Step, ...], scope: Scope) -> Node:
    content = node.content
    if isinstance(content, Reference) and not content.attribute and scope.names.conditional(content.address):
        return Node(Unknown(f"{content.address} may not be created"), node.location)
    if isinstance(content, Reference) and content.attribute:
        return take(node, steps, scope)
    if isinstance(content, Unknown):
        return Node(Unknown(content.reason), node.location)
    items = () if content is None else content if isinstance(content, tuple) else (node,)
    return Node(counted(settled(take(item, steps, scope)) for item in items), node.location)


def _sequence(expression: x.Sequence, scope: Scope) -> Content:
    return counted(settled(evaluate(e, scope)) for e in expression.elements)


def _object(expression: x.Object, scope: Scope) -> Content:
    members: dict[str, Node] = {}
    for key, value in expression.entries:
        members[text(evaluate(key, scope))] = Node(settled(evaluate(value, scope)).content, key.at)
    return members


def _conditional(expression: x.Conditional, scope: Scope) -> Content:
    condition = truth(evaluate(expression.condition, scope))
    if isinstance(condition, bool):
        return evaluate(expression.yes if condition else expression.no, scope).content
    yes, no = evaluate(expression.yes, scope), evaluate(expression.no, scope)
    if same(yes, no):
        return yes.content
    present = all(n.present and not (n.unknown and not n.unknown.present) for n in (yes, no))
    return Unknown(condition.reason, present=present)


def _operation(expression: x.Operation, scope: Scope) -> Content:
    left = evaluate(expression.left, scope)
    right = evaluate(expression.right, scope) if expression.right is not None else None
    return operate(expression.operator, left, right)


def _call(expression: x.Call, scope: Scope) -> Content:
    special = SPECIAL.get(expression.name)
    if special:
        return special(expression, scope, evaluate)
    arguments = [evaluate(a, scope) for a in expression.arguments]
    if expression.spread and arguments:
        arguments[-1:] = elements(arguments[-1])
    return call(expression.name, arguments, expression.at)


def _for(expression: x.For, scope: Scope) -> Content:
    source = evaluate(expression.source, scope)
    rounds = (scope.bind(_bound(expression.names, k, v)) for k, v in pairs(source))
    if expression.result_key is not None:
        return _for_object(expression, expression.result_key, rounds)
    return counted(_for_list(expression, rounds))


def pairs(node: Node) -> Iterator[tuple[Node, Node]]:
    """Keys and values in the order Terraform visits them; raises ``Unresolved`` when they are not known."""
    content = node.content
    if isinstance(content, Mapping):
        members = mapping(node)
        yield from ((Node(key, members[key].location), members[key]) for key in sorted(members))
        return
    for position, element in enumerate(elements(node)):
        yield Node(position, element.location), element


def _bound(names: tuple[str, ...], key: Node, value: Node) -> dict[str, Node]:
    return {names[0]: value} if len(names) == 1 else {names[0]: key, names[-1]: value}


def _wanted(expression: x.For, scope: Scope) -> bool | Unknown:
    if expression.condition is None:
        return True
    return truth(evaluate(expression.condition, scope))


def _for_list(expression: x.For, rounds: Iterator[Scope]) -> Iterator[Node]:
    """Elements in order; one that the condition may leave out is unknown."""
    for scope in rounds:
        wanted = _wanted(expression, scope)
        if isinstance(wanted, Unknown):
            yield Node(Unknown(wanted.reason), expression.at)
        elif wanted:
            yield settled(evaluate(expression.value, scope))


def _for_object(expression: x.For, result_key: x.Expression, rounds: Iterator[Scope]) -> Content:
    members: dict[str, Node] = {}
    for scope in rounds:
        wanted = _wanted(expression, scope)
        if isinstance(wanted, Unknown):
            raise Unresolved(Unknown(wanted.reason, present=True))
        if not wanted:
            continue
        key, value = text(evaluate(result_key, scope)), settled(evaluate(expression.value, scope))
        if expression.grouped:
            earlier = members[key].items() if key in members else ()
            value = Node(counted((*earlier, value)), value.location)
        members[key] = value
    return members


_HANDLERS: Mapping[type, Callable[..., Content]] = {
    x.Literal: _literal,
    x.Opaque: _opaque,
    x.Template: _template,
    x.Variable: _variable,
    x.Traversal: _traversal,
    x.Sequence: _sequence,
    x.Object: _object,
    x.Conditional: _conditional,
    x.Operation: _operation,
    x.Call: _call,
    x.For: _for,
}
