"""What the workload measures of itself in code: the price of requests, the quality of answers, spans to CloudWatch."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Text


@dataclass(frozen=True)
class Measurement(Kind):
    """One place that measures.

    ``purpose`` is ``price`` (tokens become money), ``quality`` (an answer gets a score) or ``spans`` (an exporter of
    AWS sends spans to CloudWatch). ``form`` is ``code``, ``table`` (prices in configuration), ``query`` (a saved query
    or dashboard), or ``platform`` for what a service outside the repository works out. ``name`` is what was found.
    """

    KIND = "repo.measurement"

    purpose: Text
    form: Text
    name: Text
