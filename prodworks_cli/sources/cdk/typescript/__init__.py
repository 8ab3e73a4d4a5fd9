"""TypeScript and JavaScript as programs."""

from __future__ import annotations

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Converter, converted
from prodworks_cli.sources.cdk.typescript.expressions import EXPRESSIONS
from prodworks_cli.sources.cdk.typescript.statements import STATEMENTS


def module(path: str, data: bytes) -> p.Module:
    """One file."""
    return converted(path, "typescript", data, Converter(path, EXPRESSIONS, STATEMENTS))
