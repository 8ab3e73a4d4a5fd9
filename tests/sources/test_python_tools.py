"""Python: tools of a model and the loops around it, from raw source."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.agent_code import AgentLoop, Tool
from prodworks_cli.sources.files import tree_of

HEAD = """
import logging
import boto3
from strands import Agent, tool
from strands.models import BedrockModel

logger = logging.getLogger(__name__)
table = boto3.resource("dynamodb").Table("orders")
bedrock = boto3.client("bedrock-runtime")
model = BedrockModel(model_id="amazon.nova-lite-v1:0")
"""


def tools(text: str, **files: str) -> list[Tool]:
    resources = collect_repository(tree_of({"app.py": HEAD + text, **files}), {}).resources
    return [r.value for r in resources if isinstance(r.value, Tool)]


def decorated(name: str, body: str, parameters: str = "number: str") -> Tool:
    (found,) = tools(f'\n\n@tool\ndef {name}({parameters}):\n    """Does it."""\n    {body}\n')
    return found


@pytest.mark.parametrize(
    ("name", "body", "effect"),
    [
        ("get_order", "return table.get_item(Key={'n': number})", "read"),
        ("order", "return table.put_item(Item={'n': number})", "write"),
        ("order", "table.delete_item(Key={'n': number})", "delete"),
        ("order", "boto3.client('ses').send_email(Source=number)", "message"),
        ("order", "payments.refund(number)", "money"),
        ("order", "import subprocess\n    subprocess.run(number, shell=True)", "execute"),
        ("order", "open('f', 'w').write(number)", "write"),
        ("order", "requests.post('https://example.com/orders', json={'n': number})", "write"),
        ("find_order", "requests.post('https://example.com/search', json={'n': number})", "read"),
        ("cancel_order", "return backend(number)", "delete"),
        ("send_mail", "return backend(number)", "message"),
        ("run_sql", "cursor.execute('DELETE FROM orders')", "delete"),
    ],
)
def test_the_effect(name: str, body: str, effect: str) -> None:
    found = decorated(name, body)
    assert (found.name, found.effect, found.dispatch) == (name, effect, "registry")


@pytest.mark.parametrize(
    ("name", "body"), [("workflow", "return backend(number)"), ("get_order", "table.put_item(Item={'n': number})")]
)
def test_an_effect_that_cannot_be_told(name: str, body: str) -> None:
    assert isinstance(decorated(name, body).effect, Unknown)


def test_what_runs_in_the_sandbox_acts_on_nothing() -> None:
    assert decorated("execute_code", "return CodeInterpreter('us-east-1').invoke('executeCode')").effect == "read"


def test_a_helper_two_steps_away_decides_the_effect() -> None:
    text = "\n\ndef a(n):\n    b(n)\n\n\ndef b(n):\n    table.delete_item(Key={'n': n})\n"
    (found,) = tools(f"{text}\n\n@tool\ndef order(number: str):\n    a(number)\n")
    assert found.effect == "delete"


@pytest.mark.parametrize(
    ("body", "confirmation"),
    [
        ("interrupt('sure?')\n    table.delete_item(Key={})", "user_confirmation"),
        ("input('sure?')\n    table.delete_item(Key={})", "user_confirmation"),
        ("table.delete_item(Key={})", "none"),
    ],
)
def test_the_confirmation(body: str, confirmation: str) -> None:
    assert decorated("order", body).confirmation == confirmation


def test_a_hook_may_ask() -> None:
    (found,) = tools(
        "\n\n@tool\ndef delete_order(n: str):\n    pass\n",
        **{"hooks.py": "from strands.hooks import BeforeToolCallEvent\n"},
    )
    assert isinstance(found.confirmation, Unknown)


def test_the_client_of_an_mcp_server_asks_or_not() -> None:
    (found,) = tools("\n\n@mcp.tool()\ndef delete_order(n: str):\n    table.delete_item(Key={})\n")
    assert isinstance(found.confirmation, Unknown)


@pytest.mark.parametrize(
    ("body", "recorded"),
    [("logger.info('tool')", True), ("print('tool')", False), ("logger.debug('tool')", False), ("pass", False)],
)
def test_whether_the_call_is_recorded(body: str, recorded: bool) -> None:
    assert decorated("order", body).recorded is recorded


@pytest.mark.parametrize(
    ("parameters", "body", "validated"),
    [
        ("number: str", "pass", True),
        ("number", "pass", False),
        ("number: str, tool_context: ToolContext", "pass", True),
        ("number: str", "eval(number)", False),
    ],
)
def test_whether_arguments_are_checked(parameters: str, body: str, validated: bool) -> None:
    assert decorated("order", body, parameters).arguments_validated is validated


def test_tools_that_a_framework_brings() -> None:
    text = "\nfrom strands_tools import shell, calculator\n\nagent = Agent(model=model, tools=[shell, calculator])\n"
    found = {t.name: t for t in tools(text)}
    assert (found["shell"].effect, found["shell"].host_execution) == ("execute", True)
    assert (found["calculator"].effect, found["calculator"].host_execution) == ("read", False)
    assert found["shell"].confirmation == "user_confirmation"


def loops(text: str, **files: str) -> list[AgentLoop]:
    resources = collect_repository(tree_of({"app.py": HEAD + text, **files}), {}).resources
    return [r.value for r in resources if isinstance(r.value, AgentLoop)]


TURN = """        response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)
        if response["stopReason"] != "tool_use":
            return response
