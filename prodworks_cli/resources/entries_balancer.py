"""Listeners of load balancers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node, blocks_in
from prodworks_cli.resources.adapter import Declared, Record, declared, observed, own, truth
from prodworks_cli.resources.entries import (
    UNIT,
    Entry,
    declared_acl,
    function_in,
    has_rate_rule,
    join_name,
    named_block,
)
from prodworks_cli.resources.entries_limits import balancer_logged, balancer_waits, observed_balancer
from prodworks_cli.schema import Draft, Drafted

_ACTIONS = {"authenticate-oidc": "oidc", "authenticate-cognito": "cognito", "jwt-validation": "jwt"}
_BEHIND = Unknown("the application behind the load balancer may authenticate")
_LISTENERS = ("aws_lb_listener", "aws_alb_listener", "AWS::ElasticLoadBalancingV2::Listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule")
_SERVICES = ("aws_ecs_service", "AWS::ECS::Service")
_ATTACHMENTS = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")
_GROUPS = ("aws_security_group", "AWS::EC2::SecurityGroup")
_ANYWHERE = ("0.0.0.0/0", "::/0")


def _listener(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    balancer = named_block(body.first_of("load_balancer_arn", "LoadBalancerArn"), declarations)
    actions = list(_actions(block, declarations))
    acl, rate_rule = declared_acl([balancer.address] if balancer else [], declarations)
    return declared(
        Entry,
        block,
        join_name(body, balancer.body.first_of("name", "Name"), body.first_of("port", "Port")) if balancer else (),
        engine="alb",
        name=Unknown("a listener has no name", present=True),
        public=_public(balancer, declarations),
        authentication=_authentication(actions),
        throttled=False,
        web_acl=acl,
        waf_rate_rule=rate_rule,
        access_logs=balancer_logged(balancer),
        timeout_seconds=balancer_waits(balancer),
        target=_target(actions, declarations),
        leads_to_model=None,
    )


def _actions(listener: Block, declarations: Declarations) -> Iterator[Node]:
    """The default actions and those of the rules."""
    yield from listener.body.first_of("default_action", "DefaultActions").items()
    for rule in declarations.of_type(*_RULES):
        if listener.address in blocks_in([rule.body.first_of("listener_arn", "ListenerArn").content]):
            yield from rule.body.first_of("action", "Actions").items()


def _authentication(actions: list[Node]) -> Drafted:
    kinds = [action.first_of("type", "Type").text() for action in actions]
    return next((_ACTIONS[k] for k in kinds if k in _ACTIONS), _BEHIND)


def _public(balancer: Block | None, declarations: Declarations) -> bool | Unknown:
    """A balancer faces the internet unless it is internal; its security groups may let in only some."""
    if balancer is None:
        return Unknown("the load balancer is declared elsewhere", present=True)
    inside, scheme = balancer.body["internal"], balancer.body["Scheme"]
    unread = inside.unknown or scheme.unknown
    if unread or truth(inside) is True or scheme.text() == "internal":
        return unread or False
    return _open(balancer, declarations)


def _open(balancer: Block, declarations: Declarations) -> bool | Unknown:
    names = balancer.body.first_of("security_groups", "SecurityGroups")
    groups = [b for n in names.items() if (b := named_block(n, declarations)) is not None and b.type in _GROUPS]
    if not groups or len(groups) < len(names.items()):
        return True
    limited = Unknown("the security groups limit who may reach the load balancer", present=True)
    return True if any(_lets_all_in(g, declarations) for g in groups) else limited


_INGRESS = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "AWS::EC2::SecurityGroupIngress")


def _lets_all_in(group: Block, declarations: Declarations) -> bool:
    beside = [b.body for b in declarations.of_type(*_INGRESS) if _about(b.body, group)]
    rules = [*group.body.first_of("ingress", "SecurityGroupIngress").items(), *beside]
    return any(_is_anywhere(rule) for rule in rules)


def _about(rule: Node, group: Block) -> bool:
    named = rule.first_of("security_group_id", "GroupId")
    return group.address in blocks_in([named.content]) and rule["type"].text() != "egress"


def _is_anywhere(rule: Node) -> bool:
    cidrs = [rule[k] for k in ("cidr_ipv4", "cidr_ipv6", "CidrIp", "CidrIpv6")]
    cidrs += [*rule["cidr_blocks"].items(), *rule["ipv6_cidr_blocks"].items()]
    return bool(rule.unknown) or any(c.unknown or c.text() in _ANYWHERE for c in cidrs)


def _target(actions: list[Node], declarations: Declarations) -> Drafted:
    """What the target groups of the actions send requests to; an action that redirects or refuses reaches nothing."""
    groups = [group for action in actions for group in _groups_of(action)]
    if not groups:
        return None
    addresses = blocks_in(g.content for g in groups)
    found = next((t for a in addresses for t in _behind(a, declarations)), None)
    return found or Unknown("what the target group reaches is not resolved", present=True)


def _groups_of(action: Node) -> Iterator[Node]:
    direct = action.first_of("target_group_arn", "TargetGroupArn")
    if direct.present:
        yield direct
    forwards = action.at("forward", "target_group").items(), action.at("ForwardConfig", "TargetGroups").items()
    for target in (t for listed in forwards for t in listed):
        yield target.first_of("arn", "TargetGroupArn")


def _behind(group: str, declarations: Declarations) -> Iterator[Drafted]:
    for service in declarations.of_type(*_SERVICES):
        entries = service.body.first_of("load_balancer", "LoadBalancers").items()
        if group in blocks_in(e.first_of("target_group_arn", "TargetGroupArn").content for e in entries):
            task = service.body.first_of("task_definition", "TaskDefinition")
            names = (*blocks_in([task.content]), *([task.text()] if task.text() else []))
            yield from (Ref(UNIT, _family(name)) for name in names[:1] if name)
    block = declarations.named(group)
    own_targets = [t["Id"] for t in block.body["Targets"].items()] if block else []
    attached = [a.body for a in declarations.of_type(*_ATTACHMENTS)]
    own_targets += [a["target_id"] for a in attached if group in blocks_in([a["target_group_arn"].content])]
    found = (function_in(t, declarations) for t in own_targets)
    yield from (t for t in found if isinstance(t, Ref))


def _family(name: str) -> str:
    """A task definition is named by its address, its ARN, or family and revision."""
    return name if name.startswith("arn:") else name.partition(":")[0]


def observed_listener(record: Record) -> Draft:
    """A listener with its load balancer and the web ACL of that."""
    listener = own(record, "elbv2:DescribeListeners", "Listeners")
    balancer = own(record, "elbv2:DescribeLoadBalancers", "LoadBalancers")
    acl = record.answer("wafv2:GetWebACLForResource")["WebACL"]
    actions = [*listener["DefaultActions"].items()]
    forwards = [g for action in actions for g in _groups_of(action)]
    rules = record.answer("elbv2:DescribeRules")["Rules"]
    actions += [a for rule in rules.items() for a in rule["Actions"].items()] if not rules.unknown else []
    logged, waits = observed_balancer(record.answer("elbv2:DescribeLoadBalancerAttributes")["Attributes"])
    return observed(
        Entry,
        record,
        join_name(listener, balancer["LoadBalancerName"], listener["Port"]),
        engine="alb",
        name=balancer["LoadBalancerName"],
        public=balancer["Scheme"].map(lambda scheme: scheme == "internet-facing"),
        authentication=listener.unknown or _authentication(actions),
        throttled=False,
        web_acl=acl["ARN"],
        waf_rate_rule=acl.unknown or has_rate_rule(acl["Rules"], acl.at("DefaultAction", "Block")),
        access_logs=logged,
        timeout_seconds=waits,
        target=listener.unknown or (_observed_target(record, forwards) if forwards else None),
        leads_to_model=None,
    )


def _observed_target(record: Record, groups: list[Node]) -> Drafted:
    """The function or the service behind one of the target groups."""
    wanted = {group.text() for group in groups}
    health = record.answer("elbv2:DescribeTargetHealth")
    for target in (t for answer in health.items() for t in answer["TargetHealthDescriptions"].items()):
        if ":function:" in (target.at("Target", "Id").text() or ""):
            return function_in(target.at("Target", "Id"), Declarations(()))
    services = [s for answer in record.answer("ecs:DescribeServices").items() for s in answer["services"].items()]
    for service in services:
        if wanted & {entry["targetGroupArn"].text() for entry in service["loadBalancers"].items()}:
            name = service["taskDefinition"].text() or ""
            return Ref(UNIT, _family(name.rpartition("/")[2]))
    parts = (*health.items(), *record.answer("ecs:DescribeServices").items(), *services)
    return next((p.unknown for p in parts if p.unknown), None) or _BEHIND_GROUP


_BEHIND_GROUP = Unknown("what the target group reaches is not resolved", present=True)


TERRAFORM: Mapping[str, Declared] = dict.fromkeys(_LISTENERS[:2], _listener)
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::ElasticLoadBalancingV2::Listener": _listener}
