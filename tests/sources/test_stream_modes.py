"""How a guardrail reads a streamed answer, as the arguments of the call say."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = "import json\nimport os\nimport boto3\nbedrock = boto3.client('bedrock-runtime')\n"
CONVERSE = "bedrock.converse_stream(modelId='amazon.nova-lite-v1:0', guardrailConfig={'guardrailIdentifier': 'g'MORE})"
INVOKE = "bedrock.invoke_model_with_response_stream(guardrailIdentifier='g', modelId='m', body=BODY)"


def mode(call: str) -> object:
    found = collect_repository(tree_of({"app.py": f"{HEAD}{call}\n"}), {}).resources
    (only,) = [r.value for r in found if isinstance(r.value, ModelCall)]
    return "?" if isinstance(only.guardrail_stream_mode, Unknown) else only.guardrail_stream_mode


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (CONVERSE.replace("MORE", ""), None),
        (CONVERSE.replace("MORE", ", 'streamProcessingMode': 'async'"), "async"),
        (CONVERSE.replace("MORE", ", 'streamProcessingMode': os.environ['MODE']"), "?"),
        (INVOKE.replace("BODY", "json.dumps({'max_tokens': 5})"), None),
        (
            INVOKE.replace(
                "BODY", "json.dumps({'amazon-bedrock-guardrailConfig': {'streamProcessingMode': 'ASYNCHRONOUS'}})"
            ),
            "ASYNCHRONOUS",
        ),
        (INVOKE.replace("BODY", "event['body']"), "?"),
    ],
)
def test_the_mode_stands_where_the_operation_takes_it(call: str, expected: object) -> None:
    assert mode(call) == expected
