"""Where the evidence for a derived attribute lies: the element that alone gives the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from prodworks_cli.model import Kind
from prodworks_cli.schema import attributes_of


def sources(value: Kind, name: str) -> Iterator[str]:
    """Paths below ``value`` that show why its attribute ``name`` is what it is, the most telling first.

    An attribute that follows from others (``Kind.EVIDENCE``) is explained by an element of theirs which alone leads to
    the same answer, else by those attributes themselves.
    """
    kind: Any = type(value)
    names = value.EVIDENCE.get(name, ())
    if attributes_of(kind)[name].derived:
        yield from _elements(value, name, names)
    yield from names


def _elements(value: Kind, name: str, names: tuple[str, ...]) -> Iterator[str]:
    answer = getattr(value, name)
    nothing: dict[str, Any] = {other: () for other in names if isinstance(getattr(value, other), tuple)}
    for other in nothing:
        for index, element in enumerate(getattr(value, other)):
            if getattr(replace(cast(Any, value), **{**nothing, other: (element,)}), name) == answer:
                yield f"{other}[{index}]"
