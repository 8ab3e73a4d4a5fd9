"""What a repository measures of its requests and answers, and which prompts it uses."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Location, Plane, Unknown
from prodworks_cli.node import node_of
from prodworks_cli.planes import account_inventory, with_account
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.agents import Prompt
from prodworks_cli.resources.measurements import Measurement
from prodworks_cli.resources.workload import Workload
from prodworks_cli.sources.files import tree_of

CALL = """
import boto3
bedrock = boto3.client("bedrock-runtime")
def ask(event):
    response = bedrock.converse(modelId={model}, messages=[]{more})
    {record}
    return response["output"]
"""
MODEL = '"anthropic.claude-sonnet-4-5-20250929-v1:0"'
USAGE = 'print({"tokens": response["usage"]["totalTokens"]})'
TENANT = ', requestMetadata={"tenant": event["tenant"]}'
QUERY = "stats sum(inputTokenCount * 0.000003 + outputTokenCount * 0.000015) by tenant"


def call(record: str = "pass", more: str = "", model: str = MODEL) -> str:
    return CALL.format(model=model, more=more, record=record)


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def found(files: dict[str, str]) -> list[tuple[Any, Any, Any]]:
    values = (r.value for r in collected(files).resources)
    return [(v.purpose, v.form, v.name) for v in values if isinstance(v, Measurement)]


def workload(files: dict[str, str]) -> Workload:
    (value,) = [r.value for r in collected(files).resources if isinstance(r.value, Workload)]
    return value


@pytest.mark.parametrize(
    ("path", "text", "purpose", "form", "name"),
    [
        ("a.py", "PRICE_PER_1K_TOKENS = 0.003", "price", "code", "PRICE_PER_1K_TOKENS"),
        ("a.py", "input_cost_per_token: float = 3e-6", "price", "code", "input_cost_per_token"),
        ("a.ts", "const model = { inputCostPerMillion: 3 }", "price", "code", "inputCostPerMillion"),
        ("A.java", "double pricePer1kInputTokens = 0.003;", "price", "code", "pricePer1kInputTokens"),
        ("a.py", "MODEL_PRICING = load()", "price", "code", "MODEL_PRICING"),
        ("a.py", "cost = completion_cost(response)", "price", "code", "completion_cost"),
        ("a.py", "spent = input_tokens * prices['input']", "price", "code", "input_tokens * price"),
        ("a.ts", "return (promptTokens / 1000) * rate", "price", "code", "promptTokens / 1000) * rate"),
        ("a.py", "x = output_price * output_tokens / 1000.0", "price", "code", "price * output_tokens"),
        ("a.py", "from langfuse import observe", "price", "platform", "langfuse"),
        ("q.sql", f"select {QUERY}", "price", "query", "q.sql"),
        ("c.yaml", 'units:\n  - name: inputTokens\n    price: "6.0E-8"\n', "price", "table", "c.yaml"),
        ("a.py", 'metrics.add_metric(name="Groundedness", unit="Count", value=1)', "quality", "code", "Groundedness"),
        ("a.ts", 'metrics.addMetric("answerFaithfulness", 1)', "quality", "code", "answerFaithfulness"),
        ("requirements.txt", "aws-opentelemetry-distro==0.10", "spans", "code", "aws-opentelemetry-distro"),
    ],
)
def test_what_measures(path: str, text: str, purpose: str, form: str, name: str) -> None:
    assert found({path: text}) == [(purpose, form, name)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", '"price": 999.99,'),
        ("a.py", "shipping_cost = 3"),
        ("a.py", "limit = max_output_tokens * generated"),
        ("a.py", "# PRICE_PER_1K_TOKENS = 0.003"),
        ("a.py", "if PRICE_PER_TOKEN == 3: pass"),
        ("a.py", "game.score(name=1)"),
        ("a.py", 'metrics.add_metric(name="Latency", unit="Count", value=1)'),
        ("q.sql", "select sum(inputTokenCount) by tenant"),
        ("scripts/seed.py", "PRICE_PER_1K_TOKENS = 0.003"),
        ("c.yaml", "maxTokens: 400\nretries: 3\n"),
    ],
)
def test_what_does_not_measure(path: str, text: str) -> None:
    assert found({path: text}) == []


def test_a_score_of_langfuse_is_one_of_quality() -> None:
    text = 'import x\nfrom langfuse import Langfuse\nlangfuse.create_score(name="helpful", value=1)'
    assert ("quality", "code", "create_score") in found({"a.py": text})
    assert workload({"a.py": text}).quality_metric == "create_score"


@pytest.mark.parametrize("kind", ["aws_cloudwatch_query_definition", "aws_athena_named_query"])
def test_a_saved_query_prices_tokens(kind: str) -> None:
    key = "query" if kind.endswith("named_query") else "query_string"
    assert found({"main.tf": f'resource "{kind}" "q" {{\n  name = "cost"\n  {key} = "{QUERY}"\n}}'}) == [
        ("price", "query", "cost")
    ]


@pytest.mark.parametrize(
    ("files", "cost"),
    [
        ({"a.py": call(USAGE, TENANT), "p.py": "PRICE_PER_TOKEN = 1"}, True),
        ({"a.py": call(more=TENANT), "q.sql": QUERY}, True),
        ({"a.py": call(more=TENANT), "p.py": "PRICE_PER_TOKEN = 1"}, False),
        ({"a.py": call(USAGE, TENANT)}, False),
        ({"a.py": call()}, False),
        ({"a.py": call(USAGE, TENANT), "l.py": "from langfuse import observe"}, None),
        ({"p.py": "PRICE_PER_TOKEN = 1"}, None),
    ],
)
def test_the_cost_of_a_request(files: dict[str, str], cost: bool | None) -> None:
    actual = workload(files).cost_per_request
    assert isinstance(actual, Unknown) if cost is None else actual is cost


def test_agents_on_agentcore() -> None:
    runtime = 'resource "aws_bedrockagentcore_agent_runtime" "a" {\n  agent_runtime_name = "a"\n}'
    assert workload({"main.tf": runtime}).uses_agentcore is True
    assert workload({"a.py": call()}).uses_agentcore is False
    assert workload({"Dockerfile": "RUN pip install aws-opentelemetry-distro"}).uses_agentcore is True


# ---- the version of a prompt that is used

TEMPLATE = """
Resources:
  Answer: {{Type: AWS::Bedrock::Prompt, Properties: {{Name: answer}}}}
  Release: {{Type: AWS::Bedrock::PromptVersion, Properties: {{PromptArn: !GetAtt Answer.Arn}}}}
  User:
    Type: AWS::Lambda::Function
    Properties: {{Environment: {{Variables: {{{variables}}}}}}}
  Grant:
    Type: AWS::IAM::Policy
    Properties: {{PolicyDocument: {{Statement: [{{Effect: Allow, Resource: !GetAtt Answer.Arn}}]}}}}
