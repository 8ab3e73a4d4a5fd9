"""Where the texts of people and models go in a repository: one flow, and all who ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prodworks_cli.model import Gap, Plane
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.calls.flows import FACT, OUTPUT
from prodworks_cli.sources.log_setups.levels import LevelVariables
from prodworks_cli.sources.typescript.answers import Answers
from prodworks_cli.sources.typescript.conversations import Conversations
from prodworks_cli.sources.typescript.dead import Liveness
from prodworks_cli.sources.typescript.entries import Entries
from prodworks_cli.sources.typescript.flow import Flow
from prodworks_cli.sources.typescript.frameworks import ModelObject
from prodworks_cli.sources.typescript.log_setups import LogSetUps
from prodworks_cli.sources.typescript.logs import Logs
from prodworks_cli.sources.typescript.loops import Loops
from prodworks_cli.sources.typescript.origins import Origins
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.retrieval import Retrievals
from prodworks_cli.sources.typescript.sinks import Sinks
from prodworks_cli.sources.typescript.sites import CallSite
from prodworks_cli.sources.typescript.tools import Tools
from prodworks_cli.sources.typescript.values import Values

# Without a model call only tools and searches are looked for, and only where one of these is used.
AGENTIC = (
    b"client-bedrock-agent-runtime",
    b"@modelcontextprotocol/sdk",
    b"@langchain/",
    b"@strands-agents/",
    b"@mastra/",
)

LANGUAGE = "TypeScript and JavaScript"


class Texts:
    """Readers that share one flow. ``identities`` names the calls that write text by the place of their response,
    ``vectors`` holds the places of those that embed one."""

    def __init__(
        self,
        values: Values,
        requests: Requests,
        liveness: Liveness,
        calls: Sequence[CallSite],
        objects: Sequence[ModelObject],
        identities: Mapping[tuple[str, int], str],
        vectors: frozenset[tuple[str, int]],
    ) -> None:
        self._values = values
        self._requests = requests
        self._liveness = liveness
        self._tracer = tracer = values.tracer
        self._repository = tracer.repository
        modules = [m for o in objects for m in (o.site.module, *self._repository.importers(o.site.module))]
        self._homes = [Site(m, m.root) for m in modules]
        self._made = frozenset(c.site.key for c in calls)
        self._identities = identities
        self.entries = Entries(self._repository)
        models = frozenset(o.site.key for o in objects)
        self._flow = Flow(tracer, Origins(self.entries, identities, models, vectors))
        self.conversations = Conversations(self._repository, tracer, self._flow, requests, calls)
        self.answers = Answers(tracer, self._flow, self.conversations)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What says that there was too much to follow."""
        reason = "there are too many texts to follow where they go"
        return (Gap("repo.*", Plane.DECLARED, LANGUAGE, reason),) if self._flow.exhausted else ()

    def drafts(
        self, environment: Mapping[str, tuple[Node, ...]], bodies: Iterable[Site], levels: LevelVariables
    ) -> Iterator[Draft]:
        """How logging is set up, log statements, sinks, retrieval calls, tools, loops.

        ``environment`` holds what IaC sets variables to, ``bodies`` the code that can see a response.
        """
        seeing = [*bodies, *self._homes]
        setups = LogSetUps(self._values, levels)
        yield from setups.drafts()
        told = (self.entries, self.conversations, environment, seeing, setups, levels)
        yield from Logs(self._repository, self._flow, *told).drafts()
        sinks = Sinks(self._repository, self._flow, frozenset(self._identities.values()))
        yield from sinks.drafts()
        yield from self.agentic(sinks.fed_by_tools)
        yield from Loops(self._values, self.entries, self._made).drafts()

    def agentic(self, unsafe: frozenset[tuple[str, int]] = frozenset()) -> Iterator[Draft]:
        """Retrieval calls and tools, which a program may have without calling a model itself."""
        yield from Retrievals(self._tracer, self._flow, self._requests, self._values, self._liveness).drafts()
        yield from Tools(self._tracer, unsafe).drafts()

    def belongs(self, holder: Site, call: Site) -> bool:
        """Whether a value may come from the response of one call, and does not come from those of others only."""
        roots = {leaf.root for leaf in self._flow.of(holder).kinds(OUTPUT, FACT)}
        return not roots or call.key in roots
