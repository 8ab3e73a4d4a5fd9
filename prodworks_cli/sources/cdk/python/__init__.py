"""Python as programs."""

from __future__ import annotations

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.python.expressions import EXPRESSIONS
from prodworks_cli.sources.cdk.python.statements import STATEMENTS
from prodworks_cli.sources.cdk.syntax import Converter, converted


def module(path: str, data: bytes) -> p.Module:
    """One file."""
    return converted(path, "python", data, Converter(path, EXPRESSIONS, STATEMENTS))
