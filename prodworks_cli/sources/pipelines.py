"""Pipeline definitions of six CI systems, as jobs with commands: what they have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prodworks_cli.lazy import regex
from prodworks_cli.node import Node
from prodworks_cli.sources.yaml_nodes import read_yaml

_SYSTEMS = (
    ("github", regex(r"^\.github/workflows/[^/]+\.ya?ml$")),
    ("gitlab", regex(r"^\.gitlab-ci\.ya?ml$")),
    ("bitbucket", regex(r"^bitbucket-pipelines\.ya?ml$")),
    ("azure", regex(r"(^|/)azure-pipelines[^/]*\.ya?ml$")),
    ("codebuild", regex(r"(^|/)buildspec[^/]*\.ya?ml$")),
    ("jenkins", regex(r"(^|/)Jenkinsfile(\.[\w-]+)?$")),
)
_GITLAB_KEYWORDS = frozenset(("default", "workflow", "variables", "stages", "include", "image", "services", "cache"))
_COMMAND_KEYS = ("run", "script", "bash", "pwsh", "powershell", "sh", "commands", "before_script", "after_script")


@dataclass(frozen=True)
class Command:
    """One shell text or action, with its line; ``ignored`` when its failure does not fail the job."""

    text: str
    line: int
    ignored: bool = False


@dataclass(frozen=True)
class Job:
    """One job. ``environment`` is the name as written, ``gate`` a decision by a person or a tag that the job itself
    asks for, ``remote`` a definition outside the repository that it hands over to."""

    name: str
    line: int
    commands: tuple[Command, ...] = ()
    environment: str | None = None
    gate: str | None = None
    remote: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """One file. ``events`` are GitHub's names of triggers; ``paths`` the filter of changes, ``None`` without one."""

    path: str
    system: str
    jobs: tuple[Job, ...]
    events: frozenset[str] = frozenset()
    paths: tuple[str, ...] | None = None
    tags_only: bool = False
    calls: Mapping[str, str] = field(default_factory=dict)


def system_of(path: str) -> str | None:
    """The CI system that reads a file of this path."""
    return next((name for name, pattern in _SYSTEMS if pattern.search(path)), None)


def parse(path: str, system: str, text: str) -> Pipeline:
    """The pipeline in ``text``. Raises ``MalformedYaml``."""
    if system == "jenkins":
        return _jenkins(path, text)
    root = read_yaml(text, path)
    return {"github": _github, "gitlab": _gitlab}.get(system, _other)(path, system, root)


def _github(path: str, system: str, root: Node) -> Pipeline:
    on = root["on"]
    events = frozenset(k for k, _ in on.members()) or frozenset(t for n in on.items() if (t := n.text()))
    changes = [on[e] for e in ("pull_request", "push", "merge_group") if e in events]
    filters = [tuple(t for p in c["paths"].items() if (t := p.text())) for c in changes]
    paths = tuple(p for f in filters for p in f) if filters and all(filters) else None
    push = on["push"]
    tags_only = "push" in events and push["tags"].present and not push["branches"].present
    jobs = tuple(_github_job(name, job) for name, job in root["jobs"].members())
    calls = {n: t[2:] for n, j in root["jobs"].members() if (t := j["uses"].text()) and t.startswith("./")}
    return Pipeline(path, system, jobs, events, paths, tags_only, calls)


def _github_job(name: str, job: Node) -> Job:
    uses = job["uses"].text() or ""
    ignored = _is_on(job["continue-on-error"])
    return Job(
        name,
        _line(job),
        tuple(c for step in job["steps"].items() for c in _github_step(step, ignored)),
        _environment(job),
        remote=uses if uses and not uses.startswith("./") else None,
        needs=tuple(t for n in job["needs"].items() if (t := n.text())),
    )


