"""Where reports go: ``-o FORMAT=PATH`` targets, the terminal, and reading a stored report back."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from prodworks_cli.render import RENDERERS
from prodworks_cli.report import SCHEMA_VERSION, Report

PLAIN_WIDTH = 160
ENDINGS = {
    ".html": "html",
    ".md": "markdown",
    ".json": "json",
    ".txt": "terminal",
    ".sarif": "sarif",
    ".xml": "junit",
    ".csv": "csv",
}
OTHER_NAMES = {"md": "markdown", "text": "terminal", "gitlab": "codequality"}


class OutputError(ValueError):
    """A target or a stored report that cannot be used."""


@dataclass(frozen=True)
class Target:
    """A format and the file it goes to; ``None`` is standard output."""

    form: str
    path: Path | None


def targets(texts: Sequence[str]) -> list[Target]:
    """Parse ``FORMAT=PATH`` texts; a bare path is understood by its ending. Raises :class:`OutputError`."""
    found = [_target(text) for text in texts]
    if sum(target.path is None for target in found) > 1:
        raise OutputError("only one report can go to standard output")
    return found


def _target(text: str) -> Target:
    form, sign, path = text.partition("=")
    if not sign:
        form, path = ENDINGS.get(Path(text).suffix, ""), text
    form = OTHER_NAMES.get(form, form)
    if form not in RENDERERS or not path:
        raise OutputError(f"-o {text}: expected FORMAT=PATH with a format of {', '.join(RENDERERS)}")
    return Target(form, None if path == "-" else Path(path))


def write(report: Report, target: Target) -> None:
    """Render to a target. Raises ``OSError`` when the file cannot be written."""
    pieces = _pieces(report, target.form)
    if target.path is None:
        sys.stdout.writelines(pieces)
    else:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        with target.path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)


def _pieces(report: Report, form: str) -> Iterable[str]:
    if form != "json":
        return (RENDERERS[form](report),)
    from prodworks_cli.render.json_ import pieces

    return pieces(report)


def show(report: Report, *, verbosity: int, color: str) -> None:
    """Print the terminal report: in colour and at the window's width on a terminal, plain and wide elsewhere."""
    from prodworks_cli.render.terminal import render

    tty = sys.stdout.isatty()
    colored = color == "always" or (color == "auto" and tty and not os.environ.get("NO_COLOR"))
    encoding = (sys.stdout.encoding or "ascii").lower()
    text = render(
        report,
        width=shutil.get_terminal_size().columns if tty else int(os.environ.get("COLUMNS") or PLAIN_WIDTH),
        color=colored,
        verbosity=verbosity,
        unicode="utf" in encoding,
    )
    sys.stdout.write(text)


def check_report(text: str, where: str) -> Report:
    """A stored report, checked against the published schema. Raises :class:`OutputError`."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads((Path(__file__).parent / "schemas" / "report.schema.json").read_text(encoding="utf-8"))
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutputError(f"{where}: not JSON: {error}") from error
    mismatch = best_match(Draft202012Validator(schema).iter_errors(data))
    if mismatch:
        place = ".".join(map(str, mismatch.absolute_path)) or "the document"
        raise OutputError(f"{where}: no prodworks report of schema {SCHEMA_VERSION}: {place}: {mismatch.message[:200]}")
    return cast(Report, data)
