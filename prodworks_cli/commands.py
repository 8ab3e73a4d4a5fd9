"""What the commands do: read options and config, run the spine, write reports, choose the exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prodworks_cli import audit as spine
from prodworks_cli import inventory as inventories
from prodworks_cli.account import AccountOptions, read_account
from prodworks_cli.collect import with_account
from prodworks_cli.config import Config, ConfigError, load_config
from prodworks_cli.gate import Conditions, GateError, conditions_of, evaluate
from prodworks_cli.inventory import InventoryError
from prodworks_cli.model import Inventory
from prodworks_cli.output import OutputError, Target, check_report, show, targets, write
from prodworks_cli.redact import redacted
from prodworks_cli.report import Report
from prodworks_cli.rules import Rule, RuleError, RulePack, load_rules
from prodworks_cli.sources.account.session import AccountError

USAGE, INTERNAL = 2, 70


class UsageError(ValueError):
    """Something the caller must mend: the message says what happened and what to do."""


@dataclass(frozen=True)
class AuditOptions:
    """What to audit and by which rules."""

    path: Path
    inventory: Path | None
    evidence: Path | None
    config: Path | None
    rules: Sequence[Path]
    only: Sequence[str]
    skip: Sequence[str]
    account: AccountOptions | None = None
    redact: bool = False


@dataclass(frozen=True)
class GateOptions:
    """The gate's flags; they win over the config."""

    fail_on: str | None
    fail_under: int | None
    min_pillar: Sequence[str]
    require: str | None
    min_coverage: int | None
    on_incomplete: str
    allow_empty: bool


@dataclass(frozen=True)
class Output:
    """Where reports go and how the terminal shows them."""

    targets: Sequence[str]
    verbose: int
    quiet: bool
    color: str
    debug: bool


EXPECTED_ERRORS = (
    UsageError,
    spine.ClockError,
    ConfigError,
    RuleError,
    InventoryError,
    OutputError,
    GateError,
    AccountError,
    OSError,
)


def audit(options: AuditOptions, gate: GateOptions, output: Output) -> int:
    """Collect, judge, score and report. The exit code is that of ``prodworks audit --help``."""
    errors = spine.Errors()
    try:
        places = targets(output.targets)
        config = _config(options)
        conditions = _conditions(gate, config)
        pack = load_rules(options.rules)
        rules = _selected(pack, options)
        inventory = _inventory(options, config, errors)
        report = spine.judged(inventory, pack, rules, errors, _say)
        report["gate"] = evaluate(report, conditions, internal_error=bool(errors.seen))
        _write_all(report, places, output)
    except EXPECTED_ERRORS as error:
        return _complain(error)
    for crash in errors.seen:
        _internal(crash, output.debug)
    return int(report["gate"]["exit_code"])


def _write_all(report: Report, places: Sequence[Target], output: Output) -> None:
    for target in places:
        write(report, target)
        if target.path:
            _say(f"wrote {target.path}")
    if not any(target.path is None for target in places):
        show(report, verbosity=-1 if output.quiet else output.verbose, color=output.color)


def _conditions(gate: GateOptions, config: Config) -> Conditions:
    """The config's gate with the flags laid over it."""
    flags = {
        "fail_on": gate.fail_on,
        "fail_under": gate.fail_under,
        "min_pillar": list(gate.min_pillar) or None,
        "require": gate.require,
        "min_coverage": gate.min_coverage,
    }
    given = {key: value for key, value in flags.items() if value is not None}
    return conditions_of({**config.gate, **given}, gate.on_incomplete, gate.allow_empty)


def _config(options: AuditOptions) -> Config:
    if options.inventory:
        return Config() if options.config is None else load_config(Path(), options.config)
    if not options.path.exists():
        raise UsageError(f"{options.path}: no such folder; give the path of a repository")
    if not options.path.is_dir():
        raise UsageError(f"{options.path} is a file; give the folder of a repository")
    return load_config(options.path, options.config)


def _selected(pack: RulePack, options: AuditOptions) -> list[Rule]:
    for name in (*options.only, *options.skip):
        if pack.get(name) is None:
            raise UsageError(f"no rule is called {name}; prodworks rules list shows all")
    only = {rule.id for name in options.only if (rule := pack.get(name))}
    skip = {rule.id for name in options.skip if (rule := pack.get(name))}
    return [r for r in pack.rules if (not only or r.id in only) and r.id not in skip]


def _inventory(options: AuditOptions, config: Config, errors: spine.Errors) -> Inventory:
    if options.inventory:
        found = inventories.load(options.inventory.read_text(encoding="utf-8"))
    else:
        found = spine.collect(options.path, config.ignore, config.settings(), errors, _say)
    if options.evidence:
        found = with_account(found, inventories.load(options.evidence.read_text(encoding="utf-8")))
    if options.account:
        found = with_account(found, read_account(options.account, found, errors, _say).inventory)
    return redacted(found) if options.redact else found


def collect(options: AuditOptions, output: Path | None) -> int:
    """Write the inventory as JSON."""
    errors = spine.Errors()
    try:
        text = inventories.dump(_inventory(options, _config(options), errors))
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8")
    except EXPECTED_ERRORS as error:
        return _complain(error)
    return INTERNAL if errors.seen else 0


def inventory(options: AuditOptions, form: str) -> int:
    """List the inventory as text lines or JSON."""
    if form == "json":
        return collect(options, None)
    if form != "text":
        return _complain(UsageError(f"--format {form}: expected text or json"))
    from prodworks_cli.listing import lines

    errors = spine.Errors()
    try:
        found = _inventory(options, _config(options), errors)
    except EXPECTED_ERRORS as error:
        return _complain(error)
    print("\n".join(lines(found)))
    return INTERNAL if errors.seen else 0


def report(file: Path, output: Output) -> int:
    """Render a stored report."""
    try:
        places = targets(output.targets)
        stored = check_report(file.read_text(encoding="utf-8"), str(file))
        _write_all(stored, places, output)
    except EXPECTED_ERRORS as error:
        return _complain(error)
    return 0


def _say(text: str) -> None:
    """One plain line of progress on stderr; nothing else is ever printed there while an audit goes well."""
    print(f"prodworks: {text}", file=sys.stderr, flush=True)


def _complain(error: Exception) -> int:
    named = isinstance(error, OSError) and error.filename
    text = f"{error.filename}: {error.strerror}" if named and isinstance(error, OSError) else str(error)
    print(f"error: {' '.join(text.split())}", file=sys.stderr)
    return USAGE


def _internal(error: Exception, debug: bool) -> None:
    print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
    if debug or os.environ.get("PRODWORKS_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