"""


@pytest.mark.parametrize(
    ("loop", "limit", "bounded"),
    [
        ("    while True:\n", None, False),
        ("    for _ in range(8):\n", 8, True),
        ("    n = 0\n    while n < 5:\n        n += 1\n", 5, True),
        ("    while time.time() - start < 60:\n", None, True),
    ],
)
def test_a_loop_around_a_call(loop: str, limit: int | None, bounded: bool) -> None:
    (found,) = loops(f"\n\ndef run(messages):\n{loop}{TURN}")
    assert (found.iteration_limit, found.bounded) == (limit, bounded)


def test_a_loop_over_documents_is_no_agent() -> None:
    assert loops(f"\n\ndef run(documents, messages):\n    for document in documents:\n{TURN}") == []


@pytest.mark.parametrize(
    ("agent", "bounded"),
    [
        ("Agent(model=model, tools=[calculator])", False),
        ("Agent(model=model, tools=[calculator], hooks=[Limit()])", Unknown),
        ("Agent(model=model, tools=[calculator], max_iterations=8)", True),
    ],
)
def test_an_agent_of_strands(agent: str, bounded: bool | type) -> None:
    (found,) = loops(f"\nagent = {agent}\n")
    assert isinstance(found.bounded, Unknown) if bounded is Unknown else found.bounded is bounded
    assert found.framework == "strands"


@pytest.mark.parametrize(
    ("package", "agent", "framework", "limit"),
    [
        ("agents", "Agent(tools=[f])", "openai-agents", 10),
        ("agents", "Agent[Context](handoffs=[other])", "openai-agents", 10),
        ("agents", "Agent(tools=[f])\nRunner.run(agent, text, max_turns=4)", "openai-agents", 4),
        ("pydantic_ai", "Agent('openai:gpt-4o', tools=[f])", "pydantic_ai", 50),
        ("crewai", "Agent(role='r', tools=[f], max_iter=3)", "crewai", 3),
        ("crewai", "Agent(role='r', tools=[f])", "crewai", 25),
        ("haystack.components.agents", "Agent(chat_generator=g, tools=[f])", "haystack", 100),
        ("agno.agent", "Agent(model=m, tools=[f])", "agno", None),
        ("claude_agent_sdk", "ClaudeAgentOptions(max_turns=7)", "claude_agent_sdk", 7),
        ("google.adk.agents", "LlmAgent(model='gemini-2.0-flash', sub_agents=[a])", "google_adk", 500),
    ],
)
def test_agents_of_other_frameworks(package: str, agent: str, framework: str, limit: int | None) -> None:
    head = "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='m')\n"
    text = f"from {package} import Agent, BidiAgent, ClaudeAgentOptions, LlmAgent\n{head}agent = {agent}\n"
    files = {"app.py": text, "requirements.txt": "openai-agents\n"}
    resources = collect_repository(tree_of(files), {}).resources
    (found,) = [r.value for r in resources if isinstance(r.value, AgentLoop)]
    assert (found.framework, found.iteration_limit) == (framework, limit)


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ('graph.add_conditional_edges("llm", decide, {"tools": "tools", "__end__": END})', 1),
        ('graph.add_conditional_edges("llm", decide, {"ok": "answer", "__end__": END})', 0),
        ('graph.add_edge("tools", "llm")', 0),
    ],
)
def test_a_graph_that_goes_back_from_its_tools(edges: str, found: int) -> None:
    text = f"\nfrom langgraph.graph import END, StateGraph\n\ngraph = StateGraph(State)\n{edges}\n"
    assert len(loops(text, **{"requirements.txt": "langgraph==0.6.7\n"})) == found


def test_a_session_of_speech_may_end_a_loop() -> None:
    (found,) = loops("\nfrom strands.experimental.bidi import BidiAgent\n\nagent = BidiAgent(tools=[calculator])\n")
    assert isinstance(found.bounded, Unknown)


def test_agents_of_a_package_of_that_name_are_none_of_the_sdk() -> None:
    text = "import boto3\nfrom agents import Agent\n\nboto3.client('bedrock-runtime').converse(modelId='m')\n"
    resources = collect_repository(tree_of({"app.py": text + "agent = Agent(tools=[f])\n"}), {}).resources
    assert [r for r in resources if isinstance(r.value, AgentLoop)] == []


@pytest.mark.parametrize("agent", ["Agent(model=model)", "Agent(model=model, tools=[])"])
def test_an_agent_without_tools_has_no_loop(agent: str) -> None:
    assert loops(f"\nagent = {agent}\n") == []


@pytest.mark.parametrize(
    ("requirement", "limit"),
    [
        ("langgraph==0.6.7", 25),
        ("langgraph==1.1.3", 10_007),
        ("langgraph>=1.1", 10_007),
        ("langgraph>=0.6", Unknown),
        ("langgraph-checkpoint==1.0", Unknown),
    ],
)
def test_the_default_of_the_locked_langgraph(requirement: str, limit: int | type) -> None:
    text = "\nfrom langgraph.prebuilt import create_react_agent\n\nagent = create_react_agent(model, [get])\n"
    (found,) = loops(text, **{"requirements.txt": f"{requirement}\n"})
    assert isinstance(found.iteration_limit, Unknown) if limit is Unknown else found.iteration_limit == limit


ALIAS = """

class M:
    def execute_one(self, n):
        logger.info("tool")
        table.delete_item(Key={})

    def make(self):
        m = self

        @tool
        def order(n: str):
            m.execute_one(n)
"""


def test_a_method_of_an_alias_is_followed_by_its_only_name() -> None:
    (found,) = tools(ALIAS)
    assert (found.effect, found.recorded) == ("delete", True)
