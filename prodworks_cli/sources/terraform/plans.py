"""Which plan belongs to which root module, and the blocks that come of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace

from prodworks_cli.model import Gap
from prodworks_cli.node import Block
from prodworks_cli.sources.files import File
from prodworks_cli.sources.terraform.commands import PRODUCTION
from prodworks_cli.sources.terraform.module import Module
from prodworks_cli.sources.terraform.plan import Plan, PlanError, listed, mapping, plan_of, text
from prodworks_cli.sources.terraform.planned import Sources, with_plan
from prodworks_cli.sources.terraform.project import Folder, Project, gap


def assigned(project: Project, roots: Sequence[str], files: Iterable[File]) -> list[Plan]:
    """Give each root module its plan. The plans of a repository without Terraform files are given back."""
    alone = []
    for file in sorted(files, key=lambda f: f.path):
        try:
            plan = plan_of(file)
        except PlanError as error:
            project.gaps.append(_note(file.path, str(error)))
            continue
        fitting = _fitting(plan, project, roots)
        if not roots:
            alone.append(plan)
        elif len(fitting) != 1:
            fits = f"several root modules ({', '.join(d or '.' for d in fitting)})" if fitting else "no root module"
            project.gaps.append(_note(plan.path, f"the plan fits {fits}; put it into the folder it was made in"))
        else:
            _take(project, fitting[0], plan)
    return alone


def _note(path: str, reason: str) -> Gap:
    return replace(gap(path, None, reason), minor=True)


def _take(project: Project, directory: str, plan: Plan) -> None:
    """Of several plans of one root module that of production counts, else the newest."""
    other = project.plans.get(directory)
    chosen, unused = (plan, other) if other is None or _rank(plan) >= _rank(other) else (other, plan)
    project.plans[directory] = chosen
    if unused:
        project.gaps.append(_note(unused.path, f"{chosen.path} is a plan of the same root module and counts"))


def _rank(plan: Plan) -> tuple[bool, str, str]:
    return bool(PRODUCTION.search(plan.path)), plan.made, plan.path


def _fitting(plan: Plan, project: Project, roots: Sequence[str]) -> list[str]:
    """The root modules that declare most of what the plan has; the one that lies at the plan, if that decides."""
    names = _names(plan)
    shares = {d: len(names & _declared(project.folders[d])) for d in roots}
    most = max(shares.values(), default=0)
    best = [d for d, shared in shares.items() if shared == most and most]
    above = [d for d in best if d in _folders(plan.path)]
    return [max(above, key=len)] if above else best


def _folders(path: str) -> list[str]:
    parts = posixpath.dirname(path).split("/")
    return ["", *("/".join(parts[: i + 1]) for i in range(len(parts)))]


def _names(plan: Plan) -> frozenset[str]:
    calls = {f"module.{name}" for name in mapping(plan.configuration.get("module_calls"))}
    resources = {text(r.get("address")) for r in listed(plan.configuration.get("resources"))}
    return frozenset(calls | resources or {_first(p.written) for p in plan.planned.values()})


def _first(address: str) -> str:
    """The block of the root module that an address without keys begins with."""
    return ".".join(address.split(".")[: 3 if address.startswith("data.") else 2])


def _declared(folder: Folder) -> frozenset[str]:
    return frozenset((*folder.blocks, *(f"module.{name}" for name in folder.calls)))


def lay_over(plan: Plan, root: Module, done: int) -> None:
    """Replace the blocks of a root module, which start at ``done``, by those that its plan shows."""
    project = root.project
    below = list(root.hidden())
    start = len(root.prefix)
    calls = {address[start:]: at for address, at, _ in below}
    read = frozenset(("", *(address[start:] for address, _, hidden in below if hidden is None)))
    blocks, notes = with_plan(plan, Sources(root.prefix, tuple(project.blocks[done:]), read, calls))
    project.blocks[done:] = blocks
    shown = {address for address, body in plan.modules.items() if body.get("resources") or body.get("module_calls")}
    seen = {hidden for address, _, hidden in below if hidden and address[start:] in shown}
    project.gaps[:] = [*(g for g in project.gaps if g not in seen), *notes]


def without_sources(plan: Plan) -> tuple[Block, ...]:
    """The blocks of a plan whose sources are elsewhere."""
    return with_plan(plan, Sources(f"{plan.path}/", (), frozenset(), {}))[0]
