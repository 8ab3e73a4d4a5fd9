"""What the repository says of people around the workload."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.workload import Workload
from prodworks_cli.sources.files import tree_of

CALL = 'import boto3\nbedrock = boto3.client("bedrock-runtime")\nbedrock.converse(modelId="amazon.nova-lite-v1:0")\n'
EMBED = CALL.replace("amazon.nova-lite-v1:0", "amazon.titan-embed-text-v2:0")
SWITCH = "# Runbook\n\n## Switch the model off\n\n`aws lambda put-function-concurrency`\n\nTested in May.\n"
RATE = "def rate(message_id, feedback):\n    table.put_item(Item={'message_id': message_id})\n"


def workload(**files: str) -> Workload:
    tree = tree_of({name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()})
    return next(r.value for r in collect_repository(tree, {}).resources if isinstance(r.value, Workload))


def shown(value: Any) -> object:
    return "unknown" if isinstance(value, Unknown) else value


@pytest.mark.parametrize(
    ("files", "stops"),
    [
        ({}, "unknown"),
        ({"app_dot_py": CALL}, False),
        ({"app_dot_py": CALL, "docs__runbook_dot_md": SWITCH}, True),
        ({"docs__runbook_dot_md": SWITCH}, True),
        ({"app_dot_py": CALL + "if settings.ai_enabled:\n    pass\n"}, "unknown"),
    ],
)
def test_kill_switch(files: dict[str, str], stops: object) -> None:
    assert shown(workload(**files).kill_switch) == stops


@pytest.mark.parametrize(
    ("files", "faces", "captured"),
    [
        ({"app_dot_py": CALL}, "unknown", False),
        ({"app_dot_py": CALL, "web__index_dot_html": "<p>"}, True, False),
        ({"app_dot_py": CALL + RATE}, True, True),
        ({"app_dot_py": CALL + "# feedback\n", "web__index_dot_html": "<p>"}, True, "unknown"),
    ],
)
def test_people(files: dict[str, str], faces: object, captured: object) -> None:
    found = workload(**files)
    assert (shown(found.shows_answers), shown(found.feedback_captured)) == (faces, captured)


@pytest.mark.parametrize(
    ("files", "fallback"),
    [({}, "unknown"), ({"app_dot_py": CALL}, False), ({"app_dot_py": EMBED}, "unknown")],
)
def test_fallback(files: dict[str, str], fallback: object) -> None:
    assert shown(workload(**files).fallback) == fallback


SPRING = """import org.springframework.ai.chat.client.ChatClient;
class Chat {
  private final ChatClient chat;
  Chat(ChatClient.Builder builder, VectorStore store) { this.chat = builder.defaultAdvisors(ADVISORS).build(); }
  @PostMapping Object ask(@RequestBody Ask request) { return chat.prompt().user(request.text()).call().content(); }
}
"""


@pytest.mark.parametrize(("advisors", "retrieves"), [("new QuestionAnswerAdvisor(store)", True), ("new Own()", False)])
def test_a_prompt_with_what_an_advisor_found_shows_retrieval(advisors: str, retrieves: bool) -> None:
    assert workload(src__Chat_dot_java=SPRING.replace("ADVISORS", advisors)).has_retrieval is retrieves


IMAGE = 'import json\nbedrock.invoke_model(modelId="amazon.nova-canvas-v1:0", body=json.dumps({}))\n'
ANY = 'import os\nbedrock.invoke_model(modelId=os.environ["MODEL"], body="{}")\n'


@pytest.mark.parametrize(
    ("python", "put_out"),
    [
        ("", ()),
        (CALL, ("text",)),
        (CALL + IMAGE, ("image", "text")),
        (EMBED + ANY, ("embedding", "unknown")),
        ('import boto3\nboto3.client("bedrock-agentcore").invoke_agent_runtime(payload=b"")\n', ()),
    ],
)
def test_what_models_put_out_on_the_runtime_endpoint(python: str, put_out: tuple[str, ...]) -> None:
    listed: Any = workload(app_dot_py=python).modalities
    assert tuple(shown(modality) for modality in listed) == put_out
