"""What ``iam-policy`` and ``doctor`` do."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from prodworks_cli.account import AccountError, AccountOptions, read_account
from prodworks_cli.audit import Errors, collect
from prodworks_cli.config import ConfigError, load_config
from prodworks_cli.doctor import diagnose, lines, plain
from prodworks_cli.needs import rules_by_action
from prodworks_cli.policy import POLICY_FORMATS, policy_text
from prodworks_cli.resources.registry import collectors, kinds, reads
from prodworks_cli.rules import RuleError, load_rules
from prodworks_cli.sources.states import StateError, with_states

USAGE, INTERNAL = 2, 70


def iam_policy(form: str) -> int:
    """Print the least-privilege policy."""
    if form not in POLICY_FORMATS:
        return _complain(f"--format {form}: expected {', '.join(POLICY_FORMATS)}")
    sys.stdout.write(policy_text(reads(), form))
    return 0


def doctor(path: Path, options: AccountOptions, form: str, states: Sequence[Path] = ()) -> int:
    """Try everything that an audit would read, and say what does not work. 1 when something does not."""
    if form not in ("text", "json"):
        return _complain(f"--format {form}: expected text or json")
    errors = Errors()
    try:
        config = load_config(path)
        declared = with_states(collect(path, config.ignore, config.settings(), errors, _say), path, states)
        reading = read_account(options, declared, errors, _say)
        rules = rules_by_action(load_rules().rules, collectors(), kinds())
    except (AccountError, ConfigError, RuleError, StateError, OSError) as error:
        return _complain(str(error))
    diagnosis = diagnose(reading, reads(), rules)
    print(json.dumps(plain(diagnosis), indent=2) if form == "json" else "\n".join(lines(diagnosis)))
    for crash in errors.seen:
        _say(f"internal error: {type(crash).__name__}: {crash}")
    return INTERNAL if errors.seen else 0 if diagnosis.healthy else 1


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _complain(message: str) -> int:
    _say(f"error: {message}")
    return USAGE
