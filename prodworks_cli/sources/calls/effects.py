"""What a tool does to the world, as its name or a statement of SQL says it: for the readers of all languages."""

from __future__ import annotations

import re

from prodworks_cli.model import Unknown
from prodworks_cli.resources.effects import named_effect

NOT_TOLD = Unknown("the effect of the tool cannot be told from its source")
# The effects, strongest first.
ORDER = ("money", "delete", "execute", "message", "write")
_NO_NAMES = frozenset({"", "callback", "unnamed"})
SQL = (
    ("delete", re.compile(r"^\s*(?:DELETE|DROP|TRUNCATE)\b", re.IGNORECASE)),
    ("write", re.compile(r"^\s*(?:INSERT|UPDATE|MERGE|ALTER|CREATE)\b", re.IGNORECASE)),
)


def said(name: str) -> str | Unknown:
    """The effect that a name says: of its first word, or of a later one for ``orders_delete``."""
    return (named_effect(name) if name not in _NO_NAMES else None) or NOT_TOLD


def strongest(found: set[str], name: str) -> str | Unknown:
    """The effect of code with some effects that runs for a tool of a name."""
    effect = next((e for e in ORDER if e in found), None)
    spoken = said(name)
    if effect == "write" and spoken == "read":
        return Unknown("it is named like a tool that reads, and writes something")
    return effect if effect is not None else spoken
