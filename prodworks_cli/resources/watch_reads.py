"""How dashboards, event rules and canaries are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.canaries import Canary
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed
from prodworks_cli.resources.dashboards import Dashboard
from prodworks_cli.resources.event_rules import EventRule

_DASHBOARDS = Read("cloudwatch", "ListDashboards", "cloudwatch:ListDashboards")
_DASHBOARD = Read("cloudwatch", "GetDashboard", "cloudwatch:GetDashboard")
_RULES = Read("events", "ListRules", "events:ListRules")
_TARGETS = Read("events", "ListTargetsByRule", "events:ListTargetsByRule")
_DETECTORS = Read("guardduty", "ListDetectors", "guardduty:ListDetectors")
_DETECTOR = Read("guardduty", "GetDetector", "guardduty:GetDetector")
_CANARIES = Read("synthetics", "DescribeCanaries", "synthetics:DescribeCanaries")
_LAST_RUNS = Read("synthetics", "DescribeCanariesLastRun", "synthetics:DescribeCanariesLastRun")


def _dashboards(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_DASHBOARDS, "DashboardEntries"), lambda entry: _dashboard(reader, entry))


def _dashboard(reader: Reader, entry: Node) -> Record | None:
    name, arn = entry["DashboardName"].text(), entry["DashboardArn"].text()
    if name is None:
        return None
    answer = reader.get(_DASHBOARD, arn or name, DashboardName=name)
    return reader.record(arn or name, {_DASHBOARD: answer})


def _about_models(dashboard: Dashboard) -> bool | Unknown:
    """Whether it shows models; a dashboard of another workload does not."""
    return dashboard.shows_models or False


def _rules(reader: Reader) -> Iterable[Record]:
    """The rules of the default bus, where AWS's own events arrive, that wait for events of a service."""
    rules = [r for r in reader.found(_RULES, "Rules") if "bedrock" in (r["EventPattern"].text() or "").lower()]
    yield from reader.each(rules, lambda rule: _rule(reader, rule))
    yield from reader.each(reader.found(_DETECTORS, "DetectorIds"), lambda detector: _detector(reader, detector))


def _rule(reader: Reader, rule: Node) -> Record | None:
    name, arn = rule["Name"].text(), rule["Arn"].text()
    if name is None or arn is None:
        return None
    targets = reader.listing(_TARGETS, "Targets", arn, Rule=name)
    return reader.record(arn, {_RULES: narrowed(_RULES, "Rules", rule, arn), _TARGETS: targets})


def _detector(reader: Reader, detector: Node) -> Record | None:
    name = detector.text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:guardduty:{reader.region}:{reader.account}:detector/{name}"
    return reader.record(arn, {_DETECTOR: reader.get(_DETECTOR, arn, DetectorId=name)})


def _watches(rule: EventRule) -> bool | Unknown:
    return rule.watches_safeguards or False


def _canaries(reader: Reader) -> Iterable[Record]:
    """The listing tells all of a canary but how its last run ended."""
    runs = reader.listing(_LAST_RUNS, "CanariesLastRun")
    for canary in reader.found(_CANARIES, "Canaries"):
        name = canary["Name"].text()
        if name is not None:
            arn = f"arn:{reader.partition}:synthetics:{reader.region}:{reader.account}:canary:{name}"
            last = runs if runs.unknown else _last_run(runs, name, arn)
            yield reader.record(arn, {_CANARIES: narrowed(_CANARIES, "Canaries", canary, arn), _LAST_RUNS: last})


def _last_run(runs: Node, name: str, arn: str) -> Node:
    nothing = Node({}, runs.location)
    own = (r for r in runs["CanariesLastRun"].items() if r["CanaryName"].text() == name)
    return narrowed(_LAST_RUNS, "CanariesLastRun", next(own, nothing), arn)


COLLECT = (
    Collector(Dashboard.KIND, (_DASHBOARDS, _DASHBOARD), _dashboards, root=_about_models),
    Collector(EventRule.KIND, (_RULES, _TARGETS, _DETECTORS, _DETECTOR), _rules, root=_watches),
    Collector(Canary.KIND, (_CANARIES, _LAST_RUNS), _canaries),
)
