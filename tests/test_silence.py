"""What it means that nothing of a kind was seen, where parts of the repository went unread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prodworks_cli.model import Gap, Plane, Unknown
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.workload import silence

UNREAD = Gap("aws.*", Plane.DECLARED, "lib/app.ts", "what constructs of a library declare is not known", minor=True)
HEAD = "import boto3\n\n"
ASKS = (
    'bedrock = boto3.client("bedrock-runtime")\n\n\ndef handler(event, context):\n'
    '    messages = [{"role": "user", "content": [{"text": event["question"]}]}]\n'
    '    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)\n'
)


def calls(client: str, call: str) -> str:
    return f'{HEAD}client = boto3.client("{client}")\n\n\ndef handler(event, context):\n    return client.{call}\n'


RUNTIME = calls("bedrock-agentcore", 'invoke_agent_runtime(agentRuntimeArn=event["a"], payload=event["body"])')
FLOW = calls("bedrock-agent-runtime", 'invoke_flow(flowIdentifier="F", flowAliasIdentifier="A", inputs=event["i"])')
AGENT = calls("bedrock-agent-runtime", 'invoke_agent(agentId="A", agentAliasId="L", sessionId="s", inputText="t")')
BASE = calls("bedrock-agent-runtime", 'retrieve_and_generate(input={"text": event["question"]})')


@pytest.mark.parametrize(
    ("kind", "python", "unknown"),
    [
        ("aws.agentcore.runtime", HEAD + ASKS, False),
        ("aws.agentcore.gateway", HEAD + ASKS, False),
        ("aws.bedrock.flow", HEAD + ASKS, False),
        ("aws.bedrock.agent", HEAD + ASKS, False),
        ("aws.bedrock.action_group", HEAD + ASKS, False),
        ("aws.vectors.store", HEAD + ASKS, False),
        ("aws.bedrock.data_source", HEAD + ASKS, False),
        ("aws.agentcore.runtime", RUNTIME, True),
        ("aws.agentcore.gateway", RUNTIME, True),
        ("aws.bedrock.flow", FLOW, True),
        ("aws.bedrock.flow", AGENT, False),
        ("aws.bedrock.agent", AGENT, True),
        ("aws.bedrock.action_group", AGENT, True),
        ("aws.vectors.store", BASE, True),
        ("aws.bedrock.knowledge_base", BASE, True),
        ("aws.bedrock.guardrail", HEAD + ASKS, True),
    ],
)
def test_constructs_that_are_not_known_may_hold_what_something_speaks_of(kind: str, python: str, unknown: bool) -> None:
    inventory = replace(inventory_of({"python": python}), gaps=(UNREAD,))
    assert isinstance(silence(kind, Plane.DECLARED, inventory), Unknown) is unknown


def test_what_is_called_is_defined_somewhere() -> None:
    for kind, python in (
        ("aws.agentcore.runtime", RUNTIME),
        ("aws.bedrock.flow", FLOW),
        ("aws.bedrock.agent", AGENT),
        ("aws.bedrock.action_group", AGENT),
    ):
        said = silence(kind, Plane.DECLARED, inventory_of({"python": python}))
        assert isinstance(said, Unknown)
        assert "not defined in this repository" in said.reason
    agent = 'resource "aws_bedrockagent_agent" "a" {\n  agent_name = "a"\n}\n'
    own = inventory_of({"python": AGENT, "terraform": agent})
    assert silence("aws.bedrock.action_group", Plane.DECLARED, own) == "no action group found"
