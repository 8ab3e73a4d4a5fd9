"""How the agents of a repository start, told by their container files and code."""

from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block
from prodworks_cli.sources.agent_images import read
from prodworks_cli.sources.files import tree_of

AGENT = "from bedrock_agentcore.runtime import BedrockAgentCoreApp\n"


def images(files: dict[str, str]) -> list[Block]:
    return [b for b in read(tree_of(files).files) if b.type == "repo.agent_image"]


@pytest.mark.parametrize(
    ("text", "instrumented"),
    [
        ('CMD ["opentelemetry-instrument", "python", "-m", "agent"]', True),
        ("ENTRYPOINT opentelemetry-instrument python agent.py", True),
        ('ENTRYPOINT ["opentelemetry-instrument"]\nCMD ["python", "agent.py"]', True),
        ('CMD ["opentelemetry-instrument", \\\n "python", "agent.py"]', True),
        ('ENV JAVA_TOOL_OPTIONS="-javaagent:/opt/aws-opentelemetry-agent.jar"\nCMD ["java", "-jar", "a.jar"]', True),
        ('ENV NODE_OPTIONS="--require @aws/aws-distro-opentelemetry-node-autoinstrumentation/register"\nCMD x', True),
        ('CMD ["python", "-m", "agent"]', False),
        ('RUN pip install aws-opentelemetry-distro\nCMD ["python", "-m", "agent"]', False),
        ('# CMD ["opentelemetry-instrument", "python"]\nCMD ["python"]', False),
        ('HEALTHCHECK CMD curl localhost\nCMD ["python", "agent.py"]', False),
        ('CMD ["./start.sh"]', True),
        ('CMD ["bash", "bare.sh"]', False),
        ('CMD ["./missing.sh"]', None),
        ("FROM agentcore-base", None),
    ],
)
def test_what_an_image_starts(text: str, instrumented: bool | None) -> None:
    scripts = {"start.sh": "exec opentelemetry-instrument python agent.py\n", "bare.sh": "python agent.py\n"}
    (image,) = images({"Dockerfile": f"FROM python:3.13\n{text}\n", "agent.py": AGENT, **scripts})
    found = image.body["instrumented"]
    assert isinstance(found.content, Unknown) if instrumented is None else found.content is instrumented


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ({"Dockerfile": "CMD x", "agent.py": AGENT}, ["Dockerfile"]),
        ({"a/Dockerfile": "CMD x", "a/requirements.txt": "boto3\nbedrock-agentcore>=1.0\n"}, ["a/Dockerfile"]),
        ({"a/Dockerfile.agentcore": "CMD x"}, ["a/Dockerfile.agentcore"]),
        ({"a/chat.dockerfile": "COPY . .\nUSER bedrock_agentcore\nCMD x"}, ["a/chat.dockerfile"]),
        ({"a/Dockerfile": "CMD x", "b/agent.py": AGENT}, []),
        ({"web/Dockerfile": "CMD x", "web/package.json": '{"@aws-sdk/client-bedrock-agentcore": "3"}'}, []),
        ({"a/dockerfile-notes.txt.py": AGENT}, []),
        ({"tests/Dockerfile": "CMD x", "tests/agent.py": AGENT}, []),
    ],
)
def test_which_images_are_of_agents(files: dict[str, str], paths: list[str]) -> None:
    assert [image.address for image in images(files)] == paths


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("telemetry = StrandsTelemetry()\ntelemetry.setup_otlp_exporter()\n", 2),
        ("exporter = OTLPSpanExporter(endpoint=url)\n", 1),
        ("registerInstrumentations({})\n", 1),
        ("# of OTLPSpanExporter nothing is set up\n", 0),
    ],
)
def test_code_that_exports_spans_by_itself(text: str, found: int) -> None:
    blocks = [b for b in read(tree_of({"a.py": text, "b.py": text}).files) if b.type == "repo.span_exporter"]
    assert [b.body.location.line for b in blocks] == ([found] if found else [])
