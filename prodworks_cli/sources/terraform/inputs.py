"""The values that files and commands give the variables of root modules."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from prodworks_cli.model import Location
from prodworks_cli.sources.files import File
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.commands import PRODUCTION, Run, matching, runs, workspace_of
from prodworks_cli.sources.terraform.parse import parse
from prodworks_cli.sources.terraform.project import Folder, Project

_ENDINGS = (".tfvars", ".tfvars.json")
Arguments = Mapping[str, x.Argument]


def take_inputs(project: Project, files: Iterable[File]) -> None:
    """Add to each folder what the commands of pipelines and scripts give, and to the project the workspace."""
    listed = list(files)
    found = runs(listed) if project.folders else ()
    project.workspace = workspace_of(found)
    named = [f for f in listed if f.path.endswith(_ENDINGS)] if any(run.files for run in found) else []
    bodies = {file.path: parse(file.path, file.data).body.arguments for file in named}
    for directory, folder in project.folders.items():
        mine = {p: b for p, b in bodies.items() if _belongs(p, b, directory, folder, project.folders)}
        folder.values.update(next((given for run in found if (given := _from_files(run, mine))), {}))
        for name, argument in _from_commands(found, folder).items():
            folder.values.setdefault(name, argument)


def _from_files(run: Run, mine: Mapping[str, Arguments]) -> dict[str, x.Argument]:
    """The values of the files that one run names, in their order."""
    given: dict[str, x.Argument] = {}
    for pattern in run.files:
        candidates = matching(pattern, mine)
        production = [path for path in candidates if PRODUCTION.search(path)]
        given.update(_agreed([mine[path] for path in (production or candidates)]))
    return given


def _belongs(path: str, body: Arguments, directory: str, folder: Folder, folders: Mapping[str, Folder]) -> bool:
    """Whether a file of values is for a folder: for the nearest one above it, else for all that know its variables."""
    if not body.keys() & folder.variables.keys():
        return False
    home = posixpath.dirname(path)
    while home and home not in folders:
        home = posixpath.dirname(home)
    if home in folders and body.keys() & folders[home].variables.keys():
        return home == directory
    return body.keys() <= folder.variables.keys()


def _agreed(bodies: Sequence[Arguments]) -> dict[str, x.Argument]:
    """The values of one file; of several candidates those that are the same in all, the others as not known."""
    if not bodies:
        return {}
    first, *others = bodies
    names = dict.fromkeys(name for body in bodies for name in body)
    found = {}
    for name in names:
        written = [body[name] for body in bodies if name in body]
        same = len(written) == len(bodies) and all(_plain(w.value) == _plain(written[0].value) for w in written)
        opaque = x.Opaque(f"variable {name} differs between environments", written[0].at)
        found[name] = written[0] if same or not others else x.Argument(opaque, written[0].at)
    return found if others else dict(first)


def _plain(expression: object) -> object:
    """An expression without its places, to compare."""
    if isinstance(expression, tuple):
        return tuple(_plain(part) for part in expression)
    if isinstance(expression, Location) or not hasattr(expression, "__slots__"):
        return None if isinstance(expression, Location) else expression
    parts = tuple(_plain(getattr(expression, name)) for name in expression.__slots__)
    return (type(expression).__name__, *parts)


def _from_commands(found: Iterable[Run], folder: Folder) -> dict[str, x.Argument]:
    """Values of ``-var`` and ``TF_VAR_``: of production, else those that all runs agree on."""
    given: dict[str, x.Argument] = {}
    for name in folder.variables:
        giving = [run for run in found if name in run.values]
        chosen = [run for run in giving if run.production] or giving
        if chosen:
            values = {run.values[name] for run in chosen}
            at = Location(chosen[0].where)
            value = next(iter(values)) if len(values) == 1 else None
            reason = f"variable {name} is given by a command"
            given[name] = x.Argument(x.Literal(value, at) if value else x.Opaque(reason, at), at)
    return given
