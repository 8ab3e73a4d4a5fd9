"""Whether a cloud assembly was made of the sources as they are now, told by what both say: a clone has no times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodworks_cli.model import Location
from prodworks_cli.node import Block, Node
from prodworks_cli.sources.cdk.assembly import Assembly
from prodworks_cli.sources.cdk.synthesised import Static
from prodworks_cli.sources.cdk.values import Construct

Made = Mapping[tuple[str, str], tuple[Block, ...]]


def older_because(assembly: Assembly, static: Static, blocks: Mapping[str, Block]) -> str | None:
    """What the sources say that the assembly does not, as a reason; ``None`` when the two agree.

    ``blocks`` are those of the assembly by their addresses in its templates.
    """
    made = _made(assembly, blocks)
    certain = (c for c in static.constructs if c.type and c.certain and not c.conditional)
    return next((reason for c in certain if (reason := _reason(c, made, static))), None)


def _made(assembly: Assembly, blocks: Mapping[str, Block]) -> Made:
    found: dict[tuple[str, str], tuple[Block, ...]] = {}
    for address, path in assembly.paths.items():
        if address in blocks:
            key = blocks[address].type, assembly.below(path)
            found[key] = (*found.get(key, ()), blocks[address])
    return found


def _reason(construct: Construct, made: Made, static: Static) -> str | None:
    found = next((made[key] for path in construct.resources if (key := (construct.type, path)) in made), ())
    if not found:
        return f"it lacks {construct.path} of {construct.at.where}:{construct.at.line}"
    own = static.blocks[construct.address].body
    told = [next(differences(own, block.body), None) for block in found]
    first = told[0]
    if first is None or not all(told):
        return None
    name, place = first
    return f"{name} of {construct.path} is another in {place.where}:{place.line}"


def differences(static: Node, made: Node, name: str = "", depth: int = 0) -> Iterator[tuple[str, Location]]:
    """Properties whose known values differ; what only one of the two has may be a default."""
    one, other = static.content, made.content
    if isinstance(one, Mapping) and isinstance(other, Mapping) and depth < 20:
        for key in one:
            if key in other:
                yield from differences(one[key], other[key], f"{name}.{key}" if name else key, depth + 1)
    elif _scalar(one) and _scalar(other) and str(one).lower() != str(other).lower():
        yield name, static.location


def _scalar(content: object) -> bool:
    return isinstance(content, str | int | float | bool)
