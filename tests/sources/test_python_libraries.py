"""Python: calls through libraries of many providers, from raw source: who runs the model, which one, its limits."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.sources.files import tree_of

NOVA = "amazon.nova-lite-v1:0"


def inventory(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def calls(text: str, **files: str) -> list[ModelCall]:
    return [r.value for r in inventory({"app.py": text, **files}).resources if isinstance(r.value, ModelCall)]


def call(text: str, **files: str) -> ModelCall:
    (found,) = calls(text, **files)
    return found


def client(text: str) -> ModelClient:
    (found,) = [r.value for r in inventory({"app.py": text}).resources if isinstance(r.value, ModelClient)]
    return found


def made(line: str, package: str) -> ModelCall:
    return call(f"from {package} import {line.split('(')[0]}\n\nmodel = {line}\n")


@pytest.mark.parametrize(
    ("package", "line", "provider", "model"),
    [
        ("langchain_openai", 'ChatOpenAI(model="gpt-4o")', "openai", "gpt-4o"),
        ("langchain_openai", 'AzureChatOpenAI(azure_deployment="chat")', "azure", "chat"),
        ("langchain_openai", 'AzureChatOpenAI(deployment_name="chat")', "azure", "chat"),
        ("langchain_anthropic", 'ChatAnthropic(model="claude-sonnet-4-5")', "anthropic", "claude-sonnet-4-5"),
        ("langchain_google_genai", 'ChatGoogleGenerativeAI(model="gemini-2.5-pro")', "google", "gemini-2.5-pro"),
        ("langchain_aws", f'ChatBedrockConverse(model="{NOVA}")', "bedrock", NOVA),
        ("langchain.chat_models", f'init_chat_model("bedrock_converse:{NOVA}")', "bedrock", f"bedrock_converse:{NOVA}"),
        ("langchain.chat_models", f'init_chat_model("{NOVA}", model_provider="bedrock")', "bedrock", NOVA),
        ("langchain.chat_models", 'init_chat_model("gpt-4o")', "openai", "gpt-4o"),
        ("langgraph.prebuilt", 'create_react_agent("anthropic:claude-sonnet-4-5")', "anthropic", None),
        ("strands.models", f'BedrockModel(model_id="{NOVA}")', "bedrock", NOVA),
        ("strands.models.openai", 'OpenAIModel(model_id="gpt-4o")', "openai", "gpt-4o"),
        ("strands.models.litellm", f'LiteLLMModel(model_id="bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("llama_index.llms.bedrock_converse", f'BedrockConverse("{NOVA}")', "bedrock", NOVA),
        ("llama_index.llms.openai", 'OpenAI(model="gpt-4o")', "openai", "gpt-4o"),
        ("crewai", f'LLM(model="bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("crewai", f'LLM("bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("crewai", 'LLM(model="gpt-4o")', "openai", "gpt-4o"),
        ("crewai", f'Agent(role="x", llm="bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("dspy", f'LM("bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("dspy", 'LM("openai/gpt-4o")', "openai", "openai/gpt-4o"),
        ("pydantic_ai", f'Agent("bedrock:{NOVA}")', "bedrock", f"bedrock:{NOVA}"),
        ("pydantic_ai", 'Agent("google-gla:gemini-2.5-flash")', "google", "google-gla:gemini-2.5-flash"),
        ("pydantic_ai.models.bedrock", f'BedrockConverseModel("{NOVA}")', "bedrock", NOVA),
        ("pydantic_ai.models.openai", 'OpenAIChatModel("gpt-4o")', "openai", "gpt-4o"),
        (
            "haystack_integrations.components.generators.amazon_bedrock",
            f'AmazonBedrockChatGenerator("{NOVA}")',
            "bedrock",
            NOVA,
        ),
        ("haystack.components.generators.chat", 'OpenAIChatGenerator(model="gpt-4o")', "openai", "gpt-4o"),
        ("smolagents", f'AmazonBedrockModel(model_id="{NOVA}")', "bedrock", NOVA),
        ("smolagents", f'LiteLLMModel("bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("autogen_ext.models.openai", 'OpenAIChatCompletionClient(model="gpt-4o")', "openai", "gpt-4o"),
        ("autogen_ext.models.anthropic", f'AnthropicBedrockChatCompletionClient(model="{NOVA}")', "bedrock", NOVA),
        ("agno.models.aws", f'AwsBedrock(id="{NOVA}")', "bedrock", NOVA),
        ("agno.models.anthropic", 'Claude(id="claude-sonnet-4-5")', "anthropic", "claude-sonnet-4-5"),
        ("instructor", f'from_provider("bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        ("claude_agent_sdk", f'ClaudeAgentOptions(model="{NOVA}")', "bedrock", NOVA),
        ("claude_agent_sdk", 'ClaudeAgentOptions(model="claude-sonnet-4-5")', "anthropic", "claude-sonnet-4-5"),
        ("google.adk.agents", 'LlmAgent(model="gemini-2.0-flash")', "google", "gemini-2.0-flash"),
        ("litellm", 'completion("ollama/llama3")', "ollama", "ollama/llama3"),
        ("google.adk.models.lite_llm", f'LiteLlm(model="bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
        (
            "strands.experimental.bidi.models",
            'BidiNovaSonicModel(model_id="amazon.nova-2-sonic-v1:0")',
            "bedrock",
            None,
        ),
        ("langchain_litellm", f'ChatLiteLLM(model="bedrock/{NOVA}")', "bedrock", f"bedrock/{NOVA}"),
    ],
)
def test_who_runs_the_model_of_a_library(package: str, line: str, provider: str, model: str | None) -> None:
    found = made(line, package)
    assert found.provider == provider
    assert found.endpoint == {"bedrock": "bedrock-runtime"}.get(provider, provider)
    assert model is None or found.model_id == model


@pytest.mark.parametrize(
    "text",
    [
        "from strands import tool\n\n@tool\ndef Agent():\n    return 1\n",
        "from models import OpenAI\n\nOpenAI(model='gpt-4o')\n",
        "from strands import Agent\n\nAgent(model=make())\n",
        "from twilio.rest import Client\nimport openai\n\nClient().messages.create(to='x', body='y')\n",
        "from google.cloud import storage\nfrom google import genai\n\nstorage.Client().models.generate('x')\n",
        "import openai\n\nopenai.OpenAI().files.create(file='x')\n",
    ],
)
def test_what_is_no_call_of_a_library(text: str) -> None:
    assert calls(text) == []


@pytest.mark.parametrize(
    "agent",
    [
        "from crewai import Agent\n\nAgent(role='x', goal='y', backstory='z')\n",
        "from claude_agent_sdk import ClaudeAgentOptions\n\nClaudeAgentOptions(max_turns=3)\n",
    ],
)
def test_an_agent_that_is_told_no_model_calls_one_of_its_own_choice(agent: str) -> None:
    found = call(agent)
    assert isinstance(found.model_id, Unknown)
    assert isinstance(found.provider, Unknown)


def test_claude_code_calls_bedrock_where_a_variable_says_so() -> None:
    text = "from claude_agent_sdk import ClaudeAgentOptions\n\nClaudeAgentOptions(model='sonnet')\n"
    container = {"Dockerfile": "FROM python:3.12\nENV CLAUDE_CODE_USE_BEDROCK=1\n"}
    assert call(text, **container).provider == "bedrock"
    assert isinstance(call(text).provider, Unknown)


def test_a_model_that_the_environment_names() -> None:
    text = "import os\nfrom strands import Agent\n\nAgent(model=os.environ['MODEL_ID'])\n"
    template = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {MODEL_ID: amazon.nova-lite-v1:0}}
"""
    assert call(text, **{"t.yaml": template}).model_id == NOVA
    assert isinstance(call(text).model_id, Unknown)


