"""Where the texts of people and models go in Java: one flow, and all who ask it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tree_sitter import Node as Syntax

from prodworks_cli.model import Gap, Plane, Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.flows import FACT, OUTPUT, RETRIEVED
from prodworks_cli.sources.calls.ids import ids_in
from prodworks_cli.sources.calls.instead import CANDIDATES, HANDED_OVER, INSTEAD
from prodworks_cli.sources.calls.prompt_sources import system_sources, untrusted_sources
from prodworks_cli.sources.java.answers import Answers
from prodworks_cli.sources.java.chains import links
from prodworks_cli.sources.java.dead import Liveness
from prodworks_cli.sources.java.delimiters import Delimiters
from prodworks_cli.sources.java.flow import Flow, Leaf, Trace
from prodworks_cli.sources.java.log_setups import LogSetUps
from prodworks_cli.sources.java.logs import Logs, level_of
from prodworks_cli.sources.java.loops import Loops
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.retrieval import Retrievals
from prodworks_cli.sources.java.sinks import Sinks
from prodworks_cli.sources.java.sites import OPERATIONS, CallSite
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.java.tools import Tools
from prodworks_cli.sources.java.values import Values
from prodworks_cli.sources.trees import inside

_SYSTEM = ("system", "defaultSystem", "systemMessage", "instructions")
_SAID = ("messages", "user", "prompt", "inputText", "body", "input", "payload", "content")
_ADVISORS = re.compile(rb"QuestionAnswerAdvisor|RetrievalAugmentationAdvisor")
_BINDERS = frozenset(
    {"put", "putCloseable", "addKeyValue", "setAttribute", "putAnnotation", "tag", "lowCardinalityKeyValue"}
)
_BREAKERS = ("CircuitBreaker", "Retry", "Recover", "Bulkhead", "Fallback")
_CALLS = frozenset(OPERATIONS)
MAX_DEPTH = 5

LANGUAGE = "Java"


class Texts:
    """Readers that share one flow. ``identities`` names the calls by their place."""

    def __init__(
        self,
        values: Values,
        responses: Responses,
        liveness: Liveness,
        calls: Sequence[CallSite],
        identities: Mapping[tuple[str, int], str],
    ) -> None:
        self._values = values
        self._repository = values.repository
        self._responses = responses
        self._liveness = liveness
        self._calls = calls
        self._made = frozenset(identities)
        self._flow = Flow(self._repository, responses, {k: n for k, n in identities.items() if "Embedding" not in n})
        self._delimiters = Delimiters(self._repository, self._flow)
        self.answers = Answers(self._repository, responses, self._flow)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What says that there was too much to follow."""
        reason = "there are too many texts to follow where they go"
        return (Gap("repo.*", Plane.DECLARED, LANGUAGE, reason),) if self._flow.exhausted else ()

    def drafts(self, bodies: Iterable[Body], setups: LogSetUps) -> Iterator[Draft]:
        """How logging is set up, log statements, sinks, retrieval calls, tools, loops.

        ``bodies`` is the code that can see a response.
        """
        yield from setups.drafts()
        asked = Trace.join(self.said(call) for call in self._calls)
        yield from Logs(self._flow, asked, bodies, setups).drafts()
        sinks = Sinks(self._repository, self._flow)
        yield from sinks.drafts()
        yield from Retrievals(self._values, self._flow, self._liveness).drafts()
        yield from Tools(self._repository, self._responses, sinks.fed_by_tools).drafts()
        yield from Loops(self._values, self._responses, self._made).drafts()

    def of_call(self, call: CallSite) -> dict[str, Drafted]:
        """What the request of a call says."""
        if call.library == "langchain4j":
            left = Unknown("left to the framework; its requests are made in other files")
            return dict.fromkeys(("system_prompt_sources", "untrusted_sources", "untrusted_delimited"), left)
        system = list(self._given(call, _SYSTEM))
        said = self.said(call)
        if call.library == "spring" and _ADVISORS.search(call.module.data):
            retrieved = Leaf(RETRIEVED, Body(call.module, call.module.root), (), "advisor")
            said = Trace.join([said, Trace((retrieved,))])
        spoken = self._flow.of_all(system)
        return {
            "untrusted_delimited": self._delimiters.of(call, said, spoken),
            "system_prompt_sources": system_sources(spoken) if system else None,
            "untrusted_sources": untrusted_sources(said),
        }

    def said(self, call: CallSite) -> Trace:
        """What the texts in the request of a call are made of."""
        return self._flow.of_all(self.asked(call))

    def asked(self, call: CallSite) -> Iterator[Body]:
        """The expressions of what is asked in a call."""
        return self._given(call, _SAID)

    def _given(self, call: CallSite, names: tuple[str, ...]) -> Iterator[Body]:
        """The arguments of the settings of a request with some names: of the call, or of its client in the file."""
        module = call.module
        chained = [c for n, c in links(module, call.node) if n in names]
        nested = [
            c
            for a in module.arguments(call.node)
            for c in module.below(a, "method_invocation")
            if module.name(c) in names
        ]
        nested += [c for c in self._of_variables(module, call.node) if module.name(c) in names]
        if call.library == "spring":
            nested += [
                c
                for c in module.of_type("method_invocation")
                if module.name(c).startswith("default") and module.name(c) in names
            ]
            if call.api.startswith("ChatModel"):
                yield from (Body(module, a) for a in module.arguments(call.node) if "prompt" in names)
        yield from (Body(module, a) for c in (*chained, *nested) for a in module.arguments(c))

    def _of_variables(self, module: Module, call: Syntax) -> Iterator[Syntax]:
        """The invocations in what the variables hold that are given to the call."""
        for argument in module.arguments(call):
            variable = module.lookup(argument, module.text(argument)) if argument.type == "identifier" else None
            if variable is not None and variable.value is not None:
                yield from module.below(variable.value, "method_invocation")

    def belongs(self, holder: Body, call: CallSite) -> bool:
        """Whether a value may come from the response of one call, and does not come from those of others only."""
        leaves = self._flow.of(holder.module, holder.node).kinds(OUTPUT, FACT)
        roots = {leaf.root for leaf in leaves}
        return not roots or (call.module.path, call.node.id) in roots

    def correlation(self, bodies: Sequence[Body], metadata: Drafted) -> tuple[str | Unknown, ...]:
        """The ids in the log records and spans of the methods that see a response, and in the request metadata."""
        found = ids_in(n for b in bodies for n in _recorded(b.module, b.node))
        found |= ids_in(t for n in (metadata.items() if isinstance(metadata, Node) else ()) if (t := n.text()))
        binds = re.compile(rb"\bMDC\s*\.\s*put|@Logging\b|injectLambdaContext")
        for module in self._repository.matching(binds, literals=(b"MDC", b"Logging", b"injectLambdaContext")):
            found |= ids_in(
                n
                for c in module.of_type("method_invocation")
                if module.text(c).startswith("MDC.put")
                for n in _names(module, c)
            )
            found |= {"request"} if b"@Logging" in module.data else set()
        return tuple(sorted(found))

    def fallback(self, call: CallSite) -> bool | Unknown:
        """Whether every way to the call has another answer when it fails."""
        return self._up(Body(call.module, call.node), MAX_DEPTH)

    def _up(self, place: Body, depth: int) -> bool | Unknown:
        module, method = place.module, place.module.method(place.node)
        if _falls_back(module, place.node):
            return True
        if method is None:
            return False
        marks = [(n, module.text(a)) for n, a in module.annotations(method)]
        if any(n in _BREAKERS and ("fallback" in text or n == "Fallback") for n, text in marks):
            return True
        callers = self._responses.callers(Body(module, method)) if depth else None
        if callers is None:
            return Unknown(f"the callers of {module.name(method)} are not told from others of that name")
        ways = [self._up(c, depth - 1) for c in callers]
        if not ways or False in ways:
            return False
        return next((w for w in ways if isinstance(w, Unknown)), True)


