"""Puts cloud assemblies in the place of what static reading found of the same apps."""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

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
    static: Found,
    files: Mapping[str, File],
    assembly: Sequence[File],
    given: Collection[str] = (),
) -> Found:
    """The blocks of assemblies where those agree with the sources, else those of static reading, and why.

    An assembly in a folder of ``given`` counts even where it says something else.
    """
    found, missed = assemblies(assembly)
    by_address = {b.address: b for b in static[0]}
    result: Found = static[0], (*static[1], *missed)
    for one in found:
        of_app = Static(_of_app(constructs, one, _app(one, files), files), by_address)
        if of_app.constructs or one.folder in given:
            result = _replaced(result, one, of_app, files, one.folder in given)
    return result


def _replaced(result: Found, assembly: Assembly, static: Static, files: Mapping[str, File], given: bool) -> Found:
    blocks, gaps = result
    made = blocks_of(assembly, static, files)
    reason = older_because(assembly, static, made)
    if reason is not None:
        told = "is used as it was given, although" if given else "is not used:"
        advice = "" if given else "; run cdk synth to audit what it makes"
        gaps = (*gaps, Gap("aws.*", Plane.DECLARED, assembly.folder, f"{told} {reason}{advice}", minor=True))
        if not given:
            return blocks, gaps
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