@pytest.mark.parametrize(
    ("package", "line", "limit"),
    [
        ("smolagents", 'AmazonBedrockModel("m", inferenceConfig={"maxTokens": 9})', 9),
        ("haystack.components.generators.chat", 'OpenAIChatGenerator(generation_kwargs={"max_tokens": 9})', 9),
        ("strands.models.openai", 'OpenAIModel(model_id="gpt-4o", params={"max_tokens": 9})', 9),
        ("pydantic_ai", 'Agent("openai:gpt-4o", model_settings={"max_tokens": 9})', 9),
        ("pydantic_ai", 'Agent("openai:gpt-4o", model_settings=ModelSettings(max_tokens=9))', 9),
        ("pydantic_ai", 'Agent("openai:gpt-4o")', None),
    ],
)
def test_the_limit_in_the_settings_of_a_library(package: str, line: str, limit: int | None) -> None:
    assert made(line, package).max_tokens == limit


@pytest.mark.parametrize(
    ("package", "line", "guardrail"),
    [
        (
            "smolagents",
            'AmazonBedrockModel("m", guardrailConfig={"guardrailIdentifier": "g", "guardrailVersion": "1"})',
            "1",
        ),
        (
            "llama_index.llms.bedrock_converse",
            'BedrockConverse("m", guardrail_identifier="g", guardrail_version="1")',
            "1",
        ),
        (
            "pydantic_ai.models.bedrock",
            'BedrockConverseModel("m", settings=BedrockModelSettings(bedrock_guardrail_config='
            '{"guardrailIdentifier": "g", "guardrailVersion": "1"}))',
            "1",
        ),
    ],
)
def test_the_guardrail_of_a_library(package: str, line: str, guardrail: str) -> None:
    found = made(line, package)
    assert (found.guardrail_mode, found.guardrail_id, found.guardrail_version) == ("attached", "g", guardrail)


