"""The syntax of the Terraform language as plain data: expressions, blocks and bodies, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Location

MAX_DEPTH = 100
"""Levels of nesting in the syntax of one file. Real modules stay below 30."""

MAX_LEVELS = 60
"""Levels of evaluation (a local that uses a local ...) and of nesting in values."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, boolean or null."""

    value: str | int | float | bool | None
    at: Location


@dataclass(frozen=True, slots=True)
class Template:
    """Text with interpolated expressions."""

    parts: tuple[str | Expression, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Variable:
    """The first name of a traversal: ``var``, ``local``, a resource type, or a name that ``for`` binds."""

    name: str
    at: Location


@dataclass(frozen=True, slots=True)
class Attribute:
    """The step ``.name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """The step ``[key]``."""

    key: Expression


@dataclass(frozen=True, slots=True)
class Splat:
    """The step ``[*]`` (or ``.*``) with the steps that are taken from each element."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Traversal:
    """A value and the steps taken from it."""

    root: Expression
    steps: tuple[Step, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Sequence:
    """``[a, b]``."""

    elements: tuple[Expression, ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Object:
    """``{a = b}``; keys are expressions, a bare word being a literal."""

    entries: tuple[tuple[Expression, Expression], ...]
    at: Location


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; ``spread`` says that the last argument is a list of arguments (``f(list...)``)."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? yes : no``."""

    condition: Expression
    yes: Expression
    no: Expression
    at: Location


@dataclass(frozen=True, slots=True)
class Operation:
    """A binary operation, or a unary one when ``right`` is ``None``."""

    operator: str
    left: Expression
    right: Expression | None
    at: Location


@dataclass(frozen=True, slots=True)
class For:
    """``[for key, item in source : value if condition]``; with a ``result_key`` it builds a mapping."""

    names: tuple[str, ...]
    source: Expression
    result_key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that is not understood, with the reason."""

    reason: str
    at: Location


Expression = (
    Literal | Template | Variable | Traversal | Sequence | Object | Call | Conditional | Operation | For | Opaque
)
Step = Attribute | Index | Splat


@dataclass(frozen=True)
class Body:
    """The inside of a block: arguments by name and nested blocks in order."""

    arguments: Mapping[str, Argument]
    blocks: tuple[BlockSyntax, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """``name = value``, placed at the name."""

    value: Expression
    at: Location


@dataclass(frozen=True, slots=True)
class BlockSyntax:
    """``type "label" "label" { body }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    at: Location
