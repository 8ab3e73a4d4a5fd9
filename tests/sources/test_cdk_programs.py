"""What programs do on the way to their constructs: loops, enums, texts, statements that are changed later."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.node import Block
from tests.sources.test_cdk import read, stack, value
from tests.sources.test_cdk_constructs import MORE
from tests.sources.test_cdk_grants import actions, statements


def app(body: str, head: str = "") -> dict[str, Block]:
    return stack(body, "{}", "{}", MORE + head)


def queues(body: str, head: str = "") -> list[tuple[str, bool]]:
    return [(n, b.conditional) for n, b in app(body, head).items() if b.type == "AWS::SQS::Queue"]


@pytest.mark.parametrize(
    ("loop", "made"),
    [
        ("for (let i = 0; i < 3; i++) new sqs.Queue(this, `Q${i}`);", ["Q0", "Q1", "Q2"]),
        ("for (let i = 2; i > 0; i -= 1) { new sqs.Queue(this, `Q${i}`); }", ["Q2", "Q1"]),
        ("let n = 0; while (n < 2) { new sqs.Queue(this, `Q${n}`); n++; }", ["Q0", "Q1"]),
        ("for (const i of Array.from({ length: 2 }, (_, i) => i)) new sqs.Queue(this, `Q${i}`);", ["Q0", "Q1"]),
        ("Array.from(['a', 'b']).forEach((n) => new sqs.Queue(this, n));", ["a", "b"]),
        ("['a', 'b', 'c'].slice(1).forEach((n) => new sqs.Queue(this, n));", ["b", "c"]),
        ("for (let i = 0; i < 0; i++) new sqs.Queue(this, `Q${i}`);", []),
    ],
)
def test_loops_that_count(loop: str, made: list[str]) -> None:
    assert queues(loop) == [(name, False) for name in made]


@pytest.mark.parametrize(
    "loop",
    [
        "for (let i = 0; i < Number(process.env.COUNT); i++) new sqs.Queue(this, 'Q');",
        "while (true) { new sqs.Queue(this, 'Q'); break; }",
        "for (let i = 0; i < 3; i++) { if (i === 1) continue; new sqs.Queue(this, 'Q'); }",
        "for (;;) new sqs.Queue(this, 'Q');",
    ],
)
def test_loops_whose_turns_are_not_known_are_read_once_and_on_a_condition(loop: str) -> None:
    assert queues(loop) == [("Q", True)]


def test_a_loop_with_many_turns_ends() -> None:
    assert len(queues("for (let i = 0; i < 1e9; i++) new sqs.Queue(this, `Q${i}`);")) <= 66
    assert len(queues("let i = 0; while (true) { i++; new sqs.Queue(this, 'Q'); }")) == 1


ENUMS = """
enum Stage { Dev = 'dev', Prod = 'prod' }
enum Level { Low, High }
const base = { days: 7 };
const CONFIGS: Record<Stage, any> = { [Stage.Dev]: { ...base }, [Stage.Prod]: { ...base, days: 30 } };
function of(stage: string) { const found = CONFIGS[stage as Stage]; if (!found) throw new Error(stage); return found; }
"""


def test_enums_of_the_repository() -> None:
    made = app(
        "new logs.LogGroup(this, 'A', { retention: of('prod').days }); new logs.LogGroup(this, 'B', { retention: CONFIGS[Stage.Dev].days }); new sqs.Queue(this, `Q${Level.High}`);",
        ENUMS,
    )
    assert [value(made[n], "RetentionInDays") for n in ("A", "B")] == [30, 7]
    assert "Q1" in made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("`Fn${n.charAt(0).toUpperCase()}${n.slice(1)}`", "FnChat"),
        ("n.substring(0, 2)", "ch"),
        ("n.slice(-1)", "t"),
        ("'x'.repeat(3)", "xxx"),
        ("'7'.padStart(3, '0')", "007"),
    ],
)
def test_texts(text: str, made: str) -> None:
    assert queues(f"const n = 'chat'; new sqs.Queue(this, {text});") == [(made, False)]


def test_a_statement_that_is_changed_later() -> None:
    made = app(
        "const p = new iam.PolicyStatement({ effect: iam.Effect.ALLOW, actions: ['bedrock:A'] }); p.addActions('bedrock:B', 'bedrock:C');"
        " const fn = new lambda.Function(this, 'F'); fn.addToRolePolicy(p); p.addAllResources();"
    )
    (statement,) = statements(made["F/ServiceRole"])
    assert statement.plain() == {
        "Effect": "Allow",
        "Action": ["bedrock:A", "bedrock:B", "bedrock:C"],
        "Resource": ["*"],
    }


@pytest.mark.parametrize(
    ("change", "principal"),
    [
        ("addServicePrincipal('a.amazonaws.com')", {"Service": "a.amazonaws.com"}),
        ("addAnyPrincipal()", {"AWS": "*"}),
        ("addAwsAccountPrincipal('111122223333')", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("addPrincipals(new iam.ArnPrincipal('arn:aws:iam::1:role/x'))", {"AWS": "arn:aws:iam::1:role/x"}),
    ],
)
def test_principals_that_are_added_to_a_statement(change: str, principal: dict[str, Any]) -> None:
    body = f"const p = new iam.PolicyStatement({{ actions: ['s3:GetObject'], resources: ['*'] }}); p.{change}; new s3.Bucket(this, 'B').addToResourcePolicy(p);"
    policy = app(body)["B/Policy"]
    assert policy.body.at("PolicyDocument", "Statement").items()[0]["Principal"].plain() == principal


def test_a_document_that_is_filled_later() -> None:
    made = app(
        "const d = new iam.PolicyDocument(); d.addStatements(new iam.PolicyStatement({ actions: ['bedrock:Rerank'], resources: ['*'] }));"
        " const r = new iam.Role(this, 'R', { assumedBy: new iam.ServicePrincipal('x.amazonaws.com'), inlinePolicies: { d } });"
        " new iam.Policy(this, 'P', { document: d, roles: [r] });"
    )
    assert actions(made["R"]) == ["bedrock:Rerank"]
    assert value(made["P"], "PolicyDocument", "Statement", "Action") == ["bedrock:Rerank"]


def test_a_grant_that_names_its_grantee() -> None:
    made = app(
        "const fn = new lambda.Function(this, 'F'); iam.Grant.addToPrincipal({ grantee: fn, actions: ['bedrock:GetAgent'], resourceArns: ['*'] });"
    )
    (statement,) = statements(made["F/ServiceRole"])
    assert (statement["Action"].plain(), statement["Resource"].plain()) == (["bedrock:GetAgent"], ["*"])


PYTHON = """
import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_lambda as lambda_

