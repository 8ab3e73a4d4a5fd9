"""What the readers of code share about contents of nodes: mappings that may hold more, several ways to one value, texts
that are put together, JSON in texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference, node_of

# The key under which a mapping says why it may hold more than what was read.
OPEN = "**"


def member(content: Mapping[str, Node], key: str) -> Node:
    """A member of a mapping: absent when the mapping is complete, unknown when it is open."""
    if key in content:
        return content[key]
    return content.get(OPEN, Node(None, Location("")))


def truthy(content: Content) -> bool | None:
    """Python's truth of a value; ``None`` when it is not known."""
    if isinstance(content, Unknown):
        return None
    if isinstance(content, Reference):
        return True
    return bool(content)


def merged(contents: Sequence[Content]) -> Content:
    """One value for several ways to get it: the common one, else unknown."""
    if not contents:
        return Unknown("no value found")
    if all(c == contents[0] for c in contents[1:]):
        return contents[0]
    mappings = [c for c in contents if isinstance(c, Mapping)]
    if len(mappings) == len(contents):
        return {key: _common(mappings, key) for m in mappings for key in m}
    unresolved = next((c for c in contents if isinstance(c, Unknown)), None)
    if unresolved is not None and all(c is None or isinstance(c, Unknown) for c in contents):
        return Unknown(unresolved.reason)
    return Unknown("differs between the ways to this call", present=all(present(c) for c in contents))


def _common(mappings: Sequence[Mapping[str, Node]], key: str) -> Node:
    nodes = [member(m, key) for m in mappings]
    return Node(
        merged([n.content for n in nodes]), next(n.location for m, n in zip(mappings, nodes, strict=False) if key in m)
    )


def joined(parts: Sequence[Content]) -> Content:
    """Texts put together; unknown with the known parts as its shape when some part is not known."""
    if all(isinstance(p, str | int | float) for p in parts):
        return "".join(str(p) for p in parts)
    shape = "".join(str(p) if isinstance(p, str | int | float) else "${...}" for p in parts)
    reason = next((p.reason for p in parts if isinstance(p, Unknown)), "part of the text is known after deployment")
    return Unknown(reason, present=True, shape=shape[:400])


def present(content: Content) -> bool:
    """Whether a value certainly is there and not empty."""
    return content.present if isinstance(content, Unknown) else bool(content)


def parsed(content: Content) -> Content:
    """JSON text as data; anything else as it is."""
    if not isinstance(content, str) or not content.lstrip().startswith(("{", "[")):
        return content
    try:
        return node_of(json.loads(content), Location("")).content
    except (ValueError, RecursionError):
        return content


def dig(content: Content, *path: str) -> Content:
    """The member at the end of a path; unknown where something on the way is not known."""
    for key in path:
        if isinstance(content, Mapping):
            content = member(content, key).content
        elif isinstance(content, Unknown | Reference):
            return Unknown(content.reason if isinstance(content, Unknown) else "known after deployment")
        else:
            return None
    return content
