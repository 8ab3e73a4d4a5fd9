"""Action groups of Agents Classic: what an agent may do, each as a function or as an operation of an OpenAPI schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Parts,
    Record,
    Spelling,
    awscc,
    camel,
    declared,
    literals,
    observed,
    otherwise,
    pascal,
    snake,
)
from prodworks_cli.resources.agent_code import CONSEQUENTIAL
from prodworks_cli.resources.effects import described_effect, named_effect
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Link, Text, To, draft
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml


@dataclass(frozen=True)
class Action(Item):
    """An element of ``functions``. ``effect`` is read, write, delete, money, message or execute, by its name or
    description; ``require_confirmation`` is ``ENABLED``, ``DISABLED`` or not set."""

    name: Text
    effect: Text
    require_confirmation: Text

    @property
    def consequential(self) -> Flag:
        """Whether the action acts on the world instead of reading it."""
        if self.effect is None or isinstance(self.effect, Unknown):
            return self.effect or Unknown("neither name nor description tell what the action does")
        return self.effect in CONSEQUENTIAL


@dataclass(frozen=True)
class ActionGroup(Kind):
    """The actions of an Agents Classic agent.

    ``executor`` is ``LAMBDA`` or ``RETURN_CONTROL``, ``None`` for what AWS offers itself (asking the user, running
    code), which has no ``functions`` either.
    """

    KIND = "aws.bedrock.action_group"

    name: Text
    agent: Annotated[Link, To("aws.bedrock.agent")]
    state: Text
    executor: Text
    function: Annotated[Link, To("aws.compute.unit")]
    functions: tuple[Action | Unknown, ...] | Unknown | None


_S3 = Unknown("the OpenAPI schema in S3 was not read", present=True)
_VERBS = {"get": "read", "head": "read", "put": "write", "patch": "write", "delete": "delete", "post": None}


def _attributes(group: Node, spell: Spelling) -> dict[str, Drafted]:
    executor = group[spell("action_group_executor")]
    function = executor.at(spell("lambda"))
    return {
        "name": group[spell("action_group_name")],
        "state": otherwise(group[spell("action_group_state")], "ENABLED"),
        "executor": _executor(executor, function, spell),
        "function": function,
        "functions": _functions(group, spell),
    }


def _executor(executor: Node, function: Node, spell: Spelling) -> Drafted:
    if executor.unknown:
        return executor.unknown
    return "LAMBDA" if function.present else executor.at(spell("custom_control"))


def _functions(group: Node, spell: Spelling) -> Drafted:
    """The functions, or the operations of an OpenAPI schema that is written out."""
    api, schema = group[spell("api_schema")], group[spell("function_schema")]
    if schema.present:
        inner = schema.at("member_functions") if spell is snake else schema
        listed = inner.at(spell("functions"))
        return schema.unknown or listed.unknown or tuple(_function(f, spell) for f in listed.items())
    if api.unknown:
        return api.unknown
    payload = api.at(spell("payload"))
    if payload.present:
        return _operations(payload)
    return _S3 if api.present else ()


def _function(function: Node, spell: Spelling) -> Drafted:
    """The provider of Terraform cannot ask for a confirmation; without a setting Bedrock asks for none."""
    if function.unknown:
        return function.unknown
    name, about = function[spell("name")], function[spell("description")]
    return draft(
        Action,
        function,
        name=name,
        effect=_effect(name, (about,)),
        require_confirmation=None if spell is snake else function[spell("require_confirmation")],
    )


def _effect(name: Node, texts: Iterable[Node], verb: str | None = None) -> Drafted:
    """What the name says, else the description, else the method of HTTP."""
    said = named_effect(name.text() or "")
    found = (effect for text in texts if (effect := described_effect(text.text() or "")))
    return said or next(found, None) or verb or Unknown("neither name nor description tell what the action does")


def _operations(payload: Node) -> Drafted:
    text = payload.text()
    if text is None:
        return payload.unknown or Unknown("the OpenAPI schema is no text", present=True)
    try:
        document = read_yaml(text, payload.location.where)
    except MalformedYaml:
        return Unknown("the OpenAPI schema cannot be read", present=True)
    return tuple(_operation(*found, payload) for found in _paths(document))


def _paths(document: Node) -> Iterator[tuple[str, str, Node]]:
    for path, item in document["paths"].members():
        for verb, operation in item.members():
            if verb in _VERBS:
                yield path, verb, operation


def _operation(path: str, verb: str, operation: Node, payload: Node) -> Draft:
    """An operation at the place of the schema; without an id it is named after its path."""
    name = operation["operationId"].text() or f"{verb} {path}"
    plain = Node(operation["operationId"].text() or path.strip("/").replace("/", "_"), payload.location)
    return draft(
        Action,
        payload,
        name=name,
        effect=_effect(plain, (operation["summary"], operation["description"]), _VERBS[verb]),
        require_confirmation=operation["x-requireConfirmation"].text(),
    )


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    agent = body["agent_id"].content
    owner = declarations.named(agent.address) if isinstance(agent, Reference) else None
    names = _names(owner.body["agent_name"] if owner else None, body["action_group_name"])
    return declared(ActionGroup, block, names, agent=body["agent_id"], **_attributes(body, snake))


def _names(agent: Node | None, group: Node) -> tuple[Node, ...]:
    """A group is found by the names of its agent and its own, since other agents may have one of that name."""
    if agent is None or not agent.text() or not group.text():
        return ()
    return (Node(f"{agent.text()}/{group.text()}", group.location),)


def _inside(agent: Block, spell: Spelling) -> Iterator[Draft]:
    """The groups that an agent's own block writes."""
    for number, group in enumerate(agent.body[spell("action_groups")].items()):
        name = group[spell("action_group_name")]
        aliases = literals(_names(agent.body[spell("agent_name")], name))
        identity = f"{agent.address} {name.text() or number}"
        attributes = {"agent": Ref("aws.bedrock.agent", agent.address), **_attributes(group, spell)}
        yield Draft(ActionGroup, group.location, attributes, identity, aliases)


def _observed(record: Record) -> Draft:
    group = record.answer("bedrock-agent:GetAgentActionGroup")["agentActionGroup"]
    agent = record.answer("bedrock-agent:GetAgent").at("agent", "agentName")
    owner = Ref("aws.bedrock.agent", record.identity.partition("/action-group/")[0])
    names = _names(agent, group["actionGroupName"])
    return observed(ActionGroup, record, names, agent=owner, **_attributes(group, camel))


def _parts(spell: Spelling) -> Parts:
    return lambda block, _: _inside(block, spell)


TERRAFORM: Mapping[str, Declared] = {"aws_bedrockagent_agent_action_group": _terraform}
PARTS: Mapping[str, Parts] = {
    "awscc_bedrock_agent": _parts(awscc),
    "AWS::Bedrock::Agent": _parts(pascal),
}
API: Mapping[str, Observed] = {ActionGroup.KIND: _observed}
