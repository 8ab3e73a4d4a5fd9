"""What the commands do: read options and config, run the spine, write reports, choose the exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from prodworks_cli import audit as spine
from prodworks_cli import history
from prodworks_cli import inventory as inventories
from prodworks_cli.baseline import Baseline, BaselineError, baseline_of, read_alike
from prodworks_cli.cache import user_cache
from prodworks_cli.config import Config, ConfigError, load_config, parse_config
from prodworks_cli.config_check import unknown_name
from prodworks_cli.earlier import REVISION, compared, source_of
from prodworks_cli.gate import Conditions, GateError, conditions_of, evaluate
from prodworks_cli.inventory import InventoryError
from prodworks_cli.lazy import dataclass
from prodworks_cli.local import LocalError
from prodworks_cli.model import Inventory
from prodworks_cli.options import AuditOptions, GateOptions, Output
from prodworks_cli.output import OutputError, Target, check_report, show, targets, write
from prodworks_cli.planes import with_account
from prodworks_cli.redact import redacted
from prodworks_cli.render.text import clean_line
from prodworks_cli.report import Report
from prodworks_cli.rules import Rule, RuleError, RulePack, load_rules
from prodworks_cli.sources.account.session import AccountError
from prodworks_cli.sources.files import File
from prodworks_cli.sources.given import AssemblyError, with_assemblies
from prodworks_cli.sources.listings import Listing, list_tree
from prodworks_cli.sources.revision import RevisionError, list_revision
from prodworks_cli.sources.states import StateError, with_states
from prodworks_cli.units import UnitError
from prodworks_cli.waivers import with_rules

USAGE, INTERNAL = 2, 70


class UsageError(ValueError):
    """Something the caller must mend: the message says what happened and what to do."""


EXPECTED_ERRORS = (
    UsageError,
    spine.ClockError,
    ConfigError,
    RuleError,
    InventoryError,
    OutputError,
    GateError,
    AccountError,
    BaselineError,
    RevisionError,
    LocalError,
    UnitError,
    StateError,
    OSError,
)


def audit(options: AuditOptions, gate: GateOptions, output: Output) -> int:
    """Collect, judge, score and report. The exit code is that of ``prodworks audit --help``."""
    errors = spine.Errors()
    try:
        places = targets(output.targets)
        bench = prepare(options)
        conditions = _conditions(gate, bench.config)
        source = source_of(gate.baseline, bench.config.gate, options.path, conditions)
        inventory = collected(options, bench.config, errors)
        report = bench.judged(inventory, errors)
        root = None if options.inventory else options.path
        earlier = compared(report, source, root, _Revision(options, bench, inventory, report, errors))
        report["gate"] = evaluate(report, conditions, earlier, internal_error=bool(errors.seen))
        _write_all(report, places, output)
        if root and (output.history or bench.config.history):
            history.append(root, history.run_of(report))
    except EXPECTED_ERRORS as error:
        return complain(error)
    for crash in errors.seen:
        _internal(crash, output.debug)
    return int(report["gate"]["exit_code"])


@dataclass(frozen=True)
class Bench:
    """What judges in one run: the config, the rules, and those of them that take part."""

    config: Config
    pack: RulePack
    rules: Sequence[Rule]

    def judged(self, inventory: Inventory, errors: spine.Errors) -> Report:
        """The report on an inventory, without a gate."""
        return spine.judged(inventory, self.pack, self.rules, errors, say, self.config)


def prepare(options: AuditOptions) -> Bench:
    """Read the config and the rules, and hold the one against the other. Raises what ``EXPECTED_ERRORS`` lists."""
    config, pack = _config(options), load_rules(options.rules)
    checked = replace(
        config,
        waivers=tuple(with_rules(config.waivers, pack, "waivers")),
        attestations=tuple(with_rules(config.attestations, pack, "attestations")),
    )
    return Bench(checked, pack, _selected(pack, options, checked))


@dataclass(frozen=True)
class _Revision:
    """The baseline that an earlier revision makes: by today's rules, config and plans, and the same evidence.

    A revision holds CDK code and not what ``cdk synth`` made of it; where that was read for ``report``, what changes by
    reading it is no change since the revision.
    """

    options: AuditOptions
    bench: Bench
    inventory: Inventory
    report: Report
    errors: spine.Errors

    def __call__(self, source: str) -> Baseline:
        if self.options.inventory:
            raise UsageError(f"--baseline {source} needs the repository; give its path instead of --from")
        config = self.bench.config
        before = list_revision(self.options.path, source.removeprefix(REVISION), config.ignore)
        baseline = baseline_of(self._report(before), source)
        now = _listing(self.options, config)
        code = now.without_assemblies()
        return baseline if code is now else read_alike(baseline, self._report(code), self.report)

    def _report(self, listing: Listing) -> Report:
        found = _read(listing, self.options, self.bench.config, self.errors)
        if self.options.evidence:
            found = with_account(found, _loaded(self.options.evidence))
        elif self.inventory.scan.account_read_at:
            found = with_account(found, self.inventory)
        return self.bench.judged(redacted(found) if self.options.redact else found, self.errors)


def _write_all(report: Report, places: Sequence[Target], output: Output) -> None:
    for target in places:
        write(report, target)
        if target.path:
            say(f"wrote {target.path}")
    if not any(target.path is None for target in places):
        show(report, verbosity=-1 if output.quiet else output.verbose, color=output.color)


def _conditions(gate: GateOptions, config: Config) -> Conditions:
    """The config's gate with the flags laid over it."""
    flags = {
        "fail_on": gate.fail_on,
        "fail_on_new": gate.fail_on_new,
        "fail_under": gate.fail_under,
        "min_pillar": list(gate.min_pillar) or None,
        "require": gate.require,
        "max_drop": gate.max_drop,
        "min_coverage": gate.min_coverage,
    }
    given = {key: value for key, value in flags.items() if value is not None}
    incomplete = gate.on_incomplete or config.gate.get("on_incomplete") or "fail"
    empty = gate.allow_empty or bool(config.gate.get("allow_empty"))
    return conditions_of({**config.gate, **given}, incomplete, empty)


