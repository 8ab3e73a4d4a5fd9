"""Python: where texts come from and where they go, from raw source."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Ref, Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.resources.text_flows import LogStatement, OutputSink
from prodworks_cli.resources.workload import Workload
from prodworks_cli.sources.files import tree_of

HEAD = """
import json
import logging
import boto3

logger = logging.getLogger(__name__)
bedrock = boto3.client("bedrock-runtime")
agents = boto3.client("bedrock-agent-runtime")
"""
ASK = """

def handler(event, context):
    question = event["question"]
    response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{"content": [{"text": question}]}])
    text = response["output"]["message"]["content"][0]["text"]
    STATEMENT
    return text
"""


def collected(**files: str) -> Inventory:
    paths = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    return collect_repository(tree_of(paths), {})


def statements(text: str) -> list[LogStatement]:
    return [r.value for r in collected(app=text).resources if isinstance(r.value, LogStatement)]


def sinks(**files: str) -> list[OutputSink]:
    return [r.value for r in collected(**files).resources if isinstance(r.value, OutputSink)]


def call(text: str) -> ModelCall:
    (found,) = [r.value for r in collected(app=text).resources if isinstance(r.value, ModelCall)]
    return found


def asking(statement: str) -> str:
    return HEAD + ASK.replace("STATEMENT", statement)


@pytest.mark.parametrize(
    ("statement", "content"),
    [
        ("logger.info(text)", "completion"),
        ('logger.info("answer %s", text[:50])', "completion"),
        ('logger.info(f"whole {response}")', "completion"),
        ("print(question)", "prompt"),
        ("logger.error(json.dumps(event))", "event"),
        ('logger.warning("x" + question.strip().upper())', "prompt"),
        ('logger.info("asked", extra={"question": question})', "prompt"),
    ],
)
def test_a_log_statement_that_carries_a_text(statement: str, content: str) -> None:
    (found,) = statements(asking(statement))
    assert found.content == content


@pytest.mark.parametrize(
    "statement",
    [
        "logger.info(len(text))",
        'logger.info("tokens %s", response["usage"]["inputTokens"])',
        'logger.info("stopped: %s", response["stopReason"])',
        'logger.info("request %s", event["request_id"])',
        'logger.info("request %s", event["requestContext"]["requestId"])',
        'logger.info("hash %s", hash_of(text))',
        'logger.info("masked %s", mask_text(text))',
        'logger.info("started")',
        "text.info(question)",
    ],
)
def test_a_log_statement_without_a_text(statement: str) -> None:
    assert statements(asking(statement)) == []


def test_what_is_put_together_for_the_model_is_a_prompt() -> None:
    text = f"""{HEAD}

def ask(document):
    prompt = f"Summarise this:\\n{{document}}"
    logger.info(prompt)
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{{"content": [{{"text": prompt}}]}}])
"""
    (found,) = statements(text)
    assert found.content == "prompt"


def test_a_stream_is_followed_through_its_loop() -> None:
    text = f"""{HEAD}

def handler(event, context):
    response = bedrock.converse_stream(modelId="amazon.nova-lite-v1:0", messages=event["messages"])
    answer = ""
    for number, part in enumerate(response["stream"]):
        logger.info(number)
        answer += part["contentBlockDelta"]["delta"]["text"]
    logger.info(answer)
"""
    assert [s.content for s in statements(text)] == ["completion"]


def test_one_finding_at_the_helper_that_all_callers_use() -> None:
    text = f"""{HEAD}

def ask(prompt):
    response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{{"content": [{{"text": prompt}}]}}])
    logger.info(response)
    return response


def one(event, context):
    return ask(event["a"])


def two(event, context):
    return ask(event["b"])
"""
    assert len(statements(text)) == 1


TEMPLATE = """
Resources:
  Chat:
    Type: AWS::Lambda::Function
    Properties: {Handler: app.handler, Environment: {Variables: {DEBUG: "VALUE"}}}
