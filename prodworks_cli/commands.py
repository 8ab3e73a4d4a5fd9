"""What the commands do: read options and config, run the spine, write reports, choose the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prodworks_cli import audit as spine
from prodworks_cli import history
from prodworks_cli import inventory as inventories
from prodworks_cli.baseline import Baseline, baseline_of, read_alike
from prodworks_cli.complaints import EXPECTED_ERRORS, INTERNAL, UsageError, complain, say, show_crash
from prodworks_cli.config import Config
from prodworks_cli.config_check import unknown_name
from prodworks_cli.earlier import REVISION, compared, source_of
from prodworks_cli.gate import Conditions, conditions_of, evaluate
from prodworks_cli.gathering import cache_of, collected, config_of, joined, listing_of, loaded, read
from prodworks_cli.model import Inventory
from prodworks_cli.options import AuditOptions, GateOptions, Output
from prodworks_cli.output import Target, check_report, show, targets, write
from prodworks_cli.redact import redacted
from prodworks_cli.report import Report
from prodworks_cli.rules import Rule, RulePack, load_rules
from prodworks_cli.sources.listings import Listing
from prodworks_cli.sources.revision import list_revision
from prodworks_cli.waivers import with_rules


def audit(options: AuditOptions, gate: GateOptions, output: Output) -> int:
    """Collect, judge, score and report. The exit code is that of ``prodworks audit --help``."""
    errors = spine.Errors()
    try:
        places = targets(output.targets)
        bench = prepare(options)
        conditions = _conditions(gate, bench.config)
        source = source_of(gate.baseline, bench.config.gate, options.path, conditions)
        inventory = collected(options, bench.config, errors)
        bench.pack.leave(cache_of(options))
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
        show_crash(crash, output.debug)
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
    config, pack = config_of(options), load_rules(options.rules, cache=cache_of(options))
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
        now = listing_of(self.options, config)
        code = now.without_assemblies()
        return baseline if code is now else read_alike(baseline, self._report(code), self.report)

    def _report(self, listing: Listing) -> Report:
        found = read(listing, self.options, self.bench.config, self.errors)
        if self.options.evidence:
            found = joined(found, loaded(self.options.evidence))
        elif self.inventory.scan.account_read_at:
            found = joined(found, self.inventory)
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


def _selected(pack: RulePack, options: AuditOptions, config: Config) -> list[Rule]:
    for name in (*options.only, *options.skip, *config.rules):
        if pack.get(name) is None:
            raise UsageError(unknown_name("rule", name, [rule.id for rule in pack.rules]))
    off = [name for name, on in config.rules.items() if not on]
    only = {rule.id for name in options.only if (rule := pack.get(name))}
    skip = {rule.id for name in (*options.skip, *off) if (rule := pack.get(name))}
    return [r for r in pack.rules if (not only or r.id in only) and r.id not in skip]


def collect(options: AuditOptions, output: Path | None) -> int:
    """Write the inventory as JSON."""
    errors = spine.Errors()
    try:
        text = inventories.dump(collected(options, config_of(options), errors))
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
        found = collected(options, config_of(options), errors)
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
