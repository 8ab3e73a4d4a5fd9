"""Evaluation suites."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Number, Text, Texts


@dataclass(frozen=True)
class Evaluation(Kind):
    """An evaluation, red-team or load-test suite kept with the code."""

    KIND = "repo.evaluation"

    type: Text
    framework: Text
    path: Text
    cases: Number
    threshold: Text
    covers: Texts
