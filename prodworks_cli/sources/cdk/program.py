"""Programs as the CDK reader sees them: one small set of expressions and statements for three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

from prodworks_cli.model import Location

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def piece(cls: type[T]) -> type[T]:
    """A piece of a program, of which one has thousands: that nothing changes one, only type checkers see to."""
    return dataclass(eq=False)(cls)


@piece
class Expression:
    """Base of what has a value."""

    at: Location


@piece
class Literal(Expression):
    """A text, number, truth value or null."""

    value: str | int | float | bool | None


@piece
class Template(Expression):
    """A text with expressions in it."""

    parts: tuple[str | Expression, ...]


@piece
class Name(Expression):
    """A variable, or ``this``."""

    id: str


@piece
class Member(Expression):
    """``of.name``"""

    of: Expression
    name: str


@piece
class Index(Expression):
    """``of[key]``"""

    of: Expression
    key: Expression


@piece
class Call(Expression):
    """A call; ``new`` says that the language writes it as the making of an object."""

    function: Expression
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str | None, Expression], ...] = ()
    new: bool = False


@piece
class Entries(Expression):
    """An object or dictionary; a key of ``None`` spreads its value."""

    entries: tuple[tuple[Expression | None, Expression], ...]


@piece
class Items(Expression):
    """A list, set or tuple."""

    items: tuple[Expression, ...]


@piece
class Spread(Expression):
    """The elements of a value, in a list or in arguments."""

    value: Expression


@piece
class Choice(Expression):
    """``test ? yes : no``"""

    test: Expression
    yes: Expression
    no: Expression


@piece
class Operation(Expression):
    """A binary operator as JavaScript writes it, or a unary one without ``left``."""

    operator: str
    left: Expression | None
    right: Expression


@piece
class Comprehension(Expression):
    """``result`` for each element of ``source``; ``key`` makes it a dictionary."""

    pattern: Expression
    source: Expression
    result: Expression
    key: Expression | None = None
    filtered: bool = False


@piece
class Opaque(Expression):
    """What is not read; ``parts`` are evaluated for what they declare."""

    reason: str
    parts: tuple[Expression, ...] = ()


@piece
class Parameter:
    """A parameter: a name or a pattern, perhaps with a default; ``rest`` takes all that is left."""

    target: Expression
    default: Expression | None = None
    rest: bool = False


@piece
class Function(Expression):
    """A function; the last statement of an arrow function with an expression for a body is a ``Return``."""

    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    name: str = ""


@piece
class Statement:
    """Base of what is done."""

    at: Location


@piece
class Assign(Statement):
    """``target = value``; a declaration makes a new variable."""

    target: Expression
    value: Expression
    declares: bool = False


@piece
class Do(Statement):
    """An expression for its effects."""

    value: Expression


@piece
class If(Statement):
    """Two branches."""

    test: Expression
    yes: tuple[Statement, ...]
    no: tuple[Statement, ...] = ()


@piece
class Each(Statement):
    """A loop over the elements of ``source`` (``keys``: over its keys); a loop of another form has no ``source``.

    One with a ``test`` goes on while that holds, with ``step`` after each turn.
    """

    pattern: Expression | None
    source: Expression | None
    body: tuple[Statement, ...]
    keys: bool = False
    test: Expression | None = None
    step: tuple[Statement, ...] = ()


@piece
class Return(Statement):
    """The end of a function, with its value; ``raises`` when it is an error."""

    value: Expression | None
    raises: bool = False


@piece
class Define(Statement):
    """A named function."""

    name: str
    function: Function


@piece
class Class(Statement):
    """A class with its fields, methods and static members."""

    name: str
    bases: tuple[Expression, ...]
    fields: tuple[tuple[str, Expression], ...] = ()
    methods: Mapping[str, Function] = field(default_factory=dict)
    statics: tuple[tuple[str, Expression], ...] = ()
    members: tuple[str, ...] = ()


@piece
class Import(Statement):
    """``local`` means ``module`` as a whole, or its member ``name``; ``*`` brings all members."""

    local: str
    module: str
    name: str | None = None


@piece
class Module:
    """One file."""

    path: str
    language: str
    body: tuple[Statement, ...]
    broken: bool = False
