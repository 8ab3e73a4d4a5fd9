"""Collect: from a tree of files to an inventory. The sources know formats and nothing of services, the adapters in
``resources`` know services; this module connects the two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from prodworks_cli import knowledge
from prodworks_cli.languages import sizes_by_language, unread_languages
from prodworks_cli.model import Gap, Inventory
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.processes import WORTH, Beside, here, started
from prodworks_cli.promises import Promise, Promised
from prodworks_cli.resources.awscc import as_cloudformation
from prodworks_cli.resources.compute import environment
from prodworks_cli.resources.entries_sam import implied_entries
from prodworks_cli.resources.iam_sam import implied_roles
from prodworks_cli.resources.registry import declared_adapters, part_adapters
from prodworks_cli.schema import Draft
from prodworks_cli.sources import (
    agent_images,
    cdk,
    cloudformation,
    extensions,
    java,
    measurements,
    operator_scripts,
    owners,
    state_machines,
    terraform,
    typescript,
)
from prodworks_cli.sources.files import File, Tree, judged
from prodworks_cli.tasks import Attempt, Begin, Found, Given, Task, begun, directly, in_turn, shared

COSTS: Mapping[str, float] = {"Python": 6, "Java": 5, "TypeScript": 1}
"""What a byte of code takes to read, beside one of TypeScript: most of a front end is put aside unparsed."""
APART = 10
"""How many sources are read apart."""
Environment = Mapping[str, tuple[Node, ...]]
SPLIT = 2 * WORTH
"""What the reader of a language must take before one half of its work is worth a process."""


def collect_repository(
    tree: Tree,
    settings: Mapping[str, Any],
    attempt: Attempt = directly,
    *,
    today: date | None = None,
    begin: Begin | None = None,
) -> Inventory:
    """Everything that the repository says about the workload, on the declared plane.

    ``today`` is the day on which models are active or retired; without it, the day on which that was last checked.
    ``begin`` lets sources be read while others are; without it all are read in turn.
    """
    production = judged(tree)
    files, plans = terraform.without_plans(production)
    by_hand = operator_scripts.run_by_hand(files)
    workload = tuple(f for f in files if f.path not in by_hand)
    owned = owners.read(tree.files)
    if begin:
        _index(files)
    # What needs no declarations is read while these are; code is, until it asks for its environment.
    day = today or knowledge.checked()
    given = Given(tree, production, files, workload, owned, day)
    apart = begun(partial(_tasks_apart, given), APART * given.glance, attempt, begin)
    promise: Promise[Mapping[str, tuple[Node, ...]]] = Promise(shared=begin is not None)
    code = shared(_tasks_of_code(given, Promised(promise), begin), attempt, begin)
    declarations, iac_gaps = _declarations(files, (*plans, *tree.plans), tree, attempt)
    given_to_code, crashed = attempt("the environment of code", lambda: ((environment(declarations),), ()))
    promise.keep(given_to_code[0] if given_to_code else {})
    adapted = [*_adapted(declarations, attempt), *in_turn(_tasks_of_declarations(given, declarations), attempt)]
    # What comes last is imported while others read.
    from prodworks_cli.whole import MODELS, Read, whole, written

    literal, lost = attempt(MODELS, lambda: (written(workload), ()))
    found = [*adapted, *code(), *apart()]
    gaps = [
        *tree.gaps,
        *iac_gaps,
        *crashed,
        *(gap for _, gaps in found for gap in gaps),
        *lost,
        *unread_languages(files),
    ]
    read = Read(given, declarations, [draft for drafts, _ in found for draft in drafts], gaps, literal)
    return whole(read, settings, attempt, day)


def _index(files: Sequence[File]) -> None:
    """Make the index of words once, before there are copies of this process that would make it each for itself."""
    if files:
        files[0].holds((b"bedrock",), folded=True)


def _declarations(
    files: Sequence[File], plans: Sequence[File], tree: Tree, attempt: Attempt
) -> tuple[Declarations, Sequence[Gap]]:
    hcl, hcl_gaps = attempt("the Terraform reader", lambda: terraform.read(files, plans))
    templates, template_gaps = attempt("the CloudFormation reader", lambda: cloudformation.read(files))
    constructs, cdk_gaps = attempt("the CDK reader", lambda: cdk.read(files, tree.assembly, tree.given, tree.snapshots))
    written = Declarations((*as_cloudformation(hcl), *templates, *constructs))
    implied = (*implied_roles(written), *implied_entries(written), *extensions.read(files), *agent_images.read(files))
    return Declarations((*written.blocks, *implied)), (*hcl_gaps, *template_gaps, *cdk_gaps)


def _adapted(declarations: Declarations, attempt: Attempt) -> Iterable[Found[Draft]]:
    """A draft for each declared block of a type that an adapter knows, and for each part of one."""
    adapters, parts = declared_adapters(), part_adapters()

    def adapt(block: Block) -> Callable[[], Found[Draft]]:
        return lambda: (tuple(d for d in [adapters[block.type](block, declarations)] if d is not None), ())

    def divide(block: Block) -> Callable[[], Found[Draft]]:
        return lambda: (tuple(parts[block.type](block, declarations)), ())

    whole = [attempt(f"the adapter of {b.address}", adapt(b)) for b in declarations.blocks if b.type in adapters]
    inner = [attempt(f"the parts of {b.address}", divide(b)) for b in declarations.blocks if b.type in parts]
    return [*whole, *inner]


def _tasks_of_code(given: Given, known: Environment, begin: Begin | None) -> Sequence[Task]:
    """The readers of languages. ``known`` is the environment that the declarations give code."""
    code = given.workload
    costs = {language: int(COSTS[language] * size) for language, size in sizes_by_language(given.files).items()}
    beside = started if begin and costs.get("Python", 0) >= SPLIT else here
    runs: Mapping[str, Callable[[], Found[Draft]]] = {
        "Python": lambda: _python(given, known, beside),
        "TypeScript": lambda: typescript.read(code, known),
        "Java": lambda: java.read(code, known),
    }
    return [Task(f"the {language} reader", run, costs.get(language, 0)) for language, run in runs.items()]


def _python(given: Given, known: Environment, beside: Beside) -> Found[Draft]:
    """The reader of Python is large: imported where it reads, that is in the process that does."""
    from prodworks_cli.sources import python

    return python.read(given.workload, known, given.owned, given.tree.locks, beside)


def _tasks_of_declarations(given: Given, declarations: Declarations) -> Sequence[Task]:
    """The sources that read declarations beside files."""
    runs: Mapping[str, Callable[[], Found[Draft]]] = {
        "the state machine reader": lambda: state_machines.read(declarations, given.files),
        "the reader of measurements": lambda: (tuple(measurements.read(given.files, declarations)), ()),
    }
    return [Task(what, run, given.glance) for what, run in runs.items()]


def _tasks_apart(given: Given) -> Sequence[Task]:
    """The sources that need nothing but files; imported where they are read."""
    from prodworks_cli import apart

    return apart.tasks(given)
