"""Evaluation suites."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Number, Text, Texts


@dataclass(frozen=True)
class Evaluation(Kind):
    """An evaluation, red-team or load-test suite kept with the code.

    ``framework`` is a library, a ``dataset`` of cases, or what is written without one: a ``model judge`` that grades
    answers, or ``own code`` that compares them with what was expected.
    """

    KIND = "repo.evaluation"

    type: Text
    framework: Text
    path: Text
    cases: Number
    threshold: Text
    covers: Texts
    attacks: Flag
