"""What a request of a model is made of: the system prompt, what others wrote, tags for the guardrail, and ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.delimiters import delimited_of
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT, PARAMETER, RETRIEVED, STORED
from prodworks_cli.sources.calls.ids import ids_in
from prodworks_cli.sources.python.bounds import Asked
from prodworks_cli.sources.python.conversations import Conversations
from prodworks_cli.sources.python.delimiters import Compositions
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.flow_types import Trace
from prodworks_cli.sources.python.frameworks import ModelObject
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.sites import CallSite

_WORDS = {INPUT: "request", OUTPUT: "output", RETRIEVED: "retrieved", IDENTITY: "identity", STORED: "stored"}
_SYSTEM_KEYWORDS = ("system_prompt", "system_message", "state_modifier", "instructions", "system")
# Arguments and members of a body that hold what is asked.
_ASKED = ("messages", "input", "prompt", "contents", "inputs", "message", "inputText")
ASSEMBLED = "a function that is not in the repository may put a request into the system prompt"
_TAG = "amazon-bedrock-guardrails-guardContent"


class Requests:
    """Facts about the texts in requests."""

    def __init__(
        self, repository: Repository, flow: Flow, conversations: Conversations, compositions: Compositions
    ) -> None:
        self._repository = repository
        self._flow = flow
        self._conversations = conversations
        self._compositions = compositions

    def of_call(self, call: CallSite, facts: Facts) -> dict[str, Drafted]:
        """What the request of an SDK call says."""
        return {
            "system_prompt_sources": self._system(call, facts),
            "untrusted_sources": _untrusted(said := self._conversations.of(call)),
            "untrusted_delimited": self._delimited(said, self._conversations.system(call)),
            "input_tagged": self._tagged(call, facts) if facts.guardrail()[0].present else None,
        }

    def _system(self, call: CallSite, facts: Facts) -> Drafted:
        """What the system prompt is made of; absent where the request has none."""
        node = facts.node("system") if call.api.startswith("converse") else facts.node("body", "system")
        if not node.present:
            return None
        sources = self._sources(self._conversations.system(call))
        return Unknown(node.unknown.reason) if node.unknown and sources == ("constant",) else sources

    def of_object(self, found: ModelObject) -> dict[str, Drafted]:
        """What the requests that go through a framework's object say, as far as its own file shows them."""
        module = found.site.module
        texts = list(self._system_texts(module.path))
        traces = list(self._conversations.through_framework(module.path))
        left = Unknown("left to the framework; its requests are made in other files")
        return {
            "system_prompt_sources": self._sources(self._flow.of_all(texts)) if texts else left,
            "untrusted_delimited": self._delimited(Trace.join(traces), self._flow.of_all(texts)) if traces else left,
            "untrusted_sources": _untrusted(Trace.join(traces)) if traces else left,
        }

    def of_direct(self, call: Site) -> dict[str, Drafted]:
        """Who wrote what one call of a provider's own client asks."""
        asked = asked_directly(call)
        if not asked:
            return {"untrusted_sources": Unknown("the arguments of the call are built elsewhere")}
        said = Trace.join(self._flow.of(*a) for a in asked)
        given = call.module.arguments(call.node).keywords
        system = self._flow.of_all(call.to(given[k]) for k in _SYSTEM_KEYWORDS if k in given)
        return {"untrusted_sources": _untrusted(said), "untrusted_delimited": self._delimited(said, system)}

    def of_body(self, body: Site | None) -> dict[str, Drafted]:
        """What the body of a request over plain HTTP says."""
        if body is None:
            unread = Unknown("the body of the request is built elsewhere")
            return {"system_prompt_sources": unread, "untrusted_sources": unread}
        system = self._flow.of(body, ("system",))
        return {
            "system_prompt_sources": self._sources(system) if system.leaves else None,
            "untrusted_sources": _untrusted(said := Trace.join(self._flow.of(*a) for a in asked_in(body))),
            "untrusted_delimited": self._delimited(said, system),
        }

    def _delimited(self, said: Trace, system: Trace) -> bool | Unknown | None:
        """Whether what was retrieved is told from the instructions around it."""
        return delimited_of(said, system, self._compositions.of(said) if said.kinds(RETRIEVED) else ())

    def _system_texts(self, path: str) -> Iterator[Site]:
        module = self._repository.module(path)
        for call in module.of_type("call"):
            given = module.arguments(call)
            name = module.called(call)
            if name in ("SystemMessage", "SystemMessagePromptTemplate"):
                yield from (Site(module, n) for n in [given.get("content", 0)] if n is not None)
            elif name[:1].isupper() or name.startswith("create_"):
                yield from (Site(module, n) for k in _SYSTEM_KEYWORDS if (n := given.keywords.get(k)) is not None)
        for pair in module.of_type("tuple"):
            items = pair.named_children
            if len(items) == 2 and module.text(items[0]).strip("\"'") == "system":
                yield Site(module, items[1])

    def _sources(self, trace: Trace) -> Drafted:
        """The kinds of what a system prompt is made of; open where a function outside may add a request."""
        beyond = self._flow.beyond(trace).kinds(INPUT, PARAMETER)
        sources = _sources(trace)
        return (*sources, Unknown(ASSEMBLED)) if beyond else sources

    def _tagged(self, call: CallSite, facts: Facts) -> bool | Unknown | None:
        """Whether the text of the user carries the tags that the guardrail reads in a body of InvokeModel."""
        if not call.api.startswith("invoke_model"):
            return None
        for _ in self._repository.paths_with(_TAG.encode()):
            return True
        body = facts.node("body")
        if body.unknown is not None:
            return Unknown(body.unknown.reason)
        return False


