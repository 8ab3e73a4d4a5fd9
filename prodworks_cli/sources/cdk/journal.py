"""Remembers what variables held before a branch that may not happen, and joins what the branches wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import BRANCH, join

Variables = dict[str, Node]
Written = dict[tuple[int, str], tuple[Variables, Node | None]]
"""The variables that a branch wrote, by their holder's identity and their name, with what they hold after it."""


class Journal:
    """All writes go through it, so that those of a branch can be taken back."""

    def __init__(self) -> None:
        self._open: list[Written] = []

    def write(self, variables: Variables, name: str, value: Node) -> None:
        """Give a variable its value."""
        for journal in self._open[-1:]:
            journal.setdefault((id(variables), name), (variables, variables.get(name)))
        variables[name] = value

    def branch(self, run: Callable[[], bool]) -> tuple[Written, bool]:
        """Run something that may not happen; what it wrote is taken back and returned with the result."""
        self._open.append({})
        try:
            ended = run()
        finally:
            journal = self._open.pop()
        written = {key: (variables, variables.get(key[1])) for key, (variables, _) in journal.items()}
        _take_back(journal)
        return written, ended

    def merge(self, branches: Sequence[Written]) -> None:
        """Variables hold what all branches agree on, and are unknown where they differ."""
        for key in dict.fromkeys(key for branch in branches for key in branch):
            variables = next(branch[key][0] for branch in branches if key in branch)
            before = variables.get(key[1])
            after = [branch[key][1] if key in branch else before for branch in branches]
            self.write(variables, key[1], _joined(after))


def _take_back(journal: Written) -> None:
    for (_, name), (variables, before) in journal.items():
        if before is None:
            variables.pop(name, None)
        else:
            variables[name] = before


def _joined(after: Sequence[Node | None]) -> Node:
    values = [v for v in after if v is not None]
    value = values[0]
    for other in values[1:]:
        value = join(value, other, BRANCH)
    return value if len(values) == len(after) else join(value, Node(None, value.location), BRANCH)
