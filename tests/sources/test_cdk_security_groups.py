"""Whom load balancers of CDK code let in."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.files import tree_of
from tests.sources.test_cdk import HEAD, read, value
from tests.sources.test_cdk_constructs import MORE, made

BALANCER = "const lb = new elb.ApplicationLoadBalancer(this, 'LB', { vpc, internetFacing: true });"
VPC = "const vpc = ec2.Vpc.fromLookup(this, 'V', {});"


def let_in(block: Block) -> Any:
    return value(block, "SecurityGroupIngress")


def public(body: str) -> bool | Unknown:
    source = f"{HEAD}{MORE} const app = new cdk.App(); class S extends cdk.Stack {{ constructor(s, i) {{ super(s, i); {VPC} {body} }} }} new S(app, 'S');"
    found = collect_repository(tree_of({"bin/app.ts": source}), {}).resources
    (entry,) = (r.value for r in found if r.kind == "aws.api.entry")
    told: bool | Unknown = vars(entry)["public"]
    return told


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{BALANCER} lb.addListener('L', {{ port: 443 }});", True),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }});", None),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }}).connections.allowDefaultPortFromAnyIpv4('all');", True),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }}); lb.connections.allowFromAnyIpv4(ec2.Port.tcp(443));", True),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }}); lb.connections.allowFrom(ec2.Peer.prefixList('pl-1'), ec2.Port.tcp(443));", None),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }}); lb.connections.allowFrom(ec2.Peer.ipv4('10.0.0.0/8'), ec2.Port.tcp(443));", None),
        (f"{BALANCER} lb.addListener('L', {{ port: 443, open: false }}); lb.connections.allowFrom(ec2.Peer.anyIpv6(), ec2.Port.tcp(443));", True),
        ("new patterns.ApplicationLoadBalancedFargateService(this, 'W', { openListener: false });", None),
        ("new patterns.ApplicationLoadBalancedFargateService(this, 'W', {});", True),
        ("new patterns.ApplicationLoadBalancedFargateService(this, 'W', { publicLoadBalancer: false });", False),
        ("new elb.NetworkLoadBalancer(this, 'N', { vpc, internetFacing: true }).addListener('L', { port: 443 });", True),
        ("const g = new ec2.SecurityGroup(this, 'G', { vpc }); new elb.ApplicationLoadBalancer(this, 'LB', { vpc, internetFacing: true, securityGroup: g }).addListener('L', { port: 443, open: false });", None),
        ("const g = new ec2.SecurityGroup(this, 'G', { vpc }); g.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443)); new elb.ApplicationLoadBalancer(this, 'LB', { vpc, internetFacing: true, securityGroup: g }).addListener('L', { port: 443, open: false });", True),
    ],
)  # fmt: skip
def test_whether_a_listener_is_public(body: str, expected: bool | None) -> None:
    found = public(body)
    assert (None if isinstance(found, Unknown) else found) is expected


def test_groups_and_their_rules() -> None:
    found = made(
        f"{VPC} {BALANCER} lb.addListener('L', {{ port: 443 }}); const fn = new ec2.SecurityGroup(this, 'Fn', {{ vpc }});"
        " lb.connections.allowFrom(fn, ec2.Port.tcp(80)); lb.connections.allowFrom(other(), ec2.Port.tcp(80));"
    )
    assert found["LB"].body["SecurityGroups"].items()[0].content == Reference(
        "bin/app.ts#S/LB/SecurityGroup", "GroupId"
    )
    everybody, group, odd = found["LB/SecurityGroup"].body["SecurityGroupIngress"].items()
    assert everybody.plain() == {"CidrIp": "0.0.0.0/0"}
    assert group["SourceSecurityGroupId"].content == Reference("bin/app.ts#S/Fn", "GroupId")
    assert odd["SourceSecurityGroupId"].unknown
    assert not found["Fn"].body["SecurityGroupIngress"].present


def test_python() -> None:
    source = """
from aws_cdk import App, Stack, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elb
app = App()
stack = Stack(app, "S")
group = ec2.SecurityGroup(stack, "G", vpc=vpc)
group.add_ingress_rule(peer=ec2.Peer.ipv4("10.0.0.0/8"), connection=ec2.Port.tcp(443))
lb = elb.ApplicationLoadBalancer(stack, "LB", internet_facing=True, security_group=group)
listener = lb.add_listener("L", port=443, open=False)
listener.connections.allow_default_port_from_any_ipv4("all")
"""
    blocks, _ = read({"app.py": source})
    assert let_in(blocks["S/G"]) == [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "0.0.0.0/0"}]
