"""Entries as the account shows them: which engine a record is about."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.resources.adapter import Observed, Record
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.entries_balancer import observed_listener
from prodworks_cli.resources.entries_graph import observed_graph
from prodworks_cli.resources.entries_http import observed_route, observed_url
from prodworks_cli.resources.entries_rest import observed_method
from prodworks_cli.schema import Draft

_READ: tuple[tuple[str, Observed], ...] = (
    ("apigateway:GetMethod", observed_method),
    ("apigatewayv2:GetRoute", observed_route),
    ("elbv2:DescribeListeners", observed_listener),
    ("appsync:GetGraphqlApi", observed_graph),
)


def _observed(record: Record) -> Draft:
    """The engine whose description the collector read."""
    adapters = (adapter for operation, adapter in _READ if record.answers[operation].present)
    return next(adapters, observed_url)(record)


API: Mapping[str, Observed] = {Entry.KIND: _observed}
