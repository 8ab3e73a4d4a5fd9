"""Where the text in a Java expression comes from: a model's answer, a request, retrieved documents, a constant.

One walk, from a use back to what it is made of: through names, fields, builders, texts that are put together, the
methods of the repository and the outside methods that hand a value on. The walk is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls import flows
from prodworks_cli.sources.calls.flows import CUT, FACT, OUTPUT, PARAMETER, RETRIEVED, STORED, UNKNOWN
from prodworks_cli.sources.java.chains import links, root_of
from prodworks_cli.sources.java.entries import entry_of, parameter_of
from prodworks_cli.sources.java.flow_steps import (
    added,
    composes,
    fields,
    function,
    inner,
    is_statement,
    parts,
    returned,
    within,
)
from prodworks_cli.sources.java.marks import marks_of
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.sites import type_of
from prodworks_cli.sources.java.syntax import Module, Variable
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.queues import Queue, Shared

# Steps of all walks in one repository; the largest that were seen take some ten thousand.
MAX_TOTAL = 200_000
# Places that walks were led to, those included that they had been at: many texts that are added to one name.
MAX_ASKED = 1_000_000
MAX_STEPS = 600
MAX_CALLERS = 12
MAX_METHODS = 6
# Members of a response that are no answer.
_FACTS = words(
    """
    usage getUsage stopReason stopReasonAsString getFinishReason finishReason tokenUsage metadata getMetadata metrics
    inputTokens outputTokens totalTokens getTotalTokens getPromptTokens getCompletionTokens latencyMs responseMetadata
    length size isEmpty isBlank getId id hashCode sdkHttpResponse getResults toolUseId getModel model
    """
)
_MEASURES = words(
    """
    length size isEmpty isBlank equals equalsIgnoreCase contains startsWith endsWith indexOf hashCode compareTo now
    randomUUID currentTimeMillis nanoTime matches parseInt parseLong parseDouble count getClass getLogger ordinal name
    encodeToString getDecoder getEncoder hasNext
    """
)
_SEARCHES = words("similaritySearch findRelevant")
_READS = words(
    "readString readAllBytes getContentAsString readAllLines findById findAll getObject getObjectAsBytes getItem"
)
_MASKS = re.compile(r"mask|redact|anonymi|scrub|hash|digest|obfuscat|sha\d|escape|sanit|encode|clean", re.IGNORECASE)
_INNER = frozenset({"parenthesized_expression", "cast_expression", "array_access", "await_expression"})


@dataclass(frozen=True)
class Leaf(flows.Leaf[Body]):
    """Where a text comes from."""


@dataclass(frozen=True)
class Trace(flows.Trace[Leaf]):
    """What an expression is made of."""


Step = Body | Leaf | Shared[Body]


class Flow:
    """Walks back from expressions. ``calls`` names the model calls by their place."""

    def __init__(self, repository: Repository, responses: Responses, calls: Mapping[tuple[str, int], str]) -> None:
        self._repository = repository
        self._responses = responses
        self._calls = calls
        self._known: dict[tuple[str, int], Trace] = {}
        self._variables: dict[tuple[str, int, str], Shared[Body]] = {}
        self._calling: dict[str, dict[str, list[Syntax]]] = {}
        self._total = 0
        self._asked = 0
        self._stops = False

    @property
    def exhausted(self) -> bool:
        """Whether there was too much to follow, so that some was left out."""
        return self._total > MAX_TOTAL or self._asked > MAX_ASKED

    def of(self, module: Module, node: Syntax) -> Trace:
        """What the value of an expression is made of."""
        key = (module.path, node.id)
        if key not in self._known:
            self._known[key] = Trace()
            stops, self._stops = self._stops, False
            self._known[key] = self._walk(Body(module, node))
            self._stops = stops
        return self._known[key]

    def uncut(self, place: Body) -> Trace:
        """What of the value of an expression is not cut to a length on its way."""
        self._stops = True
        found = self._walk(place)
        self._stops = False
        return found

    def of_all(self, places: Iterable[Body]) -> Trace:
        """What several expressions are made of."""
        return Trace.join(self.of(p.module, p.node) for p in places)

    def _walk(self, start: Body) -> Trace:
        leaves: dict[object, Leaf] = {}
        composed: set[tuple[str, int]] = set()
        seen: set[tuple[str, int]] = set()
        queue = Queue(start)
        while (place := queue.pop()) is not None:
            self._asked += 1
            key = (place.module.path, place.node.id)
            if key in seen and not self.exhausted:
                continue
            seen.add(key)
            self._total += 1
            if len(seen) > MAX_STEPS or self.exhausted:
                leaf = Leaf(UNKNOWN, place, (), "is made in too many steps")
                leaves[leaf.key] = leaf
                break
            if composes(place.node):
                composed.add(key)
            for found in self._step(place):
                if isinstance(found, Leaf):
                    leaves.setdefault(found.key, found)
                elif isinstance(found, Shared):
                    queue.add_all(found)
                else:
                    queue.add(found)
        return Trace(tuple(leaves.values()), frozenset(composed))

    def _step(self, place: Body) -> Iterable[Step]:
        steps: dict[str, Callable[[Body], Iterable[Step]]] = {
            **dict.fromkeys(_INNER, inner),
            **dict.fromkeys(("object_creation_expression", "array_creation_expression", "array_initializer"), parts),
            "binary_expression": added,
            "ternary_expression": lambda p: fields(p, "consequence", "alternative"),
            "assignment_expression": lambda p: fields(p, "right"),
            "identifier": lambda p: self._named(p, p.module.text(p.node)),
            "field_access": self._field,
            "method_invocation": self._invocation,
            "lambda_expression": function,
        }
        step, marks = steps.get(place.node.type), marks_of(place.module, place.node)
        following = () if step is None or (self._stops and CUT in marks) else step(place)
        return (*(Leaf(mark, place) for mark in marks), *following) if marks else following

    def _named(self, place: Body, name: str) -> Iterator[Step]:
        variable = place.module.lookup(place.node, name)
        if variable is not None:
            yield from self._variable(place, variable)

    def _field(self, place: Body) -> Iterator[Step]:
        module, node = place.module, place.node
        holder, name = node.child_by_field_name("object"), module.text(node.child_by_field_name("field"))
        if holder is not None and holder.type == "this":
            fields = (v for v in module.variables.get(name, ()) if v.node.type == "field_declaration")
            variable = next(fields, None)
            yield from self._variable(place, variable) if variable is not None else ()
        elif holder is not None:
            yield Body(module, holder)

    def _variable(self, place: Body, variable: Variable) -> Iterator[Step]:
        if variable.node.type == "formal_parameter":
            yield from self._parameter(place, variable)
        key = (place.module.path, variable.node.id, variable.name)
        if key not in self._variables:
            self._variables[key] = Shared(tuple(self._values(place.module, variable)))
        yield self._variables[key]

    def _values(self, module: Module, variable: Variable) -> Iterator[Body]:
        """What a variable is given: the same at each use."""
        values = [variable.value, *module.assigned.get(variable.name, ())]
        local = variable.node.type == "local_variable_declaration"
        scope = module.method(variable.node) if local or variable.node.type == "formal_parameter" else None
        home = scope if scope is not None else module.root
        yield from (Body(module, v) for v in values if v is not None and within(home, v))
        yield from self._added(module, home, variable.name)
        loop = module.parent(variable.node) if variable.value is None and local else None
        if loop is not None and loop.type.startswith("enhanced"):
            yield from fields(Body(module, loop), "value")

    def _added(self, module: Module, scope: Syntax, name: str) -> Iterator[Body]:
        """What ``name.append(x)`` and the setters of a builder put into the value of a name."""
        for call in self._statements(module).get(name, ()):
            if within(scope, call):
                yield from (Body(module, a) for _, c in links(module, call) for a in module.arguments(c))

    def _statements(self, module: Module) -> Mapping[str, list[Syntax]]:
        """The calls of a file whose value is not used, by the name of the object."""
        if module.path not in self._calling:
            found = self._calling.setdefault(module.path, {})
            for call in module.of_type("method_invocation"):
                root = root_of(call) if is_statement(module, call) else None
                if root is not None:
                    found.setdefault(module.text(root).removeprefix("this."), []).append(call)
        return self._calling[module.path]

    def _parameter(self, place: Body, variable: Variable) -> Iterator[Step]:
        module = place.module
        listed = module.parent(variable.node)
        method = module.parent(listed) if listed is not None else None
        if method is None:
            return
        if method.type == "lambda_expression":
            call = module.parent(module.parent(method) or method)
            target = (
                call.child_by_field_name("object") if call is not None and call.type == "method_invocation" else None
            )
            yield from [Body(module, target)] if target is not None else []
            return
        if entry_of(module, method) is not None:
            kind = parameter_of(module, method, variable.node)
            yield from [Leaf(kind, Body(module, method), (variable.name,), variable.name)] if kind else []
            return
        names = [module.name(p) for p in (listed.named_children if listed else ()) if p.type == "formal_parameter"]
        callers = self._callers(module, method)
        for caller in callers or ():
            given = caller.module.arguments(caller.node)
            position = names.index(variable.name) if variable.name in names else 0
            yield from [Body(caller.module, given[position])] if position < len(given) else []
        if not callers:
            yield Leaf(PARAMETER, Body(module, method), (variable.name,), variable.name)

    def _callers(self, module: Module, method: Syntax) -> list[Body] | None:
        if method.type == "constructor_declaration":
            name = module.name(method)
            found = (
                Body(other, node)
                for other, word in self._repository.words(name)
                for node in [a for a in other.ancestors(word) if a.type == "object_creation_expression"][:1]
                if other.text(node.child_by_field_name("type")) == name
            )
            return [b for b, _ in zip(found, range(MAX_CALLERS), strict=False)]
        return self._responses.callers(Body(module, method))

    def _invocation(self, place: Body) -> Iterator[Step]:
        module, node = place.module, place.node
        key, name = (module.path, node.id), module.name(node)
        if key in self._calls:
            yield Leaf(OUTPUT, place, (), self._calls[key])
            return
        target, given = node.child_by_field_name("object"), module.arguments(node)
        if name in _MEASURES or _MASKS.search(name):
            return
        if name in _FACTS and target is not None and not given:
            yield from (Leaf(FACT, leaf.site, (name,), leaf.name) for leaf in self.of(module, target).kinds(OUTPUT))
            return
        asks = name == "retrieve" and type_of(module, target).startswith("BedrockAgentRuntime")
        if name in _SEARCHES or asks:
            yield Leaf(RETRIEVED, place, (), name)
            return
        if name in _READS:
            yield Leaf(STORED, place, (), name)
            return
        methods = list(self._methods(module, node))
        if methods:
            yield from (r for m in methods for r in returned(m))
            return
        if target is not None and target.type != "this":
            yield Body(module, target)
        yield from (Body(module, a) for a in given)

    def _methods(self, module: Module, call: Syntax) -> Iterator[Body]:
        """The methods of the repository that a call may enter, by the class of its object."""
        name = module.name(call)
        for body in self._responses.entered(module, call):
            if body.module.name(body.node) == name:
                yield body
