"""What a command tells while it runs, and how it complains: errors that the caller can mend, and their exit codes."""

from __future__ import annotations

import os
import sys
import traceback

from prodworks_cli.audit import ClockError
from prodworks_cli.baseline import BaselineError
from prodworks_cli.config import ConfigError
from prodworks_cli.gate import GateError
from prodworks_cli.inventory import InventoryError
from prodworks_cli.local import LocalError
from prodworks_cli.output import OutputError
from prodworks_cli.render.text import clean_line
from prodworks_cli.rules import RuleError
from prodworks_cli.sources.account.session import AccountError
from prodworks_cli.sources.revision import RevisionError
from prodworks_cli.sources.states import StateError
from prodworks_cli.units import UnitError

USAGE, INTERNAL = 2, 70


class UsageError(ValueError):
    """Something the caller must mend: the message says what happened and what to do."""


EXPECTED_ERRORS = (
    UsageError,
    ClockError,
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


def say(text: str) -> None:
    """One plain line of progress on stderr; nothing else is ever printed there while an audit goes well."""
    print(f"prodworks: {text}", file=sys.stderr, flush=True)


def complain(error: Exception) -> int:
    """Print what went wrong and what to do, in one line, and return the exit code."""
    named = isinstance(error, OSError) and error.filename
    text = f"{error.filename}: {error.strerror}" if named and isinstance(error, OSError) else str(error)
    print(f"error: {clean_line(text)}", file=sys.stderr)
    return USAGE


def show_crash(error: Exception, debug: bool) -> None:
    """Print an internal error, with its traceback when somebody looks for the cause."""
    print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
    if debug or os.environ.get("PRODWORKS_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