"""


@pytest.mark.parametrize(
    ("guard", "template", "emitted"),
    [
        ("if DEBUG: logger.info(text)", "", Unknown),
        ("if settings.verbose: logger.info(text)", "", Unknown),
        ("if DEBUG: logger.info(text)", TEMPLATE.replace("VALUE", "false"), False),
        ("if DEBUG: logger.info(text)", TEMPLATE.replace("VALUE", "true"), True),
        ("if text: logger.info(text)", "", True),
        ("if not DEBUG: logger.info(text)", "", True),
    ],
)
def test_a_statement_below_a_debug_switch_is_written_as_the_switch_says(
    guard: str, template: str, emitted: bool | type
) -> None:
    files = {"app.py": asking(guard), "template.yaml": template}
    resources = collect_repository(tree_of(files), {}).resources
    (found,) = [r.value for r in resources if isinstance(r.value, LogStatement)]
    assert isinstance(found.emitted, Unknown) if emitted is Unknown else found.emitted is emitted


@pytest.mark.parametrize(
    ("level", "emitted"),
    [("logging.DEBUG", True), ("logging.INFO", False), ('os.environ["LOG_LEVEL"]', Unknown)],
)
def test_whether_debug_is_written(level: str, emitted: bool | type) -> None:
    (found,) = statements(f"import os\n{asking('logger.debug(text)')}\nlogging.basicConfig(level={level})\n")
    assert found.level == "debug"
    assert isinstance(found.emitted, Unknown) if emitted is Unknown else found.emitted is emitted


def test_a_terminal_is_no_log() -> None:
    assert statements(f"import argparse\n{asking('print(text)')}") == []


def test_a_filter_of_the_logger_may_mask() -> None:
    (found,) = statements(f"{asking('logger.info(text)')}\nlogger.addFilter(Redact())\n")
    assert isinstance(found.masked, Unknown)
    assert isinstance(found.leaks, Unknown)


@pytest.mark.parametrize(
    ("statement", "sink"),
    [
        ("eval(text)", "eval"),
        ("exec(json.loads(text)['code'])", "exec"),
        ("subprocess.run(text, shell=True)", "shell"),
        ("subprocess.run(['bash', '-c', text])", "shell"),
        ("cursor.execute(f'SELECT {text}')", "sql"),
        ("athena.start_query_execution(QueryString=text)", "sql"),
        ("client.start_query_execution(QueryString=text)", "sql"),
        ("pickle.loads(text)", "pickle"),
        ("env.from_string(text)", "template"),
        ("st.markdown(text, unsafe_allow_html=True)", "html"),
    ],
)
def test_sinks(statement: str, sink: str) -> None:
    (found,) = sinks(app=f"import subprocess\nimport pickle\n{asking(statement)}")
    assert (found.sink, found.sanitised) == (sink, False)
    assert found.source == Ref("repo.model_call", "app.py:handler converse")


@pytest.mark.parametrize(
    "statement",
    [
        "eval('1 + 1')",
        "json.loads(text)",
        "subprocess.run(['echo', text])",
        "cursor.execute('SELECT 1 WHERE a = ?', (text,))",
        "st.markdown(text)",
        "st.markdown(html.escape(text), unsafe_allow_html=True)",
        "executor.execute(text)",
    ],
)
def test_what_is_no_sink(statement: str) -> None:
    assert sinks(app=f"import subprocess\n{asking(statement)}") == []


def test_a_function_outside_the_repository_leaves_it_open() -> None:
    (found,) = sinks(app=f"from company import statement_of\n{asking('cursor.execute(statement_of(text))')}")
    assert isinstance(found.sanitised, Unknown)


def test_a_check_before_the_sink() -> None:
    (found,) = sinks(app=asking("assert is_allowed(text)\n    cursor.execute(text)"))
    assert found.sanitised is True


def test_what_a_page_keeps_is_shown_by_another_function() -> None:
    shown = "\n\ndef page():\n    for m in st.session_state.messages:\n"
    shown += '        st.markdown(m["content"], unsafe_allow_html=True)\n'
    (found,) = sinks(app=asking('st.session_state.messages.append({"content": text})') + shown)
    assert found.sink == "html"


def test_frameworks_that_run_what_the_model_writes() -> None:
    text = "from langchain_aws import ChatBedrock\nfrom langchain_experimental.tools import PythonREPLTool\n"
    assert [
        s.sink for s in sinks(app=f"{text}llm = ChatBedrock(model='amazon.nova-lite-v1:0')\nt = PythonREPLTool()\n")
    ] == ["exec"]


def test_the_answer_of_a_chain() -> None:
    text = """
