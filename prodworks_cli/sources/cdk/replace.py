"""Puts cloud assemblies in the place of what static reading found of the same apps."""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from prodworks_cli.model import Gap, Plane
from prodworks_cli.node import Block
from prodworks_cli.sources.assemblies import output_of
from prodworks_cli.sources.cdk.assembly import Assembly, assemblies
from prodworks_cli.sources.cdk.freshness import older_because
from prodworks_cli.sources.cdk.synthesised import Static, blocks_of
from prodworks_cli.sources.cdk.values import Construct, Origin
from prodworks_cli.sources.files import File

Found = tuple[tuple[Block, ...], tuple[Gap, ...]]


def in_place(
    constructs: Sequence[Construct],
    blocks: Sequence[Block],
    gaps: Sequence[Gap],
    files: Mapping[str, File],
    assembly: Sequence[File],
) -> Found:
    """The blocks of assemblies where those agree with the sources, else those of static reading, and why."""
    found, missed = assemblies(assembly)
    by_address = {b.address: b for b in blocks}
    result: Found = tuple(blocks), (*gaps, *missed)
    for one in found:
        app = _app(one, files)
        static = Static(_of_app(constructs, one, app, files), by_address)
        if static.constructs:
            result = _replaced(result, one, static, app, files)
    return result


def _replaced(result: Found, assembly: Assembly, static: Static, app: str, files: Mapping[str, File]) -> Found:
    blocks, gaps = result
    made = blocks_of(assembly, static, files)
    reason = older_because(assembly, static, made)
    if reason is not None:
        told = f"is not used: {reason}; run cdk synth to audit what it makes"
        return blocks, (*gaps, Gap("aws.*", Plane.DECLARED, assembly.folder, told, minor=True))
    superseded = {c.address for c in static.constructs}
    places = {c.at.where for c in static.constructs}
    kept = tuple(b for b in blocks if b.address not in superseded)
    return (*kept, *made.values()), tuple(g for g in gaps if not (g.minor and g.scope in places))


def _app(assembly: Assembly, files: Mapping[str, File]) -> str:
    """The folder of the ``cdk.json`` that puts its assembly there."""
    for path in files:
        if posixpath.basename(path) == "cdk.json":
            folder = posixpath.dirname(path)
            if posixpath.normpath(posixpath.join(folder, output_of(files[path].data))) == assembly.folder:
                return folder
    return posixpath.dirname(assembly.folder)


def _of_app(
    constructs: Sequence[Construct], assembly: Assembly, folder: str, files: Mapping[str, File]
) -> list[Construct]:
    """What static reading found of the app that made an assembly."""
    below = [c for c in constructs if c.origin and _is_below(c.origin.path, folder)]
    by_origin: dict[Origin, list[Construct]] = defaultdict(list)
    for construct in below:
        if construct.origin:
            by_origin[construct.origin].append(construct)
    command = _command(files.get(posixpath.join(folder, "cdk.json")))
    apps = [o for o in by_origin if o.cls is None]
    named = [o for o in apps if _names(command, posixpath.relpath(o.path, folder or "."))] or apps
    paths = {o.path for o in named}
    known = [o for o in by_origin if o.cls is not None]
    alone = [o for o in known if o.app in paths or _is_made(o, by_origin[o], assembly)]
    return [c for origin in (*named, *alone) for c in by_origin[origin]]


def _is_below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _command(app: File | None) -> str:
    try:
        found = json.loads(app.data) if app else {}
    except (ValueError, RecursionError):
        return ""
    command = found.get("app") if isinstance(found, dict) else None
    return command if isinstance(command, str) else ""


def _names(command: str, path: str) -> bool:
    """Whether the command runs a file, perhaps in its compiled form: ``node bin/app.js`` for ``bin/app.ts``."""
    stem = posixpath.splitext(path)[0]
    return re.search(rf"(?<![\w/.-])(?:\./|dist/|build/)?{re.escape(stem)}(?![\w-])", command) is not None


def _is_made(origin: Origin, constructs: Iterable[Construct], assembly: Assembly) -> bool:
    """Whether the assembly holds a stack that static reading knows only as a class."""
    if origin.cls in assembly.classes:
        return True
    leaves = {path.rpartition("/")[2] for path in assembly.paths.values()}
    typed = [c.below.rpartition("/")[2] for c in constructs if c.type and c.certain]
    return bool(typed) and 2 * sum(leaf in leaves for leaf in typed) >= len(typed)
