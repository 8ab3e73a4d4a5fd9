"""Whom the security groups of CDK code let in: those of load balancers, which their listeners open to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.perhaps import add_property
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, Made, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

    Method = Callable[[Library, Evaluator, Construct, tuple[Node, ...], Location], Node]

GROUP = "aws-ec2.SecurityGroup"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_EVERYBODY = {"anyIpv4": ("CidrIp", "0.0.0.0/0"), "anyIpv6": ("CidrIpv6", "::/0")}
_RANGES = {"ipv4": "CidrIp", "ipv6": "CidrIpv6", "prefixList": "SourcePrefixListId"}


def guarded(library: Library, evaluator: Evaluator, balancer: Construct) -> None:
    """The security groups of a load balancer; an application load balancer that is given none makes one."""
    given, at = balancer.given, balancer.at
    groups = [g for name in ("securityGroup", "securityGroups") for g in given[name].items()]
    if not groups and balancer.symbol.endswith(".ApplicationLoadBalancer"):
        groups = [node(child(library, evaluator, balancer, GROUP, "SecurityGroup", {}, at), at)]
    if groups:
        balancer.parts.setdefault("set", {})["SecurityGroups"] = node(tuple(map(_id, groups)), at)
        balancer.parts["groups"] = [g for g in map(construct_of, groups) if g is not None]


def _id(group: Node) -> Node:
    found = construct_of(group)
    return node(reference(found, "GroupId"), group.location) if found is not None else group


def opened(library: Library, evaluator: Evaluator, listener: Construct) -> None:
    """A listener lets everybody reach its load balancer unless it is told otherwise."""
    given, at = listener.given["open"], listener.at
    if given.content is False:
        return
    everybody = unknown("whether the listener is open", at) if given.unknown else _rule("anyIpv4", at)
    _let_in(evaluator, listener, everybody)


def _rule(peer: str, at: Location) -> Node:
    key, value = _EVERYBODY[peer]
    return node({key: Node(value, at)}, at)


def _let_in(evaluator: Evaluator, of: Construct, rule: Node) -> None:
    for group in _groups(of):
        add_property(evaluator, group, "SecurityGroupIngress", rule)


def _groups(of: Construct) -> list[Construct]:
    """The security groups of a construct, or of the load balancer that a listener belongs to."""
    if of.symbol == GROUP:
        return [of]
    balancer = of if of.type == _BALANCER else construct_of(of.given["loadBalancer"])
    found: list[Construct] = balancer.parts.get("groups", []) if balancer is not None else []
    return found


def _allow(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``group.addIngressRule(peer, port)`` and ``connections.allowFrom(peer, port)``"""
    for given in arguments[:1]:
        # Python may name the argument.
        peer = given.first_of("peer", "other") if isinstance(given.content, dict) else given
        _let_in(evaluator, of, _peer(peer, at))
    return Node(None, at)


def _peer(peer: Node, at: Location) -> Node:
    content: Any = peer.content
    name = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
    if name in _EVERYBODY:
        return _rule(name, at)
    if name in _RANGES and content.arguments:
        return node({_RANGES[name]: content.arguments[0]}, at)
    other = construct_of(peer)
    source = node(reference(other, "GroupId"), at) if other else unknown("who is let in", at, present=True)
    return node({"SourceSecurityGroupId": source}, at)


def _allow_everybody(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``connections.allowFromAnyIpv4(port)``"""
    _let_in(evaluator, of, _rule("anyIpv4", at))
    return Node(None, at)


ALLOWING: Mapping[str, Method] = {
    "addIngressRule": _allow,
    "allowFrom": _allow,
    "allowDefaultPortFrom": _allow,
    "allowFromAnyIpv4": _allow_everybody,
    "allowDefaultPortFromAnyIpv4": _allow_everybody,
}