from langchain_aws import ChatBedrockConverse

llm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")
chain = PROMPT | llm


def calculate(question):
    return eval(chain.invoke({"question": question}).content)
"""
    assert [s.sink for s in sinks(app=text)] == ["eval"]


def test_the_state_of_a_graph_carries_the_answer() -> None:
    text = """
from langchain_aws import ChatBedrockConverse

llm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")


def write(state):
    return {"sql": llm.invoke(state["question"]).content}


def run(state):
    return {"rows": connection.execute(state["sql"]).fetchall()}
"""
    assert [s.sink for s in sinks(app=text)] == ["sql"]


SYSTEM = """

def handler(event, context):
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event["m"], system=[{"text": VALUE}])
"""


@pytest.mark.parametrize(
    ("value", "sources"),
    [
        ('"Be brief."', {"constant"}),
        ("f\"Be {event['tone']}\"", {"request"}),
        ('"Be " + event["tone"]', {"request"}),
        ('"Be {}".format(event["tone"])', {"request"}),
        ('open("system.txt").read()', {"stored"}),
        ('event["requestContext"]["authorizer"]["claims"]["sub"]', {"identity"}),
        ('TONES[event["tone"]]', {"constant"}),
        ('str(bedrock.converse(modelId="x", messages=[])["output"])', {"output"}),
    ],
)
def test_what_a_system_prompt_is_made_of(value: str, sources: set[str]) -> None:
    text = f"{HEAD}\nTONES = {{'a': 'A'}}\n{SYSTEM.replace('VALUE', value)}"
    found = [r.value for r in collected(app=text).resources if isinstance(r.value, ModelCall)]
    assert sources in [
        set(c.system_prompt_sources or ()) for c in found if not isinstance(c.system_prompt_sources, Unknown)
    ]


def test_a_parameter_without_callers_leaves_the_system_prompt_open() -> None:
    text = f"""{HEAD}

def ask(system, messages):
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages, system=[{{"text": system}}])
"""
    found = call(text).system_prompt_sources
    assert isinstance(found, tuple)
    assert all(isinstance(source, Unknown) for source in found)


def test_no_system_prompt() -> None:
    assert call(asking("pass")).system_prompt_sources is None


def test_a_gateway_hands_on_the_messages_of_its_caller() -> None:
    value = '"".join(m["content"] for m in event["messages"])'
    found = call(f"{HEAD}{SYSTEM.replace('VALUE', value)}").system_prompt_sources
    assert isinstance(found, tuple)
    assert all(isinstance(source, Unknown) for source in found)


@pytest.mark.parametrize(
    ("signature", "sources"),
    [("(body: dict)", ("request",)), ("(body: int)", ()), ("(body=Depends(get_current_user))", ())],
)
def test_what_a_route_is_given(signature: str, sources: tuple[str, ...]) -> None:
    text = f"""{HEAD}
from fastapi import Depends, FastAPI

app = FastAPI()


