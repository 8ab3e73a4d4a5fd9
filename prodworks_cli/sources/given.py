"""Cloud assemblies that lie elsewhere than ``cdk synth`` puts them, such as what a pipeline kept of its build."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from prodworks_cli.sources.assemblies import MANIFEST, files_below, output_of
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.listings import Listing, read_assembly


class AssemblyError(ValueError):
    """A folder that is given as a cloud assembly and is none, or of which it is not clear which app made it."""


def with_assemblies(listing: Listing, given: Sequence[str]) -> Listing:
    """The listing with given assemblies where their apps would have put them, in place of what lies there.

    ``given`` are texts ``DIR`` or ``APP=DIR``, where ``APP`` is the folder of a ``cdk.json``. Raises
    :class:`AssemblyError`.
    """
    for text in given:
        listing = _with_assembly(listing, *_parts(text))
    return listing


def _parts(text: str) -> tuple[str | None, Path]:
    app, equals, place = text.partition("=")
    return (app, Path(place)) if equals and not Path(text).is_dir() else (None, Path(text))


def _with_assembly(listing: Listing, app: str | None, place: Path) -> Listing:
    if not (place / MANIFEST).is_file():
        raise AssemblyError(f"{place} holds no {MANIFEST}; give the folder that cdk synth wrote (cdk synth -o FOLDER)")
    folder = _folder(listing, app)
    here = place.resolve()
    below = files_below(here.parent, here.name)
    found = {f"{folder}{path.removeprefix(here.name)}": file for path, file in below}
    others = [item for item in listing.pending if not _is_of(item, folder)]
    return replace(listing, pending=(*others, *read_assembly(found)), given=(*listing.given, folder))


def _is_of(item: object, folder: str) -> bool:
    return isinstance(item, File) and item.part is Part.ASSEMBLY and item.path.startswith(f"{folder}/")


def _folder(listing: Listing, app: str | None) -> str:
    """Where the app puts its assembly."""
    apps = {posixpath.dirname(p): p for p in listing.paths if posixpath.basename(p) == "cdk.json"}
    if app is not None:
        chosen = posixpath.normpath(app).removeprefix(".")
        if chosen not in apps:
            raise AssemblyError(f"{app} is no folder of a cdk.json; those are: {_listed(apps)}")
    elif len(apps) > 1:
        raise AssemblyError(f"is for one of several apps: say which with APP=DIR, where APP is one of {_listed(apps)}")
    else:
        chosen = next(iter(apps), "")
    named = posixpath.normpath(output_of(listing.content(apps[chosen]))) if chosen in apps else "cdk.out"
    return posixpath.join(chosen, "cdk.out" if named.startswith((".", "/")) else named)


def _listed(apps: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(sorted(app or "." for app in apps)) or "none"