"""


def prompts(inventory: Inventory, plane: Plane = Plane.DECLARED) -> list[Prompt]:
    return [r.value for r in inventory.resources if r.plane is plane and isinstance(r.value, Prompt)]


@pytest.mark.parametrize(
    ("variables", "used", "version"),
    [
        ("PROMPT: !GetAtt Answer.Arn", True, "DRAFT"),
        ("PROMPT: !GetAtt Release.Arn", True, None),
        ("PROMPT: !GetAtt Answer.Id, VERSION: !GetAtt Release.Version", True, None),
        ("OTHER: text", None, None),
    ],
)
def test_what_iac_hands_on(variables: str, used: bool | None, version: str | None) -> None:
    (prompt,) = prompts(collected({"template.yaml": TEMPLATE.format(variables=variables)}))
    assert isinstance(prompt.used, Unknown) if used is None else prompt.used is used
    assert prompt.used_version == version if version else isinstance(prompt.used_version, Unknown)
    assert prompt.pinned is (version is None) if used else isinstance(prompt.pinned, Unknown)


def test_a_prompt_that_only_code_names_joins_the_account() -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:prompt/ABC"
    inventory = collected({"a.py": call(model=f'"{arn}:2"')})
    (prompt,) = prompts(inventory)
    assert (prompt.id, prompt.arn, prompt.used, prompt.used_version) == ("ABC", arn, True, "2")

    def record(identity: str) -> Record:
        listed = {"promptSummaries": [{"version": "DRAFT"}, {"version": "1"}]}
        answers = {
            "bedrock-agent:GetPrompt": {"id": identity[-3:], "arn": identity},
            "bedrock-agent:ListPrompts": listed,
        }
        return Record("aws.bedrock.prompt", identity, "111122223333", "us-east-1", node_of(answers, Location(identity)))

    joined = with_account(inventory, account_inventory([record(arn), record(arn[:-3] + "XYZ")], "2026-11-23T00:00:00Z"))
    seen = {p.id: p for p in prompts(joined, Plane.OBSERVED)}
    assert (seen["ABC"].used, seen["ABC"].used_version, seen["ABC"].used_version_exists) == (True, "2", False)
    assert (seen["XYZ"].used, seen["XYZ"].used_version) == (False, None)


def test_a_saved_query_that_is_known_only_after_deployment_is_no_crash() -> None:
    text = 'resource "aws_cloudwatch_query_definition" "q" {\n  query_string = aws_ssm_parameter.q.value\n}\n'
    assert found({"main.tf": f'resource "aws_ssm_parameter" "q" {{\n  name = "q"\n}}\n{text}'}) == []