class Main(cdk.Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        statement = iam.PolicyStatement(effect=iam.Effect.ALLOW)
        statement.add_actions("bedrock:InvokeModel")
        statement.add_all_resources()
        fn = lambda_.Function(self, "chat fn".title().replace(" ", ""))
        fn.add_to_role_policy(statement)

Main(cdk.App(), "Main")
"""


def test_statements_and_texts_of_python() -> None:
    blocks, _ = read({"app.py": PYTHON})
    (statement,) = statements(blocks["Main/ChatFn/ServiceRole"])
    assert statement.plain() == {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": ["*"]}


def test_what_follows_a_return_that_is_perhaps_reached_may_not_happen() -> None:
    body = """
const make = (name: string) => {
  new sqs.Queue(this, name + 'Before');
  if (process.env.X) { if (name === 'B') { return; } }
  new sqs.Queue(this, name + 'After');
  if (!props.known) throw new Error('x');
};
make('A'); make('B'); new sqs.Queue(this, 'C');
if (process.env.Y) { throw new Error('y'); }
new sqs.Queue(this, 'D');
"""
    made = {n: b.conditional for n, b in app(body, "import * as sqs from 'aws-cdk-lib/aws-sqs';\n").items()}
    assert made == {"ABefore": False, "AAfter": False, "BBefore": False, "BAfter": True, "C": False, "D": False}