def _github_step(step: Node, ignored: bool) -> Iterator[Command]:
    for key in ("run", "uses"):
        if text := step[key].text():
            text = text if key == "run" else f"uses: {text}"
            yield Command(text, _line(step[key]), ignored or _is_on(step["continue-on-error"]))


def _gitlab(path: str, system: str, root: Node) -> Pipeline:
    jobs = tuple(
        _gitlab_job(name, job)
        for name, job in root.members()
        if name not in _GITLAB_KEYWORDS and isinstance(job.content, Mapping) and not name.startswith(".")
    )
    scheduled = any("schedule" in (r["if"].text() or "") for _, j in root.members() for r in j["rules"].items())
    events = frozenset(("push", "pull_request", *(["schedule"] if scheduled else [])))
    return Pipeline(path, system, jobs, events)


def _gitlab_job(name: str, job: Node) -> Job:
    rules = job["rules"].items()
    manual = "manual" in (job["when"].text(), *(r["when"].text() for r in rules))
    conditions = [r["if"].text() or "" for r in rules if r["when"].text() != "never"]
    tagged = any(n.text() == "tags" for n in job["only"].items()) or (
        bool(conditions) and all("CI_COMMIT_TAG" in c for c in conditions)
    )
    trigger = job["trigger"].text() or job.at("trigger", "project").text()
    return Job(
        name,
        _line(job),
        tuple(_commands(job, _is_on(job["allow_failure"]))),
        _environment(job),
        "manual" if manual else "release_tag" if tagged else None,
        trigger,
    )


def _other(path: str, system: str, root: Node) -> Pipeline:
    """Azure, Bitbucket and CodeBuild: one job per mapping that holds commands, with the gates around it."""
    jobs: list[Job] = []
    stack: list[tuple[Node, str | None, str | None]] = [(root, None, None)]
    while stack:
        node, environment, gate = stack.pop()
        environment = _environment(node) or node["deployment"].text() or environment
        gate = "manual" if node["trigger"].text() == "manual" else gate
        commands = tuple(_commands(node, False))
        if commands:
            remote = "the pipeline that runs this build" if system == "codebuild" else None
            jobs.append(Job(environment or system, _line(node), commands, environment, gate, remote))
        children = [n for _, n in node.members()] or (list(node.items()) if isinstance(node.content, tuple) else [])
        gate = "manual" if any("ManualValidation" in (c["task"].text() or "") for c in children) else gate
        stack.extend((child, environment, gate) for child in reversed(children))
    return Pipeline(
        path, system, tuple(jobs), frozenset(("schedule", "push") if root["schedules"].present else ("push",))
    )


def _jenkins(path: str, text: str) -> Pipeline:
    lines = [
        (i, s) for i, line in enumerate(text.splitlines(), 1) if (s := line.strip()) and not s.startswith(("//", "*"))
    ]
    shell = re.compile(r"^(?:sh|bat)\b[\s(]*(?:script:\s*)?['\"]+|['\"]+\)?$")
    commands = tuple(Command(shell.sub("", s), i) for i, s in lines)
    body = "\n".join(s for _, s in lines)
    manual = re.search(r"^input\b\s*[({'\"m]", body, re.M)
    gate = "manual" if manual else "release_tag" if "buildingTag()" in body else None
    events = ("push", "schedule") if re.search(r"\bcron\s*\(", body) else ("push",)
    return Pipeline(path, "jenkins", (Job("Jenkinsfile", 1, commands, None, gate),), frozenset(events))


def _commands(node: Node, ignored: bool) -> Iterable[Command]:
    for key in _COMMAND_KEYS:
        for item in node[key].items():
            if text := item.text():
                yield Command(text, _line(item), ignored)


def _environment(node: Node) -> str | None:
    return node["environment"].text() or node.at("environment", "name").text()


def _is_on(node: Node) -> bool:
    return node.content is True or node.text() == "true" or isinstance(node.content, Mapping)


def _line(node: Node) -> int:
    return node.location.line or 1