@pytest.mark.parametrize(
    "line",
    [
        'OpenAIModel(model_id="m", client_args={"base_url": f"https://bedrock-mantle.{region}.api.aws/v1"})',
        'OpenAIModel(model_id="m", bedrock_mantle_config={"region": "us-east-1"})',
    ],
)
def test_a_model_of_strands_that_is_pointed_at_bedrock(line: str) -> None:
    found = made(line, "strands.models.openai")
    assert (found.provider, found.endpoint) == ("bedrock", "bedrock-mantle")
    assert made('OpenAIModel(model_id="m", client_args={"api_key": k})', "strands.models.openai").provider == "openai"


def test_a_model_of_speech_takes_no_guardrail() -> None:
    found = made('BidiNovaSonicModel(model_id="amazon.nova-2-sonic-v1:0")', "strands.bidi.models")
    assert (found.modalities, found.takes_guardrail) == (("speech",), False)


def test_a_model_of_claude_code_that_its_caller_names() -> None:
    text = "from claude_agent_sdk import ClaudeAgentOptions\n\n\ndef options(name):\n"
    found = call(f"{text}    return ClaudeAgentOptions(model=name)\n\n\noptions(input())\n")
    assert isinstance(found.model_id, Unknown)


@pytest.mark.parametrize(("name", "purpose"), [("BedrockEmbeddings", "embedding"), ("ChatBedrock", "text")])
def test_what_a_class_puts_out(name: str, purpose: str) -> None:
    assert made(f"{name}()", "langchain_aws").modalities == (purpose,)


SDK = {"requirements.txt": "openai-agents==0.24.0\n"}
AGENT = "from agents import Agent, OpenAIChatCompletionsModel\nfrom openai import AsyncOpenAI\n\n"


@pytest.mark.parametrize(
    ("line", "provider", "model"),
    [
        ('Agent(name="a", model="gpt-4.1-mini")', "openai", "gpt-4.1-mini"),
        ('Agent[Context](name="a", model="gpt-4.1-mini")', "openai", "gpt-4.1-mini"),
        (f'Agent(name="a", model="litellm/bedrock/{NOVA}")', "bedrock", f"litellm/bedrock/{NOVA}"),
        ('OpenAIChatCompletionsModel("gpt-4o", openai_client=AsyncOpenAI())', "openai", "gpt-4o"),
        (
            'OpenAIChatCompletionsModel(model="openai.gpt-oss-20b-1:0", openai_client=AsyncOpenAI('
            'base_url="https://bedrock-mantle.us-east-1.api.aws/v1"))',
            "bedrock",
            "openai.gpt-oss-20b-1:0",
        ),
    ],
)
def test_an_agent_of_the_openai_agents_sdk(line: str, provider: str, model: str) -> None:
    found = call(f"{AGENT}made = {line}\n", **SDK)
    assert (found.provider, found.model_id) == (provider, model)


def test_an_agent_of_that_sdk_that_is_told_no_model() -> None:
    assert isinstance(call(f'{AGENT}made = Agent(name="a")\n', **SDK).model_id, Unknown)


@pytest.mark.parametrize("checks", ["input_guardrails=[relevant]", "output_guardrails=[polite]"])
def test_checks_of_the_program_around_an_agent_may_be_a_guardrail(checks: str) -> None:
    assert isinstance(call(f'{AGENT}made = Agent(model="gpt-4o", {checks})\n', **SDK).guardrail_mode, Unknown)
    assert call(f'{AGENT}made = Agent(model="gpt-4o", input_guardrails=[])\n', **SDK).guardrail_mode == "none"


