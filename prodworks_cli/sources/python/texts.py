"""Where the texts of people and models go in a repository: one flow, and all who ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.log_setups.levels import LevelVariables
from prodworks_cli.sources.python.answers import Answers
from prodworks_cli.sources.python.bounds import Bounds
from prodworks_cli.sources.python.conversations import Conversations
from prodworks_cli.sources.python.delimiters import Compositions
from prodworks_cli.sources.python.entries import Entries
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.frameworks import ModelObject
from prodworks_cli.sources.python.log_emission import Emission
from prodworks_cli.sources.python.log_setups import LogSetUps
from prodworks_cli.sources.python.logs import Logs
from prodworks_cli.sources.python.loops import Loops
from prodworks_cli.sources.python.origins import Origins
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.requests import Requests
from prodworks_cli.sources.python.retrieval import Retrievals
from prodworks_cli.sources.python.sinks import Sinks
from prodworks_cli.sources.python.sites import CallSite
from prodworks_cli.sources.python.tools import Tools
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values

# Without a model call only tools and searches are looked for, and only where one of these is used.
AGENTIC = (b"bedrock-agent-runtime", b"from strands", b"langchain", b"FastMCP", b"llama_index")


class Texts:
    """Readers that share one flow. ``identities`` names the calls by the place of their response."""

    def __init__(
        self,
        repository: Repository,
        tracer: Tracer,
        values: Values,
        calls: Sequence[CallSite],
        objects: Sequence[ModelObject],
        identities: Mapping[tuple[str, int], str],
    ) -> None:
        self._repository = repository
        self._values = values
        self._tracer = tracer
        self._identities = identities
        self.entries = Entries(repository, tracer)
        self.gaps: tuple[Gap, ...] = ()
        self._calls_models = bool(identities or objects)
        models = frozenset((o.site.module.path, o.site.node.id) for o in objects)
        self._flow = Flow(tracer, Origins(self.entries, identities, models))
        self._conversations = Conversations(repository, self._flow, calls)
        self.requests = Requests(
            repository, self._flow, self._conversations, Compositions(repository, tracer, self._flow)
        )
        self.answers = Answers(tracer, self._flow, Bounds(tracer, self._flow))

    def prepare(self) -> None:
        """Follow what is asked for by most others."""
        if self._calls_models:
            _ = self._conversations.asked

    def told(self) -> Iterator[Site]:
        """The expressions that requests of models are made of."""
        yield from self._conversations.requests()

    def drafts(self, environment: Mapping[str, tuple[Node, ...]], levels: LevelVariables) -> Iterator[Draft]:
        """Log statements, sinks, retrieval calls, tools, loops, and how logging is set up.

        ``environment`` holds what IaC sets variables to.
        """
        if not self._calls_models and not any(True for _ in self._repository.paths_with(*AGENTIC)):
            return
        if not self._calls_models:
            yield from Retrievals(self._repository, self._flow, self._values).drafts()
            yield from Tools(self._repository, self._tracer, self.entries, frozenset()).drafts()
            return
        setups = LogSetUps(self._repository, self._tracer, self._values, levels)
        yield from setups.drafts()
        self.gaps = setups.gaps
        emission = Emission(setups, levels)
        logs = Logs(self._repository, self._flow, self.entries, self._conversations, environment, setups, emission)
        yield from logs.drafts()
        sinks = Sinks(self._repository, self._flow, frozenset(self._identities.values()))
        yield from sinks.drafts()
        yield from Retrievals(self._repository, self._flow, self._values).drafts()
        yield from Tools(self._repository, self._tracer, self.entries, sinks.fed_by_tools, emission).drafts()
        loops = Loops(self._repository, self._tracer, self._values, self.entries, frozenset(self._identities))
        yield from loops.drafts()
