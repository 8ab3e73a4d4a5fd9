"""The spine: collect, judge, score. The one place that turns an exception into a gap or a finding."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prodworks_cli import __version__, knowledge
from prodworks_cli.assemble import assemble_report
from prodworks_cli.cache import Cache
from prodworks_cli.config import Config, changes, parse_config
from prodworks_cli.judge import crashed, judge_rule, prepare
from prodworks_cli.kept import keeper, leave
from prodworks_cli.model import Gap, Inventory, Plane
from prodworks_cli.processes import sendable, started, usable
from prodworks_cli.reading import read_parts
from prodworks_cli.report import Pack, Report, UnitEntry
from prodworks_cli.rules import Rule, RulePack
from prodworks_cli.score import Outcome
from prodworks_cli.sources.files import File, Tree
from prodworks_cli.sources.listings import Listing, list_tree
from prodworks_cli.units import each_unit, merged, parts_of, unit_entry
from prodworks_cli.waivers import notes, waived

if TYPE_CHECKING:
    from prodworks_cli.schema import Draft
    from prodworks_cli.tasks import Found, Make, Waiting

T = TypeVar("T")
Say = Callable[[str], None]
FEWEST_UNITS = 10
"""Fewer are judged sooner than a process has started."""


class ClockError(ValueError):
    """``SOURCE_DATE_EPOCH`` is set to something that is no time."""


@dataclass
class Errors:
    """Internal errors of one run: each is reported, and together they make the exit code 70."""

    seen: list[Exception] = field(default_factory=list)

    def attempt(self, what: str, run: Callable[[], Found[T]]) -> Found[T]:
        """Run a source or an adapter; a crash becomes a gap over everything it could have found."""
        try:
            return run()
        except Exception as error:
            self.seen.append(error)
            reason = f"internal error: {type(error).__name__}: {error}"
            return (), (Gap("*", Plane.DECLARED, what, reason),)

    def begin(self, make: Make) -> Waiting:
        """Read sources in a copy of this process; the errors on the way are known when it is waited for."""
        waiting = started(partial(_sent, make))

        def result() -> Sequence[Found[Draft]]:
            found, errors = waiting()
            self.seen.extend(errors)
            return found

        return result

    def judge(self, rules: Sequence[Rule], inventory: Inventory) -> list[Outcome]:
        """Judge each rule; one that crashes is unknown, and the others still count."""
        bench = prepare(inventory)
        outcomes = []
        for rule in rules:
            try:
                outcomes.append(judge_rule(rule, bench))
            except Exception as error:
                self.seen.append(error)
                outcomes.append(crashed(rule, error))
        return outcomes


def _sent(make: Make) -> tuple[Sequence[Found[Draft]], Sequence[Exception]]:
    """In another process: what each source gave, and the errors on the way in a form that can be sent."""
    errors = Errors()
    found = [errors.attempt(task.what, task.run) for task in make()]
    return found, [sendable(error) for error in errors.seen]


def collect(
    root: Path,
    ignore: Sequence[str],
    settings: Mapping[str, Any],
    errors: Errors,
    say: Say,
    unit: str | None = None,
    plans: Sequence[File] = (),
    cache: Cache | None = None,
) -> Inventory:
    """Read a repository, each workload of a collection on its own; ``unit`` names the one to read. ``plans`` are those
    of Terraform that are given beside it. What ``cache`` holds of an earlier run is not read again.

    Raises ``FileNotFoundError`` or ``NotADirectoryError`` for a bad path, :class:`UnitError` for a unit it lacks.
    """
    return collect_listing(replace(list_tree(root, ignore), plans=tuple(plans)), settings, errors, say, unit, cache)


def collect_listing(
    listing: Listing,
    settings: Mapping[str, Any],
    errors: Errors,
    say: Say,
    unit: str | None = None,
    cache: Cache | None = None,
) -> Inventory:
    """Read listed files; see :func:`collect`."""
    today = now().date()
    kept = keeper(cache, listing, settings, today) if cache else None
    units, parts = parts_of(listing, unit, partial(kept.prints.names_model, listing) if kept else None)
    several = f" in {len(units)} workloads" if len(units) > 1 else ""
    say(f"reading {len(listing.paths)} files of {listing.name}{several}")
    found, crashes = read_parts(parts, partial(_inventory_of, settings, today), kept)
    errors.seen.extend(crashes)
    if kept:
        leave(kept, listing)
    return merged(found, units)


def _inventory_of(
    settings: Mapping[str, Any], today: date, tree: Tree, alone: bool
) -> tuple[Inventory, Sequence[Exception]]:
    """What a tree holds, under the name that the config gives the workload. What is kept needs no reader."""
    from prodworks_cli.collect import collect_repository

    errors = Errors()
    named = replace(tree, name=settings.get("name") or tree.name)
    begin = errors.begin if alone else None
    return collect_repository(named, settings, errors.attempt, today=today, begin=begin), errors.seen


def judged(
    inventory: Inventory,
    pack: RulePack,
    rules: Sequence[Rule],
    errors: Errors,
    say: Say,
    config: Config | None = None,
) -> Report:
    """Judge and score an inventory, with what the config accepts and attests: the report, without a gate.

    Without a ``config`` the settings of the inventory count.
    """
    inventory = _announced(inventory)
    config = config or parse_config(inventory.settings, "the inventory")
    say(f"judging {len(rules)} rules on {len(inventory.resources)} resources")
    time = now()
    today = time.date()
    attested = [asdict(a) for a in config.attestations if a.holds(today)]
    inventory = replace(inventory, settings={**inventory.settings, "attestations": attested})
    waiting = _units_started(inventory, rules, config, time)
    outcomes = errors.judge(rules, inventory)
    report = assemble_report(
        waived(outcomes, config.waivers, today),
        inventory,
        generated=time.isoformat(),
        pack=Pack(id=__version__, sha256=pack.sha256),
        owners=inventory.scan.owners.get,
        settings=config.settings(),
    )
    report["config"] = changes(config.settings())
    if config.environment:
        report["target"]["environment"] = config.environment
    if said := notes(outcomes, config.waivers, config.attestations, today):
        report["waivers"] = said
    entries: dict[str, UnitEntry] = {}
    for result in waiting:
        judged_units, crashes = result()
        entries.update(judged_units)
        errors.seen.extend(crashes)
    report["target"]["units"].extend(entries[name] for name in inventory.scan.units)
    return report


Judged = tuple[Mapping[str, UnitEntry], Sequence[Exception]]


def _units_started(
    inventory: Inventory, rules: Sequence[Rule], config: Config, time: datetime
) -> Sequence[Callable[[], Judged]]:
    """Judging each unit on its own, begun by other processes while this one judges all of them together."""
    units = inventory.scan.units
    count = max(1, min(usable() - 1, len(units) // FEWEST_UNITS))
    shares = [units[n::count] for n in range(count) if units]
    judged = [partial(_judged_units, inventory, rules, config, time, frozenset(share)) for share in shares]
    return [started(run) for run in judged] if len(units) >= FEWEST_UNITS else judged


def _judged_units(
    inventory: Inventory, rules: Sequence[Rule], config: Config, time: datetime, units: frozenset[str]
) -> Judged:
    errors = Errors()
    entries = {
        name: unit_entry(name, part, waived(errors.judge(rules, part), config.waivers, time.date()), time)
        for name, part in each_unit(inventory, units)
    }
    return entries, [sendable(error) for error in errors.seen]


def _announced(inventory: Inventory) -> Inventory:
    """The inventory, with a gap where what prodworks knows of models by itself has grown old."""
    old = knowledge.stale(now().date())
    if old is None or not any(r.kind == "repo.model_reference" for r in inventory.resources):
        return inventory
    gap = Gap("knowledge", Plane.DECLARED, "models.yaml of prodworks", old, minor=True)
    return replace(inventory, gaps=(*inventory.gaps, gap))


def now() -> datetime:
    """The time of the run in UTC, or that of ``SOURCE_DATE_EPOCH`` where a report must be reproducible.

    Raises :class:`ClockError` when that variable is not a number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if not fixed:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ClockError(f"SOURCE_DATE_EPOCH is {fixed!r}; expected seconds since 1970") from error