def test_an_absent_limit_stands_where_the_model_is_made() -> None:
    text = "from langchain_aws import ChatBedrock\n\nmodel = ChatBedrock(model_id='m')\n"
    (found,) = [r for r in inventory({"app.py": text}).resources if isinstance(r.value, ModelCall)]
    assert (found.locations["max_tokens"].where, found.locations["max_tokens"].line) == ("app.py", 3)


def test_a_package_of_the_repository_may_be_called_agents() -> None:
    assert calls(f'{AGENT}made = Agent(model="gpt-4o")\n') == []
    assert calls(f"{AGENT}made = Agent(model=OpenAIChatCompletionsModel('gpt-4o'))\n") == []


def test_a_model_that_litellm_is_told_with_its_prefix_is_that_of_bedrock() -> None:
    resources = inventory({"app.py": f'{AGENT}made = Agent(model="litellm/bedrock/{NOVA}")\n', **SDK}).resources
    assert [r.value.base_model_id for r in resources if isinstance(r.value, ModelReference)] == [NOVA]


ROUTER = f"""
from litellm import Router

MODELS = [
    {{
        "model_name": "chat",
        "litellm_params": {{"model": "bedrock/{NOVA}", "max_tokens": 9, "aws_region_name": "eu-west-1"}},
    }},
    {{"model_name": "spare", "litellm_params": {{"model": "azure/chat", "api_base": "https://x.openai.azure.com"}}}},
]
router = Router(model_list=MODELS, fallbacks=[{{"chat": ["spare"]}}], num_retries=2, timeout=30)
"""


def test_each_deployment_of_a_router_is_a_call() -> None:
    chat, spare = calls(ROUTER)
    assert (chat.provider, chat.model_id, chat.max_tokens, chat.fallback) == ("bedrock", f"bedrock/{NOVA}", 9, True)
    assert (spare.provider, spare.model_id, spare.max_tokens, spare.fallback) == ("azure", "azure/chat", None, True)


def test_a_router_without_fallbacks_has_none_and_an_unread_list_is_unknown() -> None:
    assert all(isinstance(c.fallback, Unknown) for c in calls(ROUTER.replace("fallbacks=", "tags=")))
    found = call("from litellm import Router\n\nrouter = Router(model_list=load(), default_fallbacks=['spare'])\n")
    assert isinstance(found.model_id, Unknown)
    assert isinstance(found.provider, Unknown)
    assert found.fallback is True
    assert calls("from fastapi import Router\nimport litellm\n\nrouter = Router()\n") == []


def test_the_client_of_a_router_has_its_retries_and_time_limit() -> None:
    found = client(ROUTER)
    assert (found.outer_retries, found.read_timeout, found.region) == (3, 30, "eu-west-1")


CLIENTS = """
{}

client = {}


def ask(question):
    return client.{}
"""


@pytest.mark.parametrize(
    ("imports", "made_by", "method", "provider", "model"),
    [
        (
            "from openai import AzureOpenAI",
            "AzureOpenAI(azure_endpoint=x)",
            "chat.completions.create(model='m')",
            "azure",
            "m",
        ),
        ("import openai", "openai.AsyncOpenAI()", "beta.chat.completions.parse(model='gpt-4o')", "openai", "gpt-4o"),
        ("from openai import OpenAI", "OpenAI()", "with_options(timeout=3).responses.create(model='m')", "openai", "m"),
        (
            "from openai import OpenAI",
            "OpenAI(base_url='https://openrouter.ai/api/v1')",
            "chat.completions.create(model='m')",
            "openrouter",
            "m",
        ),
        ("from openai import BedrockOpenAI", "BedrockOpenAI()", "responses.create(model='m')", "bedrock", "m"),
        (
            "from anthropic import Anthropic",
            "Anthropic()",
            "messages.create(model='claude-sonnet-4-5')",
            "anthropic",
            "claude-sonnet-4-5",
        ),
        (
            "from anthropic import AnthropicBedrockMantle",
            "AnthropicBedrockMantle()",
            "messages.create(model='m')",
            "bedrock",
            "m",
        ),
        (
            "from google import genai",
            "genai.Client()",
            "models.generate_content(model='gemini-2.5-pro')",
            "google",
            "gemini-2.5-pro",
        ),
        (
            "from google import genai",
            "genai.Client()",
            "aio.models.generate_content(model='gemini-2.5-pro')",
            "google",
            "gemini-2.5-pro",
        ),
        (
            "import google.generativeai as genai",
            "genai.GenerativeModel('gemini-pro')",
            "generate_content(question)",
            "google",
            "gemini-pro",
        ),
        (
            "from mistralai import Mistral",
            "Mistral()",
            "chat.complete(model='mistral-large-latest')",
            "mistral",
            "mistral-large-latest",
        ),
        ("import cohere", "cohere.ClientV2()", "chat(model='command-a')", "cohere", "command-a"),
        ("from groq import Groq", "Groq()", "chat.completions.create(model='llama-3')", "groq", "llama-3"),
        (
            "import instructor\nfrom openai import OpenAI",
            "instructor.from_openai(OpenAI())",
            "chat.completions.create(model='m')",
            "openai",
            "m",
        ),
    ],
)
def test_the_clients_of_providers(imports: str, made_by: str, method: str, provider: str, model: str) -> None:
    found = call(CLIENTS.format(imports, made_by, method))
    assert (found.provider, found.model_id) == (provider, model)
    assert found.endpoint == ("bedrock-mantle" if provider == "bedrock" else provider)


