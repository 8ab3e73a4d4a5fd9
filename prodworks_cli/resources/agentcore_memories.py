"""AgentCore memories and the strategies by which they keep what users said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    belonging,
    camel,
    declared,
    each,
    every,
    later,
    observed,
    otherwise,
    pascal,
    snake,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, Texts, draft

# Variables of a namespace that stand for one user, session or tenant; the id of the strategy is the same for all.
_VARIABLE = re.compile(r"\{(?!(?:memoryS|s)trategyId\})[^{}]+\}")


@dataclass(frozen=True)
class Strategy(Item):
    """An element of ``strategies``. ``namespaces`` are those of its memories and of reflections about them."""

    type: Text
    namespaces: Texts

    @property
    def separates(self) -> Flag:
        """Whether each namespace has a variable that keeps users, their sessions or tenants apart."""
        if self.namespaces is None or isinstance(self.namespaces, Unknown):
            return self.namespaces or Unknown("the namespaces are not known")
        return every(_has_variable(namespace) for namespace in self.namespaces)


@dataclass(frozen=True)
class Memory(Kind):
    """An AgentCore memory. One without ``strategies`` keeps events only, each of one actor and session."""

    KIND = "aws.agentcore.memory"

    id: Text
    kms_key: Text
    strategies: tuple[Strategy | Unknown, ...] | Unknown | None


def _has_variable(namespace: str | Unknown) -> bool | Unknown:
    if isinstance(namespace, Unknown):
        known = _VARIABLE.search(_written(namespace.shape or ""))
        return True if known else Unknown(namespace.reason)
    return bool(_VARIABLE.search(namespace))


def _written(shape: str) -> str:
    """The part of an unresolved text that is known."""
    return shape.replace("${...}", "")


_CHOSEN_BY_SERVICE = Unknown("no namespace is set, and the service chooses one")
_SELF_MANAGED = Unknown("the code that writes the records of a self-managed strategy chooses the namespace")
_TYPES = {
    "semantic_memory_strategy": "SEMANTIC",
    "summary_memory_strategy": "SUMMARIZATION",
    "user_preference_memory_strategy": "USER_PREFERENCE",
    "episodic_memory_strategy": "EPISODIC",
    "custom_memory_strategy": "CUSTOM",
}


def _memory(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    # The provider "aws" has resources of their own for strategies.
    inside = body[spell("memory_strategies")] if spell is not snake else Node((), body.location)
    beside = belonging(declarations, block, {"aws_bedrockagentcore_memory_strategy": "memory_id"}, _strategy_block)
    return declared(
        Memory,
        block,
        (body[spell("name")],),
        id=later(block, "id"),
        kms_key=body[spell("encryption_key_arn")],
        strategies=inside.unknown or (*(_inside(s, spell) for s in inside.items()), *beside),
    )


def _inside(strategy: Node, spell: Spelling) -> Drafted:
    """A strategy below the key of its type; a construct writes its members at once."""
    if strategy.unknown:
        return strategy.unknown
    for key, kind in _TYPES.items():
        if strategy[spell(key)].present:
            return _strategy(strategy[spell(key)], kind, spell)
    return _strategy(strategy, strategy[spell("type")], spell)


def _strategy_block(block: Block) -> Drafted:
    return _strategy(block.body, block.body["type"], snake)


def _strategy(body: Node, kind: Drafted, spell: Spelling) -> Draft:
    named = kind if isinstance(kind, str) else None
    places = [body]
    if named in (None, "EPISODIC"):
        places.append(body.at(spell("reflection_configuration")))
    if named in (None, "CUSTOM"):
        config = body.at(spell("configuration"))
        if config.at(spell("self_managed_configuration")).present:
            return draft(Strategy, body, type=kind, namespaces=_SELF_MANAGED)
        reflected = config if spell is snake else config.at(spell("episodic_override"))
        places.append(reflected.at(spell("reflection")))
    return draft(Strategy, body, type=kind, namespaces=_namespaces(places, spell))


def _namespaces(places: Iterable[Node], spell: Spelling) -> Drafted:
    """Those of memories and of reflections about them."""
    listed = list(places)
    found = tuple(n for place in listed for n in _listed(place, spell))
    return next((place.unknown for place in listed if place.unknown), None) or found or _CHOSEN_BY_SERVICE


def _listed(node: Node, spell: Spelling) -> Iterator[Node]:
    """Templates are the newer name for namespaces."""
    for key in ("namespace_templates", "namespaces"):
        yield from node[spell(key)].items()


def _observed(record: Record) -> Draft:
    memory = record.answer("bedrock-agentcore-control:GetMemory")["memory"]
    return observed(
        Memory,
        record,
        (memory["id"], memory["arn"], memory["name"]),
        id=memory["id"],
        kms_key=memory["encryptionKeyArn"],
        strategies=each(memory["strategies"], _observed_strategy),
    )


def _observed_strategy(strategy: Node) -> Draft:
    """What the service chose itself is among the namespaces here."""
    config = strategy["configuration"]
    reflection = config["reflection"]
    places = (
        strategy,
        reflection["episodicReflectionConfiguration"],
        reflection.at("customReflectionConfiguration", "episodicReflectionOverride"),
    )
    found = tuple(n for place in places for n in _listed(place, camel))
    own = config["selfManagedConfiguration"].present
    return draft(
        Strategy,
        strategy,
        type=strategy["type"],
        namespaces=_SELF_MANAGED if own else found or otherwise(strategy["namespaces"], _CHOSEN_BY_SERVICE),
    )


def _with(spell: Spelling) -> Declared:
    return lambda block, declarations: _memory(block, declarations, spell)


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagentcore_memory": _with(snake),
    "awscc_bedrockagentcore_memory": _with(awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::BedrockAgentCore::Memory": _with(pascal)}
API: Mapping[str, Observed] = {Memory.KIND: _observed}
