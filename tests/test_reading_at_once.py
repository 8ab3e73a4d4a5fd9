"""One repository is read by several processes at once: the inventory, and what is said of crashes, is that of one."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import pytest

from prodworks_cli import audit, collect, processes, promises, tasks, whole
from prodworks_cli.collect import collect_repository
from prodworks_cli.inventory import dump
from prodworks_cli.model import Inventory
from prodworks_cli.sources import cdk, prompts, python, secrets, typescript
from prodworks_cli.sources.files import tree_of

HERE = os.getpid()
FILES = {
    "app.py": """import logging
import os
import boto3

log = logging.getLogger(__name__)
bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    log.info("asked %s", event["body"])
    return bedrock.converse(modelId=os.environ["MODEL_ID"], messages=[{"content": [{"text": event["body"]}]}])
""",
    "web/ask.ts": """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
export const ask = (messages) => new BedrockRuntimeClient({}).send(
  new ConverseCommand({ modelId: process.env.MODEL_ID, messages }));
""",
    "prompts/system.txt": "You are a helpful assistant. " * 8,
    "main.tf": """resource "aws_lambda_function" "app" {
  function_name = "app"
  environment {
    variables = { MODEL_ID = "amazon.nova-lite-v1:0" }
  }
}
""",
}


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cores, and everything worth a process."""
    for module in (processes, promises):
        monkeypatch.setattr(module, "usable", lambda: 2)
        monkeypatch.setattr(module, "can_fork", lambda: True)
    for module, name in ((processes, "WORTH"), (tasks, "WORTH"), (collect, "SPLIT")):
        monkeypatch.setattr(module, name, 1)


def read(at_once: bool) -> tuple[Inventory, audit.Errors]:
    errors = audit.Errors()
    begin = errors.begin if at_once else None
    return collect_repository(tree_of(FILES), {}, errors.attempt, begin=begin), errors


def test_several_processes_find_what_one_finds(two_cores: None) -> None:
    (several, errors), (one, _) = read(at_once=True), read(at_once=False)
    assert dump(several) == dump(one)
    assert errors.seen == []
    assert "amazon.nova-lite-v1:0" in dump(one)


def odd(real: Any, *given: Any, **options: Any) -> Any:
    raise ValueError("odd file")


def stopped_elsewhere(real: Any, *given: Any, **options: Any) -> Any:
    if os.getpid() != HERE:
        os._exit(9)
    return real(*given, **options)


SOURCES = {
    "the Python reader": (python, "read"),
    "the TypeScript reader": (typescript, "read"),
    "the secret scanner": (secrets, "read"),
    "the prompt reader": (prompts, "read"),
    "the environment of code": (collect, "environment"),
    "the references to models": (whole, "written"),
    "the CDK reader": (cdk, "read"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_crash_is_a_gap_and_an_error_wherever_it_happens(
    two_cores: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module, function = SOURCES[name]
    monkeypatch.setattr(module, function, partial(odd, None))
    (several, errors), (one, _) = read(at_once=True), read(at_once=False)
    assert dump(several) == dump(one)
    assert [str(error) for error in errors.seen] == ["odd file"]
    assert [gap.scope for gap in several.gaps if gap.reason.startswith("internal error")] == [name]


@pytest.mark.parametrize("name", SOURCES)
def test_a_process_that_is_stopped_is_made_up_for(two_cores: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    alone, _ = read(at_once=False)
    module, function = SOURCES[name]
    monkeypatch.setattr(module, function, partial(stopped_elsewhere, getattr(module, function)))
    several, errors = read(at_once=True)
    assert dump(several) == dump(alone)
    assert errors.seen == []