def test_a_client_that_is_pointed_somewhere_else_may_call_anybody() -> None:
    text = CLIENTS.format("import os\nfrom openai import OpenAI", "OpenAI(base_url={})", "chat.completions.create()")
    for url in ("'http://localhost:4000'", "os.environ['URL']"):
        assert isinstance(call(text.format(url)).provider, Unknown)


def test_a_model_object_that_is_pointed_somewhere_else_may_call_anybody() -> None:
    text = "import os\nfrom langchain_openai import ChatOpenAI\n\nChatOpenAI(model='m', base_url={})\n"
    assert isinstance(call(text.format("os.environ['URL']")).provider, Unknown)
    found = call(text.format("'https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1'"))
    assert (found.provider, found.endpoint) == ("bedrock", "bedrock-runtime")


def test_a_variable_points_a_client_at_bedrock() -> None:
    text = CLIENTS.format("from openai import OpenAI", "OpenAI()", "chat.completions.create(model='m')")
    url = "https://bedrock-mantle.us-east-1.api.aws/v1"
    template = f"""
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {{Variables: {{OPENAI_BASE_URL: "{url}"}}}}
"""
    found = call(text, **{"t.yaml": template})
    assert (found.provider, found.endpoint) == ("bedrock", "bedrock-mantle")


def test_a_client_that_is_handed_in_is_a_call_of_somebody() -> None:
    found = call("class Chat:\n    def ask(self, client):\n        return client.chat.completions.create(model='m')\n"
                 "\nimport openai\n")  # fmt: skip
    assert (found.api, found.model_id) == ("chat.completions.create", "m")
    assert isinstance(found.provider, Unknown)


def test_the_package_itself_is_a_client() -> None:
    assert call("import openai\n\nopenai.chat.completions.create(model='gpt-4o')\n").provider == "openai"


def test_a_client_from_a_module_by_its_dotted_name() -> None:
    made_by = (
        "import boto3\n\n\ndef client(name):\n    given = {'service_name': name}\n    return boto3.client(**given)\n"
    )
    text = "import core.clients\nimport core.other\n\ndef ask():\n    c = core.clients.client('sagemaker-runtime')\n"
    files = {"core/clients.py": made_by, "core/other.py": "X = 1\n"}
    found = call(text + "    return c.invoke_endpoint(EndpointName='e', Body=b'')\n", **files)
    assert (found.api, found.provider, found.model_id) == ("invoke_endpoint", "sagemaker", "e")
    other = text.replace("sagemaker-runtime", "s3")
    assert calls(other + "    return c.invoke_endpoint(EndpointName='e', Body=b'')\n", **files) == []


def test_an_endpoint_of_sagemaker_behind_langchain() -> None:
    found = made("SagemakerEndpoint(endpoint_name='e')", "langchain_aws.llms")
    assert (found.provider, found.endpoint, found.model_id) == ("sagemaker", "sagemaker-runtime", "e")


def test_langfuse_traces_the_client_that_it_gives() -> None:
    text = CLIENTS.format("from langfuse.openai import OpenAI", "OpenAI()", "chat.completions.create(model='m')")
    assert (call(text).instrumented, call(text.replace("langfuse.", "")).instrumented) == (True, False)


def test_llama_index_waits_a_minute_and_tries_again() -> None:
    found = client("from llama_index.llms.bedrock_converse import BedrockConverse\n\nBedrockConverse(model='m')\n")
    assert (found.read_timeout, found.max_attempts, found.retry_mode) == (60, 11, "standard")


