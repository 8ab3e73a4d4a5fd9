"""What is said to the models: the system prompts and the texts of people and documents in their requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.delimiters import delimited_of
from prodworks_cli.sources.calls.flows import INPUT, PARAMETER, RETRIEVED, Path
from prodworks_cli.sources.calls.prompt_sources import ASSEMBLED, system_sources, untrusted_sources
from prodworks_cli.sources.content import dig
from prodworks_cli.sources.typescript.delimiters import compositions
from prodworks_cli.sources.typescript.flow import Flow
from prodworks_cli.sources.typescript.flow_types import Leaf, Trace, named
from prodworks_cli.sources.typescript.frameworks import ModelObject
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.sites import CallSite
from prodworks_cli.sources.typescript.syntax import callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer

# Where the texts are in the requests of each library, and where the system prompts are.
_BODY = ("messages", "prompt", "inputText", "message", "inputs", "input", "contents")
_TEXTS: dict[str, tuple[Path, ...]] = {
    "aws": (
        ("messages",),
        *(("body", b) for b in _BODY),
        ("Body",),
        ("inputText",),
        ("input", "text"),
        ("payload",),
        ("inputs",),
    ),
    "ai": (("prompt",), ("messages",), ("value",), ("values",)),
    "client": (("messages",), ("input",), ("prompt",)),
    "http": tuple(("body", b) for b in _BODY),
}
_SYSTEMS: dict[str, tuple[Path, ...]] = {
    "aws": (("system",), ("body", "system")),
    "ai": (("system",),),
    "client": (("system",), ("instructions",)),
    "http": (("body", "system"), ("body", "system_instruction")),
}
_SYSTEM_ROLES = ("system", "developer")
_SYSTEM_KEYS = ("systemPrompt", "systemMessage", "stateModifier", "messageModifier", "prompt", "instructions", "system")
# Names of parameters that hold no text that somebody wrote.
NO_TEXT_NAME = re.compile(
    r"(?:^|_|[a-z])(?:[iI]ds?|[nN]ames?|[kK]eys?|[mM]odel|[tT]ype|[lL]ang|[lL]anguage|[cC]ount|[sS]ize|[nN]um|[mM]ax|[mM]in"
    r"|[tT]emperature|[uU]r[li]|[aA]rn|[bB]ucket|[pP]ath|[fF]ile|[fF]ilename|[cC]lient|[cC]onfig|[sS]ettings|[rR]egion"
    r"|[rR]ole|[lL]evel|[iI]ndex|[vV]ersion|[mM]ode|[lL]imit|[tT]imeout|[sS]tatus|[pP]rovider|[pP]rofile|[aA]ction|[tT]ag"
    r"|[hH]ost|[eE]ndpoint|[eE]rr|[eE]rror|[eE]xception|[eE]lapsed|[dD]uration|[tT]imestamp|[dD]ate|[uU]ser|[eE]mail"
    r"|[nN]umber|[cC]ode|[sS]tate|[fF]ormat|[sS]chema|[tT]ools?|[sS]tream|[lL]ogger|[lL]ength|[sS]tack|[eE]nabled|[oO]ptions|[tT]s|[tT]ime|[sS]core)$"
)
_TAG = "amazon-bedrock-guardrails-guardContent"


class Conversations:
    """The requests of a repository's model calls, as one flow."""

    def __init__(
        self, repository: Repository, tracer: Tracer, flow: Flow, requests: Requests, calls: Sequence[CallSite]
    ) -> None:
        self._repository = repository
        self._tracer = tracer
        self._flow = flow
        self._requests = requests
        self._calls = calls

    def of_call(self, call: CallSite, guarded: bool) -> dict[str, Drafted]:
        """What the request of a call says; ``guarded`` that it names a guardrail."""
        said = self.said(call)
        return {
            "system_prompt_sources": self._system(call),
            "untrusted_sources": untrusted_sources(said),
            "untrusted_delimited": self._delimited(said, self._spoken(call)),
            "input_tagged": self._tagged(call) if guarded else None,
        }

    def of_object(self, found: ModelObject) -> dict[str, Drafted]:
        """What the requests that go through a framework's object say, as far as its own file shows them."""
        module = found.site.module
        texts = [
            t
            for call in module.of_type("call_expression", "new_expression")
            for t in self._system_texts(Site(module, call))
        ]
        said = list(self._through_framework(found))
        left = Unknown("left to the framework; its requests are made in other files")
        return {
            "system_prompt_sources": self._open(self._flow.of_all(texts)) if texts else left,
            "untrusted_delimited": self._delimited(Trace.join(said), self._flow.of_all(texts)) if said else left,
            "untrusted_sources": untrusted_sources(Trace.join(said)) if said else left,
        }

    def _request(self, call: CallSite) -> Site | None:
        """The object that holds the request; for plain HTTP the options or data."""
        if call.library != "http":
            return call.request
        given = call.site.module.arguments(call.site.node)
        return call.site.to(given[-1]) if given else None

    def said(self, call: CallSite) -> Trace:
        """What the texts in the request of a call are made of."""
        return Trace.join(self._flow.of(request, path) for request, path in self.asked(call))

    def asked(self, call: CallSite) -> list[tuple[Site, Path]]:
        """The texts of people and documents in one request: the request, and the members of it."""
        request = self._request(call)
        return [(request, path) for path in _TEXTS[call.library]] if request is not None else []

    def _system(self, call: CallSite) -> Drafted:
        """What the system prompt is made of; absent where the request has none."""
        request = self._request(call)
        if request is None:
            return None
        given = self._requests.mapping(request)
        nodes = [dig(given, *path) for path in _SYSTEMS[call.library]]
        spoken = list(self._by_role(call, request))
        if not any(n is not None for n in nodes) and not spoken:
            return None
        trace = self._spoken(call)
        unread = next((n for n in nodes if isinstance(n, Unknown)), None)
        sources = self._open(trace)
        # What is certainly there, and is put together of constants alone, is constant.
        hidden = unread is not None and not unread.present and sources == ("constant",)
        return Unknown(unread.reason) if unread is not None and hidden else sources

    def _spoken(self, call: CallSite) -> Trace:
        """What the system prompt of a request is made of."""
        request = self._request(call)
        if request is None:
            return Trace()
        told = (self._flow.of(request, path) for path in _SYSTEMS[call.library])
        return Trace.join([*told, *(self._flow.of(s) for s in self._by_role(call, request))])

    def _delimited(self, said: Trace, system: Trace) -> bool | Unknown | None:
        """Whether what was retrieved is told from the instructions around it."""
        retrieved = said.kinds(RETRIEVED)
        return delimited_of(said, system, compositions(self._repository, self._flow, said) if retrieved else ())

    def _by_role(self, call: CallSite, request: Site) -> Iterator[Site]:
        """The contents of messages with the role of the system, where the code writes them out."""
        if call.library not in ("client", "http", "ai"):
            return
        for holder in self._tracer.sites(request):
            for origin in self._tracer.members.of(holder, "messages"):
                for end in self._tracer.sites(origin) if isinstance(origin, Site) else ():
                    yield from (end.to(c) for c in _system_contents(end))

    def _open(self, trace: Trace) -> tuple[Drafted, ...]:
        """The kinds of what a system prompt is made of; open where a function outside may add a request."""
        beyond = self._flow.beyond(trace).kinds(INPUT, PARAMETER)
        sources = system_sources(trace)
        return (*sources, Unknown(ASSEMBLED)) if beyond else sources

    def _system_texts(self, call: Site) -> Iterator[Site]:
        module, given = call.module, call.module.arguments(call.node)
        name = last_name(module, callee_of(call.node))
        if name in ("SystemMessage", "SystemMessagePromptTemplate") and given:
            yield call.to(given[0])
        elif given and given[0].type == "object" and (name[:1].isupper() or name.startswith("create")):
            for child in given[0].named_children:
                if child.type == "pair" and key_of(module, child) in _SYSTEM_KEYS[:4]:
                    value = child.child_by_field_name("value")
                    yield from [call.to(value)] if value is not None else []
        elif given and given[0].type == "array":
            for pair in (n for n in given[0].named_children if n.type == "array" and len(n.named_children) == 2):
                if string_of(module, pair.named_children[0]) == "system":
                    yield call.to(pair.named_children[1])

    def _through_framework(self, found: ModelObject) -> Iterator[Trace]:
        """The texts that one file hands to objects of frameworks that hold a model."""
        module = found.site.module
        for node in module.of_type("call_expression"):
            given = module.arguments(node)
            callee = callee_of(node)
            if not given or callee is None or callee.type != "member_expression":
                continue
            answers = self._flow.of(Site(module, node)).kinds("output")
            if any(leaf.root == (module.path, node.id) for leaf in answers):
                yield self._flow.of(Site(module, given[0]))

    def _tagged(self, call: CallSite) -> bool | Unknown | None:
        """Whether the text of the user carries the tags that the guardrail reads in a body of InvokeModel."""
        if not call.api.startswith("invoke_model"):
            return None
        if self._repository.holds(_TAG.encode()):
            return True
        body = dig(self._requests.mapping(call.request), "body")
        return Unknown(body.reason) if isinstance(body, Unknown) else False

    @cached_property
    def _asked(self) -> Trace:
        return Trace.join(self.said(call) for call in self._calls)

    @cached_property
    def _roots(self) -> dict[tuple[str, int], set[Path]]:
        roots: dict[tuple[str, int], set[Path]] = {}
        for leaf in self._asked.kinds(INPUT, PARAMETER, RETRIEVED):
            path = named(leaf.path)
            if not path or not NO_TEXT_NAME.search(path[-1]):
                roots.setdefault(leaf.root, set()).add(path)
        return roots

    def holds_prompt(self, leaf: Leaf) -> bool:
        """Something that is told to a model is this value, or a part of it."""
        path = named(leaf.path)
        if path and NO_TEXT_NAME.search(path[-1]):
            return False
        return any(told[: len(path)] == path for told in self._roots.get(leaf.root, ()))

    def shares_text(self, trace: Trace) -> bool:
        """Both put the same text together: a prompt that is logged as it is sent."""
        return bool(trace.composed & self._asked.composed)

    def is_asked(self, root: tuple[str, int]) -> bool:
        """Something of this request is told to a model."""
        return root in self._roots


def _system_contents(messages: Site) -> Iterator[Node]:
    if messages.node.type != "array":
        return
    module = messages.module
    for item in messages.node.named_children:
        pairs = {key_of(module, c): c.child_by_field_name("value") for c in item.named_children if c.type == "pair"}
        pairs |= {module.text(c): c for c in item.named_children if c.type == "shorthand_property_identifier"}
        content = pairs.get("content")
        if string_of(module, pairs.get("role")) in _SYSTEM_ROLES and content is not None:
            yield content
