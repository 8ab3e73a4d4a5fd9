"""What code adds on a condition that is not known is neither taken to be there nor to be missing."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.node import Block
from prodworks_cli.sources.cdk.perhaps import ON_A_CONDITION
from prodworks_cli.sources.files import tree_of
from tests.sources.test_cdk import HEAD, value
from tests.sources.test_cdk_constructs import made
from tests.sources.test_cdk_grants import statements

FUNCTION = "const fn = new lambda.Function(this, 'F');"
STATEMENT = "new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] })"
MAYBE = "if (process.env.X === '1')"


def only(kind: str, source: str) -> Any:
    """The one resource of a kind that an app declares."""
    start = f"{HEAD} const app = new cdk.App(); const s = new cdk.Stack(app, 'S');\n"
    found = collect_repository(tree_of({"bin/app.ts": start + source}), {}).resources
    (one,) = (r.value for r in found if r.kind == kind)
    return one


def seen(flag: bool | Unknown) -> bool | None:
    return None if isinstance(flag, Unknown) else flag


def effects(role: Block) -> list[object]:
    return [s["Effect"].content for s in statements(role)]


@pytest.mark.parametrize(
    "added",
    [
        f"fn.addToRolePolicy({STATEMENT});",
        f"fn.role.addToPrincipalPolicy({STATEMENT});",
        "new sns.Topic(this, 'T').grantPublish(fn);",
        "iam.Grant.addToPrincipal({ grantee: fn, actions: ['s3:GetObject'], resourceArns: ['*'] });",
        "bedrock.BedrockFoundationModel.AMAZON_NOVA_LITE_V1.grantInvoke(fn);",
        f"new lambda.Function(this, 'G', {{ role: fn.role, initialPolicy: [{STATEMENT}] }});",
    ],
)
def test_a_statement_that_is_perhaps_added_has_no_certain_effect(added: str) -> None:
    assert effects(made(f"{FUNCTION} {added}")["F/ServiceRole"]) == ["Allow"]
    role = made(f"{FUNCTION} {MAYBE} {{ {added} }}")["F/ServiceRole"]
    assert effects(role) == [ON_A_CONDITION]
    assert [s["Action"].present for s in statements(role)] == [True]


def test_within_the_condition_of_the_role_it_is_certain() -> None:
    for body in (
        f"{MAYBE} {{ {FUNCTION} fn.addToRolePolicy({STATEMENT}); }}",
        f"{MAYBE} {{ {FUNCTION} if (props.known) fn.addToRolePolicy({STATEMENT}); }}",
    ):
        assert effects(made(body, "{ known: true }")["F/ServiceRole"]) == ["Allow"]
    deeper = f"{MAYBE} {{ {FUNCTION} if (process.env.Y) fn.addToRolePolicy({STATEMENT}); }}"
    assert effects(made(deeper)["F/ServiceRole"]) == [ON_A_CONDITION]
    both = f"{FUNCTION} process.env.X ? fn.addToRolePolicy({STATEMENT}) : undefined; fn.addToRolePolicy({STATEMENT});"
    assert effects(made(both)["F/ServiceRole"]) == [ON_A_CONDITION, "Allow"]


@pytest.mark.parametrize(
    ("resources", "action", "scoped", "admin"),
    [("*", "bedrock:InvokeModel", None, False), ("*", "s3:GetObject", True, False), ("*", "*", None, None)],
)
def test_what_a_role_may_do_is_unknown_only_where_it_matters(
    resources: str, action: str, scoped: bool | None, admin: bool | None
) -> None:
    statement = f"new iam.PolicyStatement({{ actions: ['{action}'], resources: ['{resources}'] }})"
    role = only(
        "aws.iam.role", f"const fn = new lambda.Function(s, 'F'); {MAYBE} {{ fn.addToRolePolicy({statement}); }}"
    )
    assert (seen(role.model_access_scoped), seen(role.is_admin)) == (scoped, admin)


@pytest.mark.parametrize("added", ["bucket.grantPublicAccess();", "bucket.addToResourcePolicy(OPEN);"])
def test_a_bucket_that_is_perhaps_opened(added: str) -> None:
    opened = "new iam.PolicyStatement({ actions: ['s3:GetObject'], principals: [new iam.AnyPrincipal()] })"
    denied = "bucket.addToResourcePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:*'] }));"
    for condition, expected in (("", True), (MAYBE, None)):
        code = f"const bucket = new s3.Bucket(s, 'B'); {denied} {condition} {{ {added.replace('OPEN', opened)} }}"
        assert seen(only("aws.s3.bucket", code).is_public) is expected


@pytest.mark.parametrize(
    ("construct", "added", "path"),
    [
        ("new s3.CfnBucket(this, 'X')", "x.addPropertyOverride('ObjectLockEnabled', true);", ("ObjectLockEnabled",)),
        (
            "new s3.Bucket(this, 'X')",
            "x.node.defaultChild.addPropertyOverride('ObjectLockEnabled', true);",
            ("ObjectLockEnabled",),
        ),
        (
            "new s3.CfnBucket(this, 'X', { objectLockEnabled: true })",
            "x.addPropertyDeletionOverride('ObjectLockEnabled');",
            ("ObjectLockEnabled",),
        ),
        ("new s3.CfnBucket(this, 'X')", "x.objectLockEnabled = true;", ("ObjectLockEnabled",)),
        ("new lambda.Function(this, 'X')", "x.addEnvironment('A', 'b');", ("Environment", "Variables", "A")),
    ],
)
def test_a_property_that_is_perhaps_set_is_not_known(construct: str, added: str, path: tuple[str, ...]) -> None:
    start = f"const x = {construct};"
    certain = made(f"{start} {added}")["X"]
    assert value(certain, *path) in (True, None, "b")
    assert isinstance(value(made(f"{start} {MAYBE} {{ {added} }}")["X"], *path), Unknown)


@pytest.mark.parametrize(
    ("construct", "added", "path"),
    [
        ("new cw.Alarm(this, 'X')", "x.addAlarmAction(new SnsAction(new sns.Topic(this, 'T')));", ("AlarmActions",)),
        ("new events.Rule(this, 'X')", "x.addTarget(new targets.LambdaFunction(new lambda.Function(this, 'T')));", ("Targets",)),
        ("new elb.ApplicationLoadBalancer(this, 'X')", "x.logAccessLogs(new s3.Bucket(this, 'T'));", ("LoadBalancerAttributes",)),
        ("new bedrock.Guardrail(this, 'X', { name: 'x' })", "x.addContentFilter({ type: bedrock.ContentFilterType.PROMPT_ATTACK, inputStrength: bedrock.ContentFilterStrength.HIGH });", ("ContentPolicyConfig", "FiltersConfig")),
        ("new cw.Dashboard(this, 'X')", "x.addWidgets(new cw.GraphWidget({ left: [] }));", ("DashboardBody", "widgets")),
        ("new ecs.FargateTaskDefinition(this, 'X')", "x.addContainer('c', {});", ("ContainerDefinitions",)),
        ("new bedrock.Agent(this, 'X', {})", "x.addActionGroup(new bedrock.AgentActionGroup({ name: 'a' }));", ("ActionGroups",)),
    ],
)  # fmt: skip
def test_an_element_that_is_perhaps_added_is_not_known(construct: str, added: str, path: tuple[str, ...]) -> None:
    start = f"const x = {construct};"
    (*_, certain) = made(f"{start} {added}")["X"].body.at(*path).items()
    (*_, perhaps) = made(f"{start} {MAYBE} {{ {added} }}")["X"].body.at(*path).items()
    assert not isinstance(certain.content, Unknown)
    assert isinstance(perhaps.content, Unknown)


def test_the_guardrail_that_an_agent_is_perhaps_given() -> None:
    start = "const g = new bedrock.Guardrail(this, 'G', { name: 'g' }); const a = new bedrock.Agent(this, 'A', {});"
    certain = made(f"{start} a.addGuardrail(g);")["A"].body["GuardrailConfiguration"]
    perhaps = made(f"{start} {MAYBE} a.addGuardrail(g);")["A"].body["GuardrailConfiguration"]
    assert certain["GuardrailIdentifier"].present
    assert perhaps.unknown or perhaps["GuardrailIdentifier"].unknown


def test_policies_that_are_perhaps_attached() -> None:
    policy = "const p = new iam.Policy(this, 'P', { statements: [] });"
    for attach in ("fn.role.attachInlinePolicy(p);", "p.attachToRole(fn.role);"):
        (role,) = made(f"{FUNCTION} {policy} {MAYBE} {attach}")["P"].body["Roles"].items()
        assert role.content == ON_A_CONDITION
        within = made(f"{FUNCTION} {MAYBE} {{ {policy} {attach} }}")["P"]
        assert within.conditional
        assert [
            r.unknown is not None and "F/ServiceRole" in r.unknown.reason for r in within.body["Roles"].items()
        ] == [True]


def test_an_aspect_that_perhaps_visits() -> None:
    aspect = "class Locked { visit(node: any) { if (node instanceof s3.CfnBucket) node.objectLockEnabled = true; } }"
    for condition, expected in (("", True), ("if (process.env.X)", None)):
        code = f"{aspect} new s3.Bucket(s, 'B'); {condition} {{ cdk.Aspects.of(app).add(new Locked()); }}"
        assert seen(only("aws.s3.bucket", code).object_lock) is expected
