"""Who calls a Java method from outside, and what its parameters hold: a request, a model's choice, an identity."""

from __future__ import annotations

import re

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT
from prodworks_cli.sources.java.syntax import Module

LAMBDA, ROUTE, TOOL, LISTENER = ("lambda", "route", "tool", "listener")
TOOL_MARKS = frozenset({"Tool", "McpTool"})
_ROUTES = frozenset({"GetMapping", "PostMapping", "PutMapping", "PatchMapping", "DeleteMapping", "RequestMapping"})
_JAX = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "QueryMapping", "MutationMapping"})
_LISTENERS = frozenset(
    {"KafkaListener", "SqsListener", "RabbitListener", "JmsListener", "MessageMapping", "EventListener", "OnMessage"}
    | {"AgentCoreInvocation", "SnsListener", "ShellMethod"}
)
_TEXTS = frozenset(
    {"RequestBody", "RequestParam", "PathVariable", "RequestPart", "ModelAttribute", "Payload", "Argument"}
)
_TEXTS_JAX = frozenset({"QueryParam", "PathParam", "FormParam", "RestQuery", "RestPath", "BeanParam"})
_NO_TEXTS = frozenset({"RequestHeader", "HeaderParam", "CookieValue", "Context", "Value", "AuthenticationPrincipal"})
_CLOSED = re.compile(
    r"^(?:int|long|short|double|float|boolean|Integer|Long|Double|Boolean|UUID|LocalDate\w*|Instant|BigDecimal)$"
)
_SERVICES = re.compile(
    r"Context$|Request$|Response$|Session$|Model$|Locale$|Pageable$|Principal$|Authentication$|Headers?$"
)
_PERSONS = re.compile(r"Principal$|Authentication$|Jwt$|OidcUser$|UserDetails$")


def entry_of(module: Module, method: Syntax) -> str | None:
    """What calls the method: a Lambda event, a route, a message, a model that asks for a tool; or nothing known."""
    marks = {name for name, _ in module.annotations(method)}
    if marks & TOOL_MARKS:
        return TOOL
    if marks & (_ROUTES | _JAX):
        return ROUTE
    if marks & _LISTENERS:
        return LISTENER
    return LAMBDA if module.name(method) in ("handleRequest", "handleMessage") else None


def parameter_of(module: Module, method: Syntax, parameter: Syntax) -> str | None:
    """What a parameter of an entry holds: input, identity, output; ``None`` for what is no text of a person."""
    kind = entry_of(module, method)
    marks = {name for name, _ in module.annotations(parameter)}
    type_ = module.text(parameter.child_by_field_name("type")).partition("<")[0].rpartition(".")[2]
    if _PERSONS.search(type_) or "AuthenticationPrincipal" in marks:
        return IDENTITY
    if _CLOSED.match(type_) or marks & _NO_TEXTS:
        return None
    if kind == TOOL:
        return None if _SERVICES.search(type_) else OUTPUT
    if marks & (_TEXTS | _TEXTS_JAX) or (kind == LAMBDA and type_ != "Context"):
        return INPUT
    if kind == LISTENER and not type_.endswith("Context"):
        return INPUT
    # A route of JAX-RS takes its body without a mark.
    jax = {name for name, _ in module.annotations(method)} & _JAX
    return INPUT if jax and not _SERVICES.search(type_) else None
