"""What a walk has still to look at, the last first.

A name that is used a thousand times may be made of a thousand expressions: at each use the same ones. They are kept
once, and a walk that comes to another use goes on with those that are left of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Place = TypeVar("Place")


@dataclass(frozen=True, eq=False, slots=True)
class Shared(Generic[Place]):
    """Places to which several steps lead, each time this same object."""

    places: tuple[Place, ...]


class Queue(Generic[Place]):
    """The places of one walk."""

    def __init__(self, start: Place) -> None:
        self._pending: list[Place | Shared[Place]] = [start]
        self._left: dict[Shared[Place], int] = {}

    def add(self, place: Place) -> None:
        """Look at a place next."""
        self._pending.append(place)

    def add_all(self, shared: Shared[Place]) -> None:
        """Look at the places next that the walk has not been at."""
        self._left.setdefault(shared, len(shared.places))
        self._pending.append(shared)

    def pop(self) -> Place | None:
        """The next place; ``None`` when there is none."""
        while self._pending:
            last = self._pending[-1]
            if not isinstance(last, Shared):
                self._pending.pop()
                return last
            left = self._left[last]
            if left:
                self._left[last] = left - 1
                return last.places[left - 1]
            self._pending.pop()
        return None
