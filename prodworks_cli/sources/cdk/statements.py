"""What statements do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.assignments import assignment
from prodworks_cli.sources.cdk.classes import define_class
from prodworks_cli.sources.cdk.values import Closure, Frame, Open, node, truth, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

    Execute = Callable[[Evaluator, Any, Frame], bool]

MAX_LOOP = 64


def run(ev: Evaluator, statements: tuple[p.Statement, ...], frame: Frame) -> bool:
    """Execute; true when a return or an error ends the function."""
    for statement in statements:
        if isinstance(statement, p.Define):
            frame.variables[statement.name] = node(Closure(statement.function, frame), statement.at)
    for i, statement in enumerate(statements):
        left = frame.left
        if _execute(ev, statement, frame):
            return True
        if frame.left and not left:
            return _rest(ev, statements[i + 1 :], frame)
    return False


def _rest(ev: Evaluator, statements: tuple[p.Statement, ...], frame: Frame) -> bool:
    """What follows a return that is perhaps reached may not happen, up to the end of the function."""
    written, ended = ev.branch(lambda: run(ev, statements, frame))
    ev.journal.merge([written, {}])
    return ended


def _execute(ev: Evaluator, statement: p.Statement, frame: Frame) -> bool:
    ev.step()
    execute = _EXECUTE.get(type(statement))
    return execute(ev, statement, frame) if execute else False


def _do(ev: Evaluator, statement: p.Do, frame: Frame) -> bool:
    ev.evaluate(statement.value, frame)
    return False


def _assign(ev: Evaluator, statement: p.Assign, frame: Frame) -> bool:
    assignment(ev, statement, frame)
    return False


def _return(ev: Evaluator, statement: p.Return, frame: Frame) -> bool:
    if not statement.raises:
        none = Node(None, statement.at)
        frame.returns.append(ev.evaluate(statement.value, frame) if statement.value else none)
    return True


def _import(ev: Evaluator, statement: p.Import, frame: Frame) -> bool:
    frame.variables.update(ev.host.imported(frame, statement))
    return False


def _class(ev: Evaluator, statement: p.Class, frame: Frame) -> bool:
    define_class(ev, statement, frame)
    return False


def _if(ev: Evaluator, statement: p.If, frame: Frame) -> bool:
    decided = truth(ev.evaluate(statement.test, frame))
    if decided is not None:
        branch = statement.yes if decided else statement.no
        # What is deployed did not fail: an app that checks its inputs found them to be as it wants them.
        return False if _fails(branch) else run(ev, branch, frame)
    results, ends = [], []
    for branch in (statement.yes, statement.no):
        written, ended = ev.branch(lambda b=branch: run(ev, b, frame))  # type: ignore[misc]
        results.append(written)
        ends.append(ended)
    # A branch that leaves the function does not change what follows it.
    kept = [r for r, ended in zip(results, ends, strict=True) if not ended]
    ev.journal.merge(kept if kept else results)
    if not all(ends):
        returns = (b for b, ended in zip((statement.yes, statement.no), ends, strict=True) if ended and not _fails(b))
        frame.left = frame.left or any(returns)
    return all(ends)


def _fails(branch: tuple[p.Statement, ...]) -> bool:
    return any(isinstance(statement, p.Return) and statement.raises for statement in branch)


def _while(ev: Evaluator, statement: p.Each, frame: Frame) -> bool:
    """A loop that counts, as long as it is known that it goes on."""
    for _ in range(MAX_LOOP):
        decided = truth(ev.evaluate(statement.test, frame))
        if decided is False:
            return False
        if decided is None:
            break
        if run(ev, statement.body, frame):
            return True
        run(ev, statement.step, frame)
    ev.maybe(lambda: run(ev, statement.body, frame))
    return False


def _each(ev: Evaluator, statement: p.Each, frame: Frame) -> bool:
    if statement.test is not None:
        return _while(ev, statement, frame)
    source = ev.evaluate(statement.source, frame) if statement.source else unknown("a loop", statement.at)
    found = elements(source.content, statement.keys or frame.language == "python", source.location)
    if found is not None and len(found) <= MAX_LOOP:
        return any(_turn(ev, statement, element, frame) for element in found)
    if statement.pattern is not None:
        lost = unknown("an element of a list that is not known", statement.at, present=True)
        ev.assign(statement.pattern, lost, frame, declares=True)
    ev.maybe(lambda: run(ev, statement.body, frame))
    return False


def _turn(ev: Evaluator, statement: p.Each, element: Node, frame: Frame) -> bool:
    if statement.pattern is not None:
        ev.assign(statement.pattern, element, frame, declares=True)
    return run(ev, statement.body, frame)


def elements(content: Any, keys: bool, at: Location) -> tuple[Node, ...] | None:
    """What a loop goes over, ``None`` when that is not known; of a mapping its keys, where the language does so."""
    if isinstance(content, tuple):
        return content
    if isinstance(content, dict) and not isinstance(content, Open) and keys:
        return tuple(Node(key, at) for key in content)
    return () if content is None else None


_EXECUTE: Mapping[type[p.Statement], Execute] = {
    p.Do: _do,
    p.Assign: _assign,
    p.If: _if,
    p.Each: _each,
    p.Return: _return,
    p.Import: _import,
    p.Class: _class,
}
