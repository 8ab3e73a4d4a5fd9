"""Bedrock flows and their nodes, those inside loops included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    camel,
    declared,
    later,
    observed,
    parsed,
    pascal,
    snake,
)
from prodworks_cli.resources.model_calls import NUMBERED
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, draft

_ANSWERING = ("Prompt", "KnowledgeBase")


@dataclass(frozen=True)
class FlowNode(Item):
    """An element of ``nodes``. ``prompt_version`` is that of a managed prompt, ``DRAFT`` where none is named."""

    name: Text
    type: Text
    guardrail_id: Text
    guardrail_version: Text
    prompt_version: Text

    @property
    def answers(self) -> Flag:
        """Whether the node lets a model answer by itself: a prompt, or a knowledge base that generates."""
        return self.type if isinstance(self.type, Unknown) else self.type in _ANSWERING


@dataclass(frozen=True)
class Flow(Kind):
    """A Bedrock flow in the version that serves traffic."""

    KIND = "aws.bedrock.flow"

    id: Text
    status: Text
    nodes: tuple[FlowNode | Unknown, ...] | Unknown | None


_PROMPT = re.compile(r":prompt/[A-Za-z0-9]+(?::(?P<version>[A-Za-z0-9]+))?$")
_VERSIONS = ("AWS::Bedrock::PromptVersion", "awscc_bedrock_prompt_version")
_S3 = Unknown("the definition is loaded from S3 when it is deployed", present=True)
_DEPTH = 8


def _flow(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    return declared(
        Flow,
        block,
        (body[spell("name")],),
        id=later(block, "id"),
        # What a deployment ends with, or fails.
        status="Prepared",
        nodes=_defined(body, declarations, spell),
    )


def _defined(body: Node, declarations: Declarations, spell: Spelling) -> Drafted:
    """The nodes of the definition, or of the text that holds it in the API's own spelling."""
    definition = body.at(spell("definition"))
    if definition.present or spell is snake:
        return _nodes(definition, declarations, spell)
    written = parsed(body[spell("definition_string")])
    if written.present:
        return _nodes(written, declarations, pascal if written["Nodes"].present else camel)
    return _S3 if body[spell("definition_s3_location")].present else ()


def _nodes(definition: Node, declarations: Declarations, spell: Spelling, depth: int = _DEPTH) -> Drafted:
    if definition.unknown:
        return definition.unknown
    listed = definition.at("node" if spell is snake else spell("nodes"))
    return listed.unknown or tuple(_each(listed, declarations, spell, depth))


def _each(listed: Node, declarations: Declarations, spell: Spelling, depth: int) -> Iterator[Drafted]:
    for node in listed.items():
        if node.unknown:
            yield node.unknown
            continue
        config = node.at(spell("configuration"))
        yield _node(node, config, declarations, spell)
        # The provider of Terraform has no loops.
        inner = config.at(spell("loop"), spell("definition")) if spell is not snake else Node(None, node.location)
        if inner.present:
            nested = _nodes(inner, declarations, spell, depth - 1) if depth else Unknown("loops nest too deeply", True)
            yield from nested if isinstance(nested, tuple) else (nested,)


def _node(node: Node, config: Node, declarations: Declarations, spell: Spelling) -> Draft:
    kind = node[spell("type")]
    inner = config.at(spell("knowledge_base") if kind.text() == "KnowledgeBase" else spell("prompt"))
    guardrail = inner.at(spell("guardrail_configuration"))
    source = inner.at(spell("source_configuration")) if kind.text() != "KnowledgeBase" else Node(None, inner.location)
    return draft(
        FlowNode,
        node,
        name=node[spell("name")],
        type=kind,
        guardrail_id=guardrail.at(spell("guardrail_identifier")),
        guardrail_version=guardrail.at(spell("guardrail_version")),
        prompt_version=_version(source.at(spell("resource"), spell("prompt_arn")), declarations),
    )


def _version(prompt: Node, declarations: Declarations) -> Drafted:
    """The version that the ARN of a prompt ends with; a reference is to a prompt, or to a version of one."""
    if isinstance(prompt.content, Reference):
        target = declarations.named(prompt.content.address)
        if target is not None and target.type in _VERSIONS:
            return Unknown("the number of a version that is made at deployment", present=True, shape=NUMBERED)
        return "DRAFT"
    if not prompt.present or prompt.unknown:
        return prompt.unknown
    match = _PROMPT.search(prompt.text() or "")
    return (match["version"] or "DRAFT") if match else Unknown("not the ARN of a prompt", present=True)


def _observed(record: Record) -> Draft:
    """The version that an alias serves where there is one, else the draft; which one, only the aliases tell."""
    draft_answer = record.answer("bedrock-agent:GetFlow")
    served = record.answers["bedrock-agent:GetFlowVersion"]
    aliases = record.answers["bedrock-agent:ListFlowAliases"]["flowAliasSummaries"]
    unread = aliases.unknown or next((alias.unknown for alias in aliases.items() if alias.unknown), None)
    flow = Node(unread, aliases.location) if unread else served if served.present else draft_answer
    return observed(
        Flow,
        record,
        (draft_answer["id"], draft_answer["arn"], draft_answer["name"]),
        id=draft_answer["id"],
        status=flow["status"],
        nodes=_nodes(flow["definition"], Declarations(()), camel),
    )


def _with(spell: Spelling) -> Declared:
    return lambda block, declarations: _flow(block, declarations, spell)


TERRAFORM: Mapping[str, Declared] = {"aws_bedrockagent_flow": _with(snake)}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Bedrock::Flow": _with(pascal)}
API: Mapping[str, Observed] = {Flow.KIND: _observed}