ASYNCIO = """
from aws_sdk_bedrock_runtime.client import BedrockRuntimeClient
from aws_sdk_bedrock_runtime.config import Config
from aws_sdk_bedrock_runtime.models import ConverseInput, InferenceConfiguration, GuardrailConfiguration

client = BedrockRuntimeClient(config=Config(region="eu-west-1"))


async def ask(question):
    return await client.converse(
        ConverseInput(
            model_id="amazon.nova-lite-v1:0",
            messages=question,
            inference_config=InferenceConfiguration(max_tokens=9),
            guardrail_config=GuardrailConfiguration(guardrail_identifier="g", guardrail_version="1"),
        )
    )
"""


def test_the_aws_sdk_for_asyncio() -> None:
    found = call(ASYNCIO)
    assert (found.api, found.model_id, found.max_tokens) == ("converse", NOVA, 9)
    assert (found.guardrail_mode, found.guardrail_version) == ("attached", "1")
    made_by = client(ASYNCIO)
    assert (made_by.service, made_by.region) == ("bedrock-runtime", "eu-west-1")
    assert isinstance(made_by.read_timeout, Unknown)


def test_speech_in_both_directions_needs_no_limit_in_the_call() -> None:
    head = "from aws_sdk_bedrock_runtime.client import BedrockRuntimeClient as C\n"
    text = f"""{head.replace(" as C", "")}
from aws_sdk_bedrock_runtime.client import InvokeModelWithBidirectionalStreamOperationInput


async def talk(config):
    client = BedrockRuntimeClient(config=config)
    return await client.invoke_model_with_bidirectional_stream(
        InvokeModelWithBidirectionalStreamOperationInput(model_id="amazon.nova-sonic-v1:0")
    )
"""
    found = call(text)
    assert (found.model_id, found.modalities) == ("amazon.nova-sonic-v1:0", ("speech",))
    assert isinstance(found.max_tokens, Unknown)
    assert found.takes_guardrail is False


def test_an_input_that_is_made_elsewhere_leaves_the_call_open() -> None:
    text = ASYNCIO[: ASYNCIO.index("async def")] + "async def ask(given):\n    return await client.converse(given)\n"
    found = call(text)
    assert all(isinstance(v, Unknown) for v in (found.model_id, found.max_tokens, found.guardrail_mode))


@pytest.mark.parametrize(
    "body",
    [
        "async with aioboto3.Session().client('bedrock-runtime') as client:\n        return await client.{}",
        "client = await stack.enter_async_context(aioboto3.client('bedrock-runtime'))\n    return await client.{}",
        "client = await aioboto3.Session().client('bedrock-runtime').__aenter__()\n    return await client.{}",
        "async with get_session().create_client('bedrock-runtime') as client:\n        return await client.{}",
    ],
)
def test_sessions_of_aioboto3(body: str) -> None:
    asked = body.format(f"converse(modelId='{NOVA}', messages=m)")
    text = f"import aioboto3\nfrom aiobotocore.session import get_session\n\n\nasync def ask(stack, m):\n    {asked}\n"
    assert call(text).model_id == NOVA
    assert client(text).service == "bedrock-runtime"


def test_a_package_that_a_client_names_is_no_folder_of_that_name_inside_another_package() -> None:
    clients = "import openai\n\n\ndef client():\n    if not KEY:\n        return None\n    return openai\n"
    text = "import clients\n\n\ndef embed(words):\n    openai = clients.client()\n"
    text += "    return openai.embeddings.create(input=words, model='text-embedding-3-small')\n"
    files = {"clients.py": clients, "lib/adapters/__init__.py": "", "lib/adapters/openai/__init__.py": "x = 1\n"}
    found = call(text, **files)
    assert (found.api, found.model_id, found.modalities) == (
        "embeddings.create",
        "text-embedding-3-small",
        ("embedding",),
    )
    assert isinstance(found.provider, Unknown)


def test_a_job_that_makes_a_video_is_a_call() -> None:
    made = 'import boto3\n\nbedrock = boto3.client("bedrock-runtime")\n'
    found = call(f'{made}bedrock.start_async_invoke(modelId="amazon.nova-reel-v1:0", modelInput={{}})\n')
    assert (found.api, found.modalities, found.takes_guardrail) == ("start_async_invoke", ("video",), False)