def _falls_back(module: Module, node: Syntax) -> bool:
    """A handler around the place, in its method, does something instead."""
    child = node
    for above in module.ancestors(node):
        if above.type in ("method_declaration", "constructor_declaration"):
            return False
        if (
            above.type == "method_invocation"
            and module.name(above)
            in (
                "onErrorResume",
                "onErrorReturn",
                "exceptionally",
            )
            and any(_instead(module, n) for a in module.arguments(above) for n in inside(a))
        ):
            return True
        if above.type.startswith("try_") and above.child_by_field_name("body") == child:
            clauses = [c for c in above.children if c.type == "catch_clause"]
            if any(_instead(module, n) for c in clauses for n in inside(c, "class_body")):
                return True
            if any(_goes_on(module, c) for c in clauses):
                return True
        child = above
    return False


def _instead(module: Module, node: Syntax) -> bool:
    if node.type == "method_invocation":
        return module.name(node) in _CALLS or bool(INSTEAD.search(module.name(node)))
    return node.type == "string_literal" and bool(HANDED_OVER.search(module.string(node) or ""))


def _goes_on(module: Module, clause: Syntax) -> bool:
    """The handler goes on to the next of several models, Regions or providers."""
    if any(n.type in ("throw_statement", "return_statement") for n in inside(clause, "if_statement")):
        return False
    loop = next((a for a in module.ancestors(clause) if a.type in ("for_statement", "enhanced_for_statement")), None)
    header = [loop.child_by_field_name(f) for f in ("name", "value", "condition", "init")] if loop is not None else []
    return any(CANDIDATES.search(module.text(part)) for part in header)


def _recorded(module: Module, scope: Syntax) -> Iterator[str]:
    """The names in the log calls, the MDC and the spans of one method."""
    for call in module.below(scope, "method_invocation"):
        name, target = module.name(call), module.text(call.child_by_field_name("object"))
        bound = (
            name in _BINDERS and re.search(r"MDC|[Ss]pan|[Oo]bservation|[Ll]og|atInfo|[Ss]egment", target) is not None
        )
        if bound or level_of(module, call) is not None:
            yield from _names(module, call)


def _names(module: Module, call: Syntax) -> Iterator[str]:
    """Names of variables and members, and short words of texts before an equals sign or a brace."""
    for argument in module.arguments(call):
        for node in inside(argument):
            above = module.parent(node) if node.type == "identifier" else None
            if above is not None and above.child_by_field_name("object") != node:
                yield module.text(node)
            elif node.type == "string_literal":
                yield from re.findall(r"[\w.-]+(?=\s*[=:]?\s*\{\})|^\"([\w.-]+)\"$", module.text(node))
                yield module.text(node).strip('"')
