"""How load balancers and GraphQL APIs are read from the account, with what stands behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed
from prodworks_cli.resources.entries import Entry

_BALANCERS = Read("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers")
_ATTRIBUTES = Read("elbv2", "DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancerAttributes")
_LISTENERS = Read("elbv2", "DescribeListeners", "elasticloadbalancing:DescribeListeners")
_RULES = Read("elbv2", "DescribeRules", "elasticloadbalancing:DescribeRules")
_GROUPS = Read("elbv2", "DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroups")
_HEALTH = Read("elbv2", "DescribeTargetHealth", "elasticloadbalancing:DescribeTargetHealth")
_CLUSTERS = Read("ecs", "ListClusters", "ecs:ListClusters")
_SERVICES = Read("ecs", "ListServices", "ecs:ListServices")
_SERVICE = Read("ecs", "DescribeServices", "ecs:DescribeServices")
_ACL = Read("wafv2", "GetWebACLForResource", "wafv2:GetWebACLForResource", frozenset({"WAFNonexistentItemException"}))
_GRAPHS = Read("appsync", "ListGraphqlApis", "appsync:ListGraphqlApis")
_SOURCES = Read("appsync", "ListDataSources", "appsync:ListDataSources")
_AT_ONCE = 10


def _listeners(reader: Reader) -> Iterator[Record]:
    for balancer in reader.found(_BALANCERS, "LoadBalancers"):
        arn = balancer["LoadBalancerArn"].text()
        if arn is not None and balancer["Type"].text() == "application":
            listed = reader.listing(_LISTENERS, "Listeners", arn, LoadBalancerArn=arn)
            front = {
                _BALANCERS: narrowed(_BALANCERS, "LoadBalancers", balancer, arn),
                _ATTRIBUTES: reader.get(_ATTRIBUTES, arn, LoadBalancerArn=arn),
                _ACL: reader.get(_ACL, arn, ResourceArn=arn),
                _HEALTH: _functions(reader, arn),
                _SERVICE: _services(reader, arn),
            }
            yield from (r for r in (_listener(reader, arn, e, front) for e in listed["Listeners"].items()) if r)
            if listed.unknown:
                yield reader.record(arn, {**front, _LISTENERS: listed, _RULES: listed})


def _listener(reader: Reader, balancer: str, listener: Node, front: dict[Read, Node]) -> Record | None:
    arn = listener["ListenerArn"].text()
    if arn is None:
        return reader.record(balancer, {**front, _LISTENERS: listener, _RULES: listener}) if listener.unknown else None
    rules = reader.listing(_RULES, "Rules", arn, ListenerArn=arn)
    return reader.record(arn, {**front, _LISTENERS: narrowed(_LISTENERS, "Listeners", listener, arn), _RULES: rules})


def _functions(reader: Reader, arn: str) -> Node:
    """The targets of the groups that send requests to a function."""
    groups = reader.listing(_GROUPS, "TargetGroups", arn, LoadBalancerArn=arn)
    names = [g["TargetGroupArn"].text() for g in groups["TargetGroups"].items() if g["TargetType"].text() == "lambda"]
    answers = [reader.get(_HEALTH, arn, TargetGroupArn=name) for name in names if name]
    unread = [Node(groups.unknown, groups.location)] if groups.unknown else []
    return Node((*answers, *unread), Location(arn, None, _HEALTH.name))


def _services(reader: Reader, arn: str) -> Node:
    """All services of the Region, which name the groups that send them requests."""
    clusters = reader.listing(_CLUSTERS, "clusterArns", arn)
    answers: list[Node] = [Node(clusters.unknown, clusters.location)] if clusters.unknown else []
    for cluster in clusters["clusterArns"].items():
        name = cluster.text()
        listed = reader.listing(_SERVICES, "serviceArns", arn, cluster=name) if name else cluster
        names = [n for s in listed["serviceArns"].items() if (n := s.text())]
        answers += [Node(listed.unknown, listed.location)] if listed.unknown else []
        answers += [reader.get(_SERVICE, arn, cluster=name, services=some) for some in _in_parts(names)]
    return Node(tuple(answers), Location(arn, None, _SERVICE.name))


def _in_parts(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield list(names[start : start + _AT_ONCE])


def _sources(reader: Reader) -> Iterator[Record]:
    for api in reader.found(_GRAPHS, "graphqlApis"):
        name, arn = api["apiId"].text(), api["arn"].text()
        if name is None or arn is None:
            continue
        walled = api["wafWebAclArn"].present
        front = {
            "appsync:GetGraphqlApi": Node({"graphqlApi": api}, Location(arn, None, _GRAPHS.name)),
            _ACL: reader.get(_ACL, arn, ResourceArn=arn) if walled else Node({}, api.location),
        }
        listed = reader.listing(_SOURCES, "dataSources", arn, apiId=name)
        for source in (*listed["dataSources"].items(), *((listed,) if listed.unknown else ())):
            identity = source["dataSourceArn"].text() or f"{arn}/datasources"
            described = Node({"dataSource": source}, Location(identity, None, _SOURCES.name))
            if source.unknown or source["type"].text() in ("AWS_LAMBDA", "HTTP"):
                yield reader.record(identity, {**front, "appsync:GetDataSource": described})


_FAILED_CALL = re.compile(r"[\w-]+:[A-Z]\w+: ")


def may_be_ours(entry: Entry) -> bool | Unknown:
    """Whether it calls a model itself; or leads to something that could not be read, which may be of the workload."""
    if isinstance(entry.target, Unknown) and _FAILED_CALL.match(entry.target.reason):
        return entry.target
    return entry.leads_to_model is True


def target_of(entry: Entry) -> Iterable[Ref]:
    """An entry stands beside what it leads to."""
    return (entry.target,) if isinstance(entry.target, Ref) else ()


# Which entries belong to the workload is not known without the compute behind them.
UNITS = ("aws.compute.unit",)
_BALANCER = (_BALANCERS, _ATTRIBUTES, _LISTENERS, _RULES, _GROUPS, _HEALTH, _CLUSTERS, _SERVICES, _SERVICE, _ACL)
COLLECT = (
    Collector(Entry.KIND, _BALANCER, _listeners, root=may_be_ours, beside=target_of, sources=UNITS),
    Collector(Entry.KIND, (_GRAPHS, _SOURCES, _ACL), _sources, root=may_be_ours, beside=target_of, sources=UNITS),
)
