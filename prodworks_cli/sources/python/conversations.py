"""What is said to the models: the texts of people and documents in the requests of all model calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from prodworks_cli.sources.calls.flows import INPUT, OUTPUT, PARAMETER, RETRIEVED, Path
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.flow_types import Leaf, Trace, named
from prodworks_cli.sources.python.origins import INVOKES
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.sites import CallSite

# Where the user's text is in the arguments of each operation, by the argument that holds it.
_TEXTS: tuple[tuple[str, tuple[Path, ...]], ...] = (
    ("messages", ((),)),
    ("body", (("messages",), ("prompt",), ("inputText",), ("message",), ("inputs",))),
    ("Body", ((),)),
    ("inputText", ((),)),
    ("input", (("text",),)),
    ("inputs", ((),)),
    ("payload", ((),)),
)
_ASKING = INVOKES | {"agent", "llm"}
_INPUTS = ("input", "messages", "prompt", "inputs")
FRAMEWORKS = (b"langchain", b"strands", b"llama_index", b"litellm", b"langgraph", b"openai", b"anthropic")
# Names of parameters that hold no text that somebody wrote.
NO_TEXT_NAME = re.compile(
    r"(?:^|_)(?:id|ids|name|key|keys|model|type|lang|language|count|size|num|max|min|temperature|top_p|top_k|url|uri"
    r"|arn|bucket|path|file|filename|client|config|settings|region|role|level|index|version|mode|limit|timeout|status"
    r"|provider|profile|action|tag|host|endpoint|error|err|exc|exception|elapsed|duration|timestamp|date|user|username|email"
    r"|number|code|state|format|schema|tools?|self|cls|stream|logger)(?:_str)?$"
)


class Conversations:
    """The requests of a repository's model calls, as one flow."""

    def __init__(self, repository: Repository, flow: Flow, calls: Iterable[CallSite]) -> None:
        self._repository = repository
        self._flow = flow
        self._calls = list(calls)

    def of(self, call: CallSite) -> Trace:
        """What the texts in one request are made of."""
        return Trace.join(self._flow.of(site, path) for site, path in asked_by(call))

    def system(self, call: CallSite) -> Trace:
        """What the system prompt of a request is made of."""
        found = _given(call, (("system", ((),)), ("body", (("system",),))))
        return Trace.join(self._flow.of(site, path) for site, path in found)

    def requests(self) -> Iterator[Site]:
        """The expressions that requests of models are made of."""
        for call in self._calls:
            given = _given(call, (*_TEXTS, ("system", ((),))))
            yield from (site for site, _ in given)
        for path in self._repository.paths_with(*FRAMEWORKS):
            yield from self.told(path)

    @cached_property
    def asked(self) -> Trace:
        """What the texts in all requests are made of."""
        paths = self._repository.paths_with(*FRAMEWORKS)
        return Trace.join([*(self.of(c) for c in self._calls), *(t for p in paths for t in self.through_framework(p))])

    def through_framework(self, path: str) -> Iterator[Trace]:
        """The texts that one file hands to objects of frameworks that hold a model, as traces."""
        yield from (self._flow.of(text) for text in self.told(path))

    def told(self, path: str) -> Iterator[Site]:
        """The expressions that one file hands to objects of frameworks that hold a model."""
        for module in (self._repository.module(path),):
            for node in module.calls_to(_ASKING):
                given = module.arguments(node)
                texts = [
                    *given.positional[:1],
                    *(v for k, v in given.keywords.items() if k in _INPUTS),
                ]
                answers = self._flow.of(Site(module, node)).kinds(OUTPUT) if texts else ()
                if any(leaf.root == (module.path, node.id) for leaf in answers):
                    yield from (Site(module, text) for text in texts)

    @cached_property
    def _roots(self) -> dict[tuple[str, int], set[Path]]:
        roots: dict[tuple[str, int], set[Path]] = {}
        for leaf in self.asked.kinds(INPUT, PARAMETER, RETRIEVED):
            path = named(leaf.path)
            if leaf.certain and (not path or not NO_TEXT_NAME.search(path[-1])):
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
        return bool(trace.composed & self._composed)

    @cached_property
    def _composed(self) -> frozenset[tuple[str, int]]:
        return self.asked.composed

    def is_asked(self, root: tuple[str, int]) -> bool:
        """Something of this request is told to a model."""
        return root in self._roots


def asked_by(call: CallSite) -> list[tuple[Site, Path]]:
    """The texts of people and documents in one request: expressions, and the members of them."""
    return list(_given(call, _TEXTS))


def _given(call: CallSite, texts: tuple[tuple[str, tuple[Path, ...]], ...]) -> Iterator[tuple[Site, Path]]:
    for argument, paths in texts:
        node = call.arguments.keywords.get(argument)
        if node is not None:
            yield from ((call.site.to(node), path) for path in paths)
        else:
            yield from ((call.site.to(s), (argument, *path)) for s in call.arguments.splats for path in paths)