def asked_directly(call: Site) -> list[Asked]:
    """What the arguments of a call of a provider's own client ask; nothing where they are built elsewhere."""
    return [(call.to(v), ()) for k, v in call.module.arguments(call.node).keywords.items() if k in _ASKED]


def asked_in(body: Site | None) -> list[Asked]:
    """What the body of a request over plain HTTP asks."""
    return [(body, (key,)) for key in _ASKED] if body is not None else []


def unresolved(node: Node) -> Iterator[Unknown]:
    """What is not known in a value, at any depth."""
    if node.unknown is not None:
        yield node.unknown
    for part in node.content.values() if isinstance(node.content, Mapping) else node.items():
        if part is not node:
            yield from unresolved(part)


def _sources(trace: Trace) -> tuple[Drafted, ...]:
    """The kinds of what a system prompt is made of; what is not known stays unknown.

    A request that carries the whole list of messages, as one to a gateway does, may hold a system prompt of its own.
    """
    found: list[Drafted] = []
    for leaf in trace.leaves:
        if leaf.kind == INPUT and "messages" in leaf.path:
            found.append(Unknown("the caller sends whole messages, system prompt included"))
        elif leaf.kind in _WORDS and leaf.certain:
            found.append(Node(_WORDS[leaf.kind], leaf.site.module.at(leaf.site.node)))
        elif leaf.kind == PARAMETER:
            found.append(Unknown(f"parameter {leaf.name} comes from outside the repository"))
        elif leaf.kind == "unknown":
            found.append(Unknown(leaf.name))
    return tuple(_distinct(found)) or ("constant",)


def _untrusted(trace: Trace) -> Drafted:
    """Who else than the developer wrote what is asked: people, documents, other models."""
    found: list[Drafted] = [_WORDS[x.kind] for x in trace.kinds(INPUT, RETRIEVED, OUTPUT) if x.certain]
    opened = trace.kinds(PARAMETER, "unknown")
    if opened:
        found.append(Unknown(f"{opened[0].name} comes from outside the repository"))
    return tuple(_distinct(found))


def _distinct(found: Iterable[Drafted]) -> Iterator[Drafted]:
    seen: set[object] = set()
    for item in found:
        key = item.content if isinstance(item, Node) else item
        if key not in seen:
            seen.add(key)
            yield item


__all__ = ["Requests", "ids_in"]