@app.post("/ask")
def ask{signature}:
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{{"content": [{{"text": body}}]}}])
"""
    assert call(text).untrusted_sources == sources


def test_people_who_ask_make_the_workload_multi_user() -> None:
    (workload,) = [r.value for r in collected(app=asking("pass")).resources if isinstance(r.value, Workload)]
    assert (workload.is_multi_user, workload.faces_people) == (True, True)


@pytest.mark.parametrize(
    ("statement", "ids"),
    [
        ('logger.info("x", extra={"request_id": 1, "session_id": 2})', {"request", "session"}),
        ('logger.info("user=%s", event["user_id"])', {"user", "request"}),
        ("log.append_keys(tenant_id=event['tenant'])", {"tenant"}),
        ('print(event["session_id"])', set()),
        ("pass", set()),
    ],
)
def test_ids_in_the_record_of_a_call(statement: str, ids: set[str]) -> None:
    assert set(call(asking(statement)).correlation or ()) == ids  # type: ignore[arg-type]


@pytest.mark.parametrize(("body", "tagged"), [("<amazon-bedrock-guardrails-guardContent_x>", True), ("text", False)])
def test_tags_for_the_guardrail(body: str, tagged: bool) -> None:
    text = f"""{HEAD}

def handler(event, context):
    body = json.dumps({{"messages": [{{"role": "user", "content": "{body}" + event["q"]}}]}})
    return bedrock.invoke_model(modelId="anthropic.claude-x", body=body, guardrailIdentifier="g", guardrailVersion="1")
"""
    assert call(text).input_tagged is tagged


RETRIEVE = """

def handler(event, context):
    claims = event["requestContext"]["authorizer"]["claims"]["cognito:groups"]
    bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event["messages"])
    return agents.retrieve(knowledgeBaseId="KB1", retrievalQuery={"text": event["q"]}ARGUMENTS)
"""


@pytest.mark.parametrize(
    ("filter_", "source"),
    [
        (None, "none"),
        ('{"equals": {"key": "owner", "value": claims["sub"]}}', "identity"),
        ('{"equals": {"key": "owner", "value": event["owner"]}}', "client"),
        ('{"equals": {"key": "type", "value": "faq"}}', "constant"),
    ],
)
def test_whose_choice_the_filter_is(filter_: str | None, source: str) -> None:
    search = f'{{"vectorSearchConfiguration": {{"numberOfResults": 5, "filter": {filter_}}}}}'
    given = f", retrievalConfiguration={search}" if filter_ else ""
    resources = collected(app=HEAD + RETRIEVE.replace("ARGUMENTS", given)).resources
    (found,) = [r.value for r in resources if isinstance(r.value, RetrievalCall)]
    assert (found.filter_source, found.knows_users, found.api) == (source, True, "retrieve")
    assert found.top_k == (5 if filter_ else None)
    assert found.knowledge_base == Ref("aws.bedrock.knowledge_base", "KB1")


def test_a_flow_in_circles_ends() -> None:
    steps = "".join(f"\n\ndef f{i}(x):\n    return f{i + 1}(f{i}(x) + x)\n" for i in range(30))
    text = f"{asking('logger.info(f0(text))')}{steps}\n\ndef f30(x):\n    return f0(x) + x\n"
    assert len(statements(text)) <= 1


@pytest.mark.parametrize(
    ("given", "source"), [("filters={'topic': request['topic']}", "client"), ("where={'topic': 'faq'}", "constant")]
)
def test_the_filter_of_a_vector_store_by_its_other_names(given: str, source: str) -> None:
    body = "    llm.invoke('x')\n    return store.similarity_search('x', k=3, ARGUMENT)\n".replace("ARGUMENT", given)
    text = "from langchain_aws import ChatBedrock\n\nllm = ChatBedrock(model='amazon.nova-lite-v1:0')\n"
    resources = collected(app=f"{text}\n\ndef view(request):\n{body}").resources
    (found,) = [r.value for r in resources if isinstance(r.value, RetrievalCall)]
    assert (found.filter_source, found.top_k) == (source, 3)
