"""A file that reaches for a model in an unknown way keeps a repository from being "nothing to audit"."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.sources.files import tree_of
from prodworks_cli.workload import nothing_to_audit


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("app.py", "import os\n\nfrom pydantic_ai import Agent\n", "names pydantic_ai"),
        ("app.py", "\n\nurl = f'https://bedrock-agent-runtime.{r}.amazonaws.com/'\n", "names bedrock-agent-runtime"),
        ("app.ts", "\n\nimport { Agent } from '@strands-agents/sdk'\n", "names @strands-agents/sdk"),
    ],
)  # fmt: skip
def test_it_is_a_gap_at_its_line(path: str, text: str, named: str) -> None:
    found = collect_repository(tree_of({path: text}), {})
    (gap,) = found.gaps
    assert (gap.kind, gap.scope, gap.line) == ("repo.model_*", path, 3)
    assert gap.reason == f"{named}, and no model call was recognised"
    assert not nothing_to_audit(found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "# like openai\nfrom strandsomething import x\n"),
        ("app.ts", "import x from './openai-like'\n"),
        ("notes.md", "import openai\n"),
    ],
)
def test_other_texts_are_none(path: str, text: str) -> None:
    found = collect_repository(tree_of({path: text}), {})
    assert not found.gaps
    assert nothing_to_audit(found)


def test_where_a_call_is_recognised_the_rest_is_no_gap() -> None:
    call = "import boto3\n\nboto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0', messages=[])\n"
    assert not collect_repository(tree_of({"app.py": call, "other.py": "import openai\n"}), {}).gaps


@pytest.mark.parametrize(("created", "gaps"), [("false", ["main.tf"]), ("true", [])])
def test_bedrock_resources_that_defaults_switch_off_are_a_gap(created: str, gaps: list[str]) -> None:
    text = f"""
variable "create" {{
  default = {created}
}}

resource "aws_bedrock_guardrail" "chat" {{
  count = var.create ? 1 : 0
  name  = "chat"
}}
"""
    found = collect_repository(tree_of({"main.tf": text}), {})
    assert [g.scope for g in found.gaps if g.kind == "aws.bedrock.*"] == gaps
    assert not nothing_to_audit(found)


def test_a_file_that_does_not_parse_is_told_once() -> None:
    broken = 'resource "aws_bedrock_guardrail" "chat" {\n  name = "chat\n'
    whole = 'variable "n" {\n  default = 0\n}\nresource "aws_bedrock_agent" "chat" {\n  count = var.n\n}\n'
    for files, told in (
        ({"main.tf": broken}, ["main.tf"]),
        ({"a/main.tf": broken, "b/main.tf": whole}, ["a/main.tf", "b/main.tf"]),
    ):
        gaps = collect_repository(tree_of(files), {}).gaps
        assert [g.scope for g in gaps] == told
        assert ["defaults of the variables" in g.reason for g in gaps] == [path == "b/main.tf" for path in told]
