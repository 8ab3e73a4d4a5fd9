"""Reads the modules of a repository: from each root through the modules that it calls, then what plans say of them."""

from __future__ import annotations

from collections.abc import Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Block
from prodworks_cli.sources.files import File
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.evaluation import Budget
from prodworks_cli.sources.terraform.inputs import take_inputs
from prodworks_cli.sources.terraform.module import Module
from prodworks_cli.sources.terraform.plans import assigned, lay_over, without_sources
from prodworks_cli.sources.terraform.project import Project, gap, load, local_folder


def read_modules(files: Sequence[File], plans: Sequence[File]) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """The blocks of all modules, and what could not be read; see ``read`` of the package."""
    project = load(files)
    take_inputs(project, files)
    alone = assigned(project, _production(project), plans)
    for directory in _roots(project):
        if directory in project.reached:
            continue
        project.budget.steps = Budget().steps
        done = len(project.blocks)
        try:
            root = Module(project, directory, f"{directory}/" if directory else "")
            root.collect()
            if directory in project.plans:
                lay_over(project.plans[directory], root, done)
        except RecursionError:
            del project.blocks[done:]
            project.gaps.append(gap(directory or ".", None, "Terraform module is nested too deeply"))
    for plan in alone:
        project.blocks += without_sources(plan)
    return tuple(project.blocks), tuple(dict.fromkeys(project.gaps))


def _roots(project: Project) -> list[str]:
    """Folders to start from: first those that none calls, then the others, for modules that only call each other."""
    candidates = _production(project)
    called = {target for directory in candidates for target in _targets(project, directory)}
    return sorted(candidates, key=lambda directory: (directory in called, directory))


def _production(project: Project) -> list[str]:
    return sorted([d for d, folder in project.folders.items() if folder.production] or project.folders)


def _targets(project: Project, directory: str) -> set[str]:
    """Folders that the module blocks of a folder name literally."""
    sources = (c.body.arguments.get("source") for c in project.folders[directory].calls.values())
    values = (s.value.value for s in sources if s and isinstance(s.value, x.Literal))
    return {t for t in (local_folder(directory, v) for v in values if isinstance(v, str)) if t is not None}
