"""Numbers and the operators on them."""

from __future__ import annotations

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content
from prodworks_cli.sources.typescript.places import Site


def arithmetic(operator: str, first: Content, second: Content) -> Content:
    """The result of an operator on two values; only products are worked out."""
    if operator == "*" and all(isinstance(s, int | float) and abs(s) < 1 << 31 for s in (first, second)):
        return _whole(float(str(first)) * float(str(second)))
    return Unknown("computed when the program runs", present=True)


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def number(site: Site) -> Content:
    """A number as written."""
    text = site.text.replace("_", "").replace(" ", "")
    try:
        return float(text) if any(c in text for c in ".eE") and "x" not in text else int(text, 0)
    except (ValueError, OverflowError):
        return Unknown("not a plain number")


def cast(content: Content) -> Content:
    """What ``Number(...)`` makes of a value."""
    try:
        return _whole(float(content)) if isinstance(content, str | int | float) else content
    except (ValueError, OverflowError):
        return Unknown("not a plain number")
