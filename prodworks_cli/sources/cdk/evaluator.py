"""Evaluates a program without running it: what is not known stays unknown, and both branches of a choice count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import assignments, calls, classes, expressions, members, statements
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.journal import Journal, Variables, Written
from prodworks_cli.sources.cdk.values import ClassValue, Closure, Construct, External, Frame, Instance

MAX_STEPS = 400_000
MAX_CALLS = 24
MAX_SELF_CALLS = 2


class Exhausted(Exception):
    """The program takes more steps than a reader should."""


class Host:
    """What the evaluator asks of the reader: modules, and what libraries do."""

    def imported(self, frame: Frame, statement: p.Import) -> Mapping[str, Node]:
        """The variables that an import makes."""
        raise NotImplementedError

    def exports(self, path: str) -> Frame:
        """The variables of a module of the repository."""
        raise NotImplementedError

    def has_path(self, path: str, at: Location) -> bool:
        """Whether the repository has a file or folder that code at a place names."""
        raise NotImplementedError

    def is_kept_out(self, path: str, at: Location) -> bool:
        """Whether the repository keeps a file that code at a place names out of git: others may have it."""
        raise NotImplementedError

    def text_of(self, path: str, at: Location) -> str | None:
        """The text of a file of the repository that code at a place names."""
        raise NotImplementedError

    def folder_of(self, at: Location) -> str:
        """The folder in which the code at a place runs."""
        raise NotImplementedError

    def call(self, evaluator: Evaluator, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        """A call of something that a library brings, or of a method of one of its values."""
        raise NotImplementedError

    def member(self, evaluator: Evaluator, of: Node, name: str, at: Location) -> Node:
        """A member of something that a library brings."""
        raise NotImplementedError

    def begin(self, evaluator: Evaluator, instance: Instance, arguments: tuple[Node, ...], at: Location) -> None:
        """The call of a library's constructor by a class of the repository."""
        raise NotImplementedError

    def is_base(self, symbol: str) -> bool:
        """Whether a library class is a construct."""
        raise NotImplementedError


class Evaluator:
    """The state of an evaluation, and the operations that its parts ask of each other.

    ``optional`` counts the undecided conditions around what is evaluated now, and ``around`` numbers them; ``statics``
    holds the static members of classes by the identity of their definition.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.optional = 0
        self.around: tuple[int, ...] = ()
        self._conditions = 0
        self.instantiated: set[int] = set()
        self.statics: dict[int, Variables] = {}
        self.journal = Journal()
        self._steps = 0
        self._calls = 0
        self._active: dict[int, int] = {}

    def run(self, body: tuple[p.Statement, ...], frame: Frame) -> bool:
        """Execute; true when a return or an error ends the function."""
        return statements.run(self, body, frame)

    def evaluate(self, expression: p.Expression | None, frame: Frame) -> Node:
        """The value of an expression."""
        if expression is None:
            return Node(None, Location(frame.module))
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Exhausted
        return expressions.EVALUATE[type(expression)](self, expression, frame)

    def assign(self, target: p.Expression, value: Node, frame: Frame, declares: bool = False) -> None:
        """Give a variable, member or pattern its value."""
        assignments.assign(self, target, value, frame, declares)

    def member(self, of: Node, name: str, at: Location) -> Node:
        """``of.name``"""
        return members.member(self, of, name, at)

    def index(self, of: Node, key: Node, at: Location) -> Node:
        """``of[key]``"""
        return members.index(self, of, key, at)

    def call(self, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        """Call any value."""
        return calls.call(self, called, arguments, at)

    def enter(self, closure: Closure, arguments: tuple[Node, ...], at: Location) -> Node:
        """Run a function of the repository."""
        return calls.enter(self, closure, arguments, at)

    def instantiate(self, cls: ClassValue, arguments: tuple[Node, ...], at: Location) -> Node:
        """Make an object of a class of the repository."""
        return classes.instantiate(self, cls, arguments, at)

    def lineage(self, cls: ClassValue) -> list[ClassValue | External]:
        """A class and those that it extends, the last perhaps of a library."""
        return classes.lineage(self, cls)

    # Bounds

    def step(self) -> None:
        """Count a step; raises :class:`Exhausted` when there were too many."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise Exhausted

    def may_enter(self, function: p.Function) -> bool:
        """Whether a call does not nest too deeply."""
        return self._calls < MAX_CALLS and self._active.get(id(function), 0) < MAX_SELF_CALLS

    @contextmanager
    def inside(self, function: p.Function) -> Iterator[None]:
        """The time while a function runs."""
        key = id(function)
        self._calls += 1
        self._active[key] = self._active.get(key, 0) + 1
        try:
            yield
        finally:
            self._calls -= 1
            self._active[key] -= 1

    # What may not happen

    @contextmanager
    def undecided(self) -> Iterator[None]:
        """The time while something is evaluated that may not happen."""
        before = self.optional, self.around
        self._conditions += 1
        self.optional, self.around = self.optional + 1, (*self.around, self._conditions)
        try:
            yield
        finally:
            self.optional, self.around = before

    @contextmanager
    def apart(self) -> Iterator[None]:
        """The time while something is evaluated that no condition is about: a module that is imported."""
        before = self.optional, self.around
        self.optional, self.around = 0, ()
        try:
            yield
        finally:
            self.optional, self.around = before

    def surely(self, construct: Construct) -> bool:
        """Whether what is evaluated now happens wherever a construct is made: no condition came on top since."""
        return construct.around[: len(self.around)] == self.around

    def branch(self, run: Callable[[], bool]) -> tuple[Written, bool]:
        """Run something that may not happen; what it wrote is taken back and returned with the result."""
        with self.undecided():
            return self.journal.branch(run)

    def maybe(self, run: Callable[[], bool]) -> None:
        """Run something that may or may not happen."""
        written, _ = self.branch(run)
        self.journal.merge([written, {}])
