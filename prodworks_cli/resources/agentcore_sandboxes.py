"""AgentCore sandboxes: custom browsers and code interpreters, in which an agent runs what a model writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.node import Block, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    declared,
    later,
    observed,
    otherwise,
    pascal,
    snake,
    truth,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Text


@dataclass(frozen=True)
class Sandbox(Kind):
    """A custom browser or code interpreter. ``tool`` is ``browser`` or ``code_interpreter``.

    ``recording_enabled`` of a code interpreter is ``None``: only browsers are recorded.
    """

    KIND = "aws.agentcore.sandbox"

    id: Text
    tool: Text
    network_mode: Text
    recording_enabled: Flag


def _sandbox(block: Block, spell: Spelling, tool: str, recording: Drafted) -> Draft:
    body = block.body
    return declared(
        Sandbox,
        block,
        (body[spell("name")],),
        id=later(block, "id"),
        tool=tool,
        network_mode=body.at(spell("network_configuration"), spell("network_mode")),
        recording_enabled=recording,
    )


def _browser(block: Block, spell: Spelling) -> Draft:
    """Without a setting a browser is not recorded."""
    recording = block.body["recording" if spell is snake else spell("recording_config")]
    return _sandbox(block, spell, "browser", otherwise(recording.at(spell("enabled")), False))


def _interpreter(block: Block, spell: Spelling) -> Draft:
    return _sandbox(block, spell, "code_interpreter", None)


def _observed(record: Record) -> Draft:
    """The tool whose description the collector read."""
    browser = record.answers["bedrock-agentcore-control:GetBrowser"]
    if browser.present:
        return _shown(record, browser, "browser", browser.unknown or truth(browser.at("recording", "enabled")))
    interpreter = record.answer("bedrock-agentcore-control:GetCodeInterpreter")
    return _shown(record, interpreter, "code_interpreter", None)


def _shown(record: Record, answer: Node, tool: str, recording: Drafted) -> Draft:
    prefix = "browser" if tool == "browser" else "codeInterpreter"
    return observed(
        Sandbox,
        record,
        (answer[f"{prefix}Id"], answer[f"{prefix}Arn"], answer["name"]),
        id=answer[f"{prefix}Id"],
        tool=tool,
        network_mode=answer.at("networkConfiguration", "networkMode"),
        recording_enabled=recording,
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagentcore_browser": lambda block, _: _browser(block, snake),
    "awscc_bedrockagentcore_browser_custom": lambda block, _: _browser(block, awscc),
    "aws_bedrockagentcore_code_interpreter": lambda block, _: _interpreter(block, snake),
    "awscc_bedrockagentcore_code_interpreter_custom": lambda block, _: _interpreter(block, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::BedrockAgentCore::BrowserCustom": lambda block, _: _browser(block, pascal),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": lambda block, _: _interpreter(block, pascal),
}
API: Mapping[str, Observed] = {Sandbox.KIND: _observed}
