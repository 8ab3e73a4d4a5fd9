"""Values of constructs that CloudFormation writes in a way of its own: ARNs, models, schedules, event patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.agents import memory_strategy
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.iam import statement, statements_in
from prodworks_cli.sources.cdk.settle import construct_of, reference, settled, target_arn
from prodworks_cli.sources.cdk.values import Construct, External, Made, node, unknown

Convert = Callable[[Node, Table], Node]
# The end of an ARN names the model wherever the account and the Region come from.
_NAMED_BY_ARN = re.compile(r":(?:foundation-model|inference-profile)/([^${}]+)$")
_UNITS = (("days", "day", 86400), ("hours", "hour", 3600), ("minutes", "minute", 60))


def _arn(value: Node, table: Table) -> Node:
    found = construct_of(value)
    return value if found is None else node(reference(found, "Arn"), value.location)


def _model(value: Node, table: Table) -> Node:
    """The id of a foundation model: a text, a member of the library's list of models, or a profile of one."""
    content: Any = value.content
    given = content.parts.get("arguments", ()) if isinstance(content, Construct) else ()
    if given:
        return _model(given[-1], table)
    if isinstance(content, Made) and content.symbol.endswith("InferenceProfile.fromConfig"):
        return _of_profile(content.properties, table)
    if isinstance(content, Made) and content.arguments and content.arguments[-1].text():
        return content.arguments[-1]
    if isinstance(content, Made) and content.arguments and isinstance(content.arguments[0].content, str):
        return content.arguments[0]
    if isinstance(content, External):
        owner, _, name = content.symbol.rpartition(".")
        return node(table.constants(owner).get(name) or Unknown(f"model {name}", present=True), value.location)
    named = _NAMED_BY_ARN.search(value.unknown.shape or "") if value.unknown else None
    return Node(named[1], value.location) if named else value


def _of_profile(given: Node, table: Table) -> Node:
    """The id of a profile that spreads the calls of a model over Regions."""
    area, model = settled(given["geoRegion"], table).text(), _model(given["model"], table)
    if area is None or model.text() is None:
        return unknown("an inference profile", given.location, present=True)
    return Node(f"{area}.{model.text()}", model.location)


def _inner(value: Node, table: Table) -> Node:
    content: Any = value.content
    return content.arguments[0] if isinstance(content, Made) and content.arguments else value


def _target(value: Node, table: Table) -> Node:
    return node({"Arn": target_arn(value)}, value.location)


def _guardrail(value: Node, table: Table) -> Node:
    """A guardrail as an agent names it, in the version that it has at the end."""
    found = construct_of(value)
    version: Any = "DRAFT"
    if found is None or found.version:
        version = Unknown("a version of the guardrail", present=True)
    named = reference(found, "GuardrailId") if found is not None else settled(value, table).content
    members = {"GuardrailIdentifier": node(named, value.location), "GuardrailVersion": node(version, value.location)}
    return node(members, value.location)


def _rate(value: Node, table: Table) -> Node:
    """A schedule as an expression."""
    content: Any = value.content
    name = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
    if name == "once":
        return Node("rate(0 minutes)", value.location)
    if name in ("expression", "rate") and content.arguments:
        given = settled(content.arguments[0], table)
        return given if name == "expression" else _in_words(given)
    return unknown("a schedule", value.location, present=True) if isinstance(content, Made) else value


def _in_words(seconds: Node) -> Node:
    amount = seconds.content
    if not isinstance(amount, int):
        return unknown("a schedule", seconds.location, present=True)
    many, one, size = next((u for u in _UNITS if amount % u[2] == 0), _UNITS[-1])
    count = amount // size
    return Node(f"rate({count} {one if count == 1 else many})", seconds.location)


def _pattern(value: Node, table: Table) -> Node:
    """An event pattern; what it matches keeps its spelling."""
    if not isinstance(value.content, Mapping):
        return value
    return node({"detail-type" if k == "detailType" else k: v for k, v in value.content.items()}, value.location)


def _days(value: Node, table: Table) -> Node:
    """A duration in days."""
    seconds = settled(value, table)
    return Node(seconds.content // 86400, value.location) if isinstance(seconds.content, int) else seconds


def _destination(value: Node, table: Table) -> Node:
    """Where access logs go: ``new LogGroupLogDestination(group)``."""
    return node(target_arn(value).content, value.location)


def _api(value: Node, table: Table) -> Node:
    """The API of a deployment; a REST API hands out its own deployment."""
    found = construct_of(value)
    return found.given["api"] if found is not None and found.given["api"].present else value


def _engine(value: Node, table: Table) -> Node:
    """The engine of a database: ``DatabaseClusterEngine.auroraPostgres({version})``."""
    content: Any = value.content
    symbol = content.symbol if isinstance(content, External | Made) else ""
    name = symbol.rpartition(".")[2].replace("_", "").lower()
    kind = next((k for part, k in (("postgres", "postgresql"), ("mysql", "mysql")) if part in name), None)
    if kind is None:
        return unknown("the engine of a database", value.location, present=True)
    return Node(f"aurora-{kind}" if "aurora" in name else "postgres" if kind == "postgresql" else kind, value.location)


def _document(value: Node, table: Table) -> Node:
    """A policy document."""
    content: Any = value.content
    if not isinstance(content, Made):
        return value
    listed = content.properties["statements"]
    made = node(tuple(statement(s, table) for s in statements_in(value)), value.location)
    return node({"Statement": listed if listed.unknown else made}, value.location)


def _policy_of_statements(value: Node, table: Table) -> Node:
    if value.unknown:
        return value
    return node({"Statement": node(tuple(statement(s, table) for s in value.items()), value.location)}, value.location)


def _filter(value: Node, table: Table) -> Node:
    """A pattern of log events."""
    content: Any = value.content
    kind = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
    first = content.arguments[0].text() if kind and content.arguments else None
    if kind == "literal" and first is not None:
        return Node(first, value.location)
    if kind == "allEvents":
        return Node("", value.location)
    if kind == "exists" and first is not None:
        return Node(f'{{ {first} = "*" }}', value.location)
    return unknown("a filter pattern", value.location, present=True) if kind else value


CONVERTERS: Mapping[str, Convert] = {
    "filter": _filter,
    "destination": _destination,
    "api": _api,
    "engine": _engine,
    "document": _document,
    "statements": _policy_of_statements,
    "arn": _arn,
    "model": _model,
    "inner": _inner,
    "target": _target,
    "guardrail": _guardrail,
    "rate": _rate,
    "pattern": _pattern,
    "days": _days,
    "strategy": memory_strategy,
}
