"""What the commands that run Terraform give it: files of values, single values and the workspace.

Of several environments that of production counts. Where no command tells which one is meant, only what all agree on is
known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prodworks_cli.lazy import regex
from prodworks_cli.sources.files import File
from prodworks_cli.sources.pipelines import parse, system_of
from prodworks_cli.sources.yaml_nodes import MalformedYaml

PRODUCTION = regex(r"(?<![a-z])(?:prod|production|prd|live)(?![a-z])", re.I)
_SCRIPT = regex(r"(?:^|/)(?:Makefile|GNUmakefile|Justfile|justfile|Taskfile\.ya?ml)$|\.(?:sh|mk|bash)$")
_LONGEST = 500_000
_WORD = r"""=?\s*["']?((?:\$\{\{[^}\n]{0,100}\}\}|[^\s"']){1,200})"""
_FILES = regex(rf"(?<=-var-file){_WORD}")
_VALUES = regex(r"""(?<=-var)(?:=|\s)\s*["']?([A-Za-z_]\w{0,60})=([^\s"']{0,200})""")
_ENVIRONMENT = regex(r"""TF_VAR_([A-Za-z_]\w{0,60})["']?\s*(?:=|:(?!-))\s*["']?([^\s"'}]{0,200})""")
_WORKSPACE = regex(
    r"""(?:workspace\s+(?:select|new)\s+(?:-or-create(?:=true)?\s+)?|TF_WORKSPACE["']?\s*[=:]\s*)["']?([^\s"']{1,100})"""
)
_LITERAL = regex(r"[\w.,:/@+-]*")
_OPEN = regex(r"\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$\$?\w+|<[\w-]+>|%\w+%")
_MOST_OPEN = 5
_COMMENT = regex(r"^\s*#.*$", re.M)


@dataclass(frozen=True)
class Run:
    """The commands of one job or script. ``values`` that are not literal are ``None``: given, but not known."""

    where: str
    production: bool
    files: tuple[str, ...] = ()
    values: Mapping[str, str | None] = field(default_factory=dict)
    workspace: str | None = None


def runs(files: Iterable[File]) -> tuple[Run, ...]:
    """All that tells Terraform something, those of production first."""
    found = [run for file in files if _tells(file) for run in _of(file)]
    return tuple(sorted(found, key=lambda run: (not run.production, run.where)))


def _tells(file: File) -> bool:
    named = system_of(file.path) is not None or _SCRIPT.search(file.path) is not None
    words = (b"-var", b"TF_VAR_", b"TF_WORKSPACE", b"workspace ")
    return named and len(file.data) <= _LONGEST and any(word in file.data for word in words)


def _of(file: File) -> Iterator[Run]:
    text = _COMMENT.sub("", file.text or "").replace("\\\n", " ")
    system = system_of(file.path)
    if system is None:
        yield from _run(file.path, text, "")
        return
    try:
        jobs = parse(file.path, system, file.text or "").jobs
    except MalformedYaml:
        return
    # Variables of the environment stand beside the commands, for one job or for all.
    shared = "\n".join(line for line in text.splitlines() if "TF_" in line) if len(jobs) == 1 else ""
    for job in jobs:
        commands = "\n".join(command.text for command in job.commands).replace("\\\n", " ")
        yield from _run(file.path, f"{commands}\n{shared}", f"{job.environment or ''} {job.name}")


def _run(path: str, text: str, told: str) -> Iterator[Run]:
    files = tuple(dict.fromkeys(_FILES.findall(text)))
    values: dict[str, str | None] = {}
    for name, value in (*_ENVIRONMENT.findall(text), *_VALUES.findall(text)):
        known = value if _LITERAL.fullmatch(value) and values.get(name, value) == value else None
        values[name] = known
    workspaces = set(_WORKSPACE.findall(text))
    workspace = workspaces.pop() if len(workspaces) == 1 else None
    known_workspace = workspace if workspace and re.fullmatch(r"[\w.-]+", workspace) else None
    if files or values or known_workspace:
        named = f"{told} {path.rpartition('/')[2]} {known_workspace or ''} {' '.join(files)}"
        yield Run(path, bool(PRODUCTION.search(named)), files, values, known_workspace)


def workspace_of(found: Iterable[Run]) -> str | None:
    """The workspace of production, or the only one that is named."""
    listed = list(found)
    named = [{r.workspace for r in listed if r.workspace and (r.production or not only)} for only in (True, False)]
    return next((names.pop() for names in named if len(names) == 1), None)


def matching(pattern: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The files that a name on a command line may mean: an open part stands for anything, folders come before."""
    name = re.sub(r"^(?:\.{1,2}/)+", "", pattern)
    parts = [re.escape(part) for part in _OPEN.split(name)]
    if not any(parts) or len(parts) > _MOST_OPEN:
        return ()
    wanted = re.compile("(?:.*/)?" + ".*".join(parts))
    return tuple(path for path in paths if wanted.fullmatch(path))