def _config(options: AuditOptions) -> Config:
    if options.inventory:
        if options.config:
            return load_config(Path(), options.config)
        return parse_config(_loaded(options.inventory).settings, str(options.inventory))
    if not options.path.exists():
        raise UsageError(f"{options.path}: no such folder; give the path of a repository")
    if not options.path.is_dir():
        raise UsageError(f"{options.path} is a file; give the folder of a repository")
    return load_config(options.path, options.config)


def _selected(pack: RulePack, options: AuditOptions, config: Config) -> list[Rule]:
    for name in (*options.only, *options.skip, *config.rules):
        if pack.get(name) is None:
            raise UsageError(unknown_name("rule", name, [rule.id for rule in pack.rules]))
    off = [name for name, on in config.rules.items() if not on]
    only = {rule.id for name in options.only if (rule := pack.get(name))}
    skip = {rule.id for name in (*options.skip, *off) if (rule := pack.get(name))}
    return [r for r in pack.rules if (not only or r.id in only) and r.id not in skip]


def collected(options: AuditOptions, config: Config, errors: spine.Errors) -> Inventory:
    """The inventory that the options ask for. Raises what ``EXPECTED_ERRORS`` lists."""
    for flag, given in (("--plan", options.plans), ("--cdk-out", options.assemblies)):
        if options.inventory and given:
            raise UsageError(f"{flag} is read together with the repository; give its path instead of --from")
    if options.inventory:
        found = _loaded(options.inventory)
    else:
        found = _read(_listing(options, config), options, config, errors)
    if options.evidence:
        found = with_account(found, _loaded(options.evidence))
    if options.account:
        from prodworks_cli.account import read_account

        found = with_account(found, read_account(options.account, found, errors, say).inventory)
    return redacted(found) if options.redact else found


def _read(listing: Listing, options: AuditOptions, config: Config, errors: spine.Errors) -> Inventory:
    """What listed files hold, with the plans and state that the options name."""
    listing = replace(listing, plans=tuple(_plan(path, options.path) for path in options.plans))
    cache = user_cache() if options.cache else None
    found = spine.collect_listing(listing, config.settings(), errors, say, options.unit, cache)
    return with_states(found, options.path, options.states)


def _listing(options: AuditOptions, config: Config) -> Listing:
    try:
        return with_assemblies(list_tree(options.path, config.ignore), options.assemblies)
    except AssemblyError as error:
        raise UsageError(f"--cdk-out {error}") from error


def _plan(path: Path, root: Path) -> File:
    from prodworks_cli.sources.terraform.plan import PlanError, read_plan

    try:
        return read_plan(path, root)
    except PlanError as error:
        raise UsageError(f"--plan {error}") from error


def _loaded(path: Path) -> Inventory:
    return inventories.load(path.read_text(encoding="utf-8"))


def collect(options: AuditOptions, output: Path | None) -> int:
    """Write the inventory as JSON."""
    errors = spine.Errors()
    try:
        text = inventories.dump(collected(options, _config(options), errors))
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8")
    except EXPECTED_ERRORS as error:
        return complain(error)
    return INTERNAL if errors.seen else 0


def inventory(options: AuditOptions, form: str) -> int:
    """List the inventory as text lines or JSON."""
    if form == "json":
        return collect(options, None)
    if form != "text":
        return complain(UsageError(f"--format {form}: expected text or json"))
    from prodworks_cli.listing import lines

    errors = spine.Errors()
    try:
        found = collected(options, _config(options), errors)
    except EXPECTED_ERRORS as error:
        return complain(error)
    print("\n".join(lines(found)))
    return INTERNAL if errors.seen else 0


def report(file: Path, output: Output) -> int:
    """Render a stored report."""
    try:
        places = targets(output.targets)
        stored = check_report(file.read_text(encoding="utf-8"), str(file))
        _write_all(stored, places, output)
    except EXPECTED_ERRORS as error:
        return complain(error)
    return 0


def say(text: str) -> None:
    """One plain line of progress on stderr; nothing else is ever printed there while an audit goes well."""
    print(f"prodworks: {text}", file=sys.stderr, flush=True)


def complain(error: Exception) -> int:
    """Print what went wrong and what to do, in one line, and return the exit code."""
    named = isinstance(error, OSError) and error.filename
    text = f"{error.filename}: {error.strerror}" if named and isinstance(error, OSError) else str(error)
    print(f"error: {clean_line(text)}", file=sys.stderr)
    return USAGE


def _internal(error: Exception, debug: bool) -> None:
    print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
    if debug or os.environ.get("PRODWORKS_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
