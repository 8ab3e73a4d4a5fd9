"""Where the code calls a model through the AWS SDK, and which clients it calls it with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content
from prodworks_cli.sources.python import smithy
from prodworks_cli.sources.python.places import RUNNERS, Origin, Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Arguments, Module
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values

RUNTIME, AGENTS, AGENTCORE, SAGEMAKER = (
    "bedrock-runtime",
    "bedrock-agent-runtime",
    "bedrock-agentcore",
    "sagemaker-runtime",
)
SERVICES = frozenset({RUNTIME, AGENTS, AGENTCORE, SAGEMAKER})
# Operations that run a model, by the client that has them (boto3 reference of each service).
METHODS = {
    "converse": RUNTIME,
    "converse_stream": RUNTIME,
    "invoke_model": RUNTIME,
    "invoke_model_with_response_stream": RUNTIME,
    "invoke_model_with_bidirectional_stream": RUNTIME,
    "start_async_invoke": RUNTIME,
    "invoke_agent": AGENTS,
    "invoke_inline_agent": AGENTS,
    "invoke_flow": AGENTS,
    "retrieve_and_generate": AGENTS,
    "retrieve_and_generate_stream": AGENTS,
    "invoke_agent_runtime": AGENTCORE,
    "invoke_endpoint": SAGEMAKER,
    "invoke_endpoint_with_response_stream": SAGEMAKER,
}
_PREFILTER = (b".converse", b".invoke_", b".start_async_invoke", b".retrieve_and_generate")


@dataclass(frozen=True)
class Client:
    """The expression that makes a client."""

    site: Site
    service: str

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes two expressions the same client."""
        return (self.site.module.path, self.site.node.id, self.service)

    @property
    def name(self) -> str:
        """The variable that holds the client, or the constructor as written."""
        module, node = self.site.module, self.site.node
        above = module.parent(node)
        while above is not None and above.type in ("await", "parenthesized_expression", "conditional_expression"):
            above = module.parent(above)
        if above is not None and above.type == "assignment":
            left = above.child_by_field_name("left")
            if left is not None and left.type in ("identifier", "attribute"):
                return module.text(left)
        return module.text(node.child_by_field_name("function"))[:80]

    @property
    def scope(self) -> str:
        """The file and function that make the client."""
        return f"{self.site.module.path}:{self.site.module.qualified(self.site.node)}"


@dataclass(frozen=True)
class CallSite:
    """One model call: the node that is called, its arguments, and the clients it may use.

    ``result`` is the node whose value is the response; ``unresolved`` says why the client was not found. ``asyncio``
    marks a call of the AWS SDK for asyncio, whose ``arguments`` are the members of its input object.
    """

    site: Site
    api: str
    endpoint: str
    arguments: Arguments
    result: Node
    clients: tuple[Client, ...] = ()
    unresolved: str | None = None
    provider: str = "bedrock"
    asyncio: bool = False


class Finder:
    """Finds the calls of SDK clients in a repository."""

    def __init__(self, repository: Repository, tracer: Tracer, values: Values) -> None:
        self._repository = repository
        self._tracer = tracer
        self._values = values
        self._has_client = any(True for _ in repository.paths_with(RUNTIME.encode(), AGENTS.encode()))

    def calls(self) -> Iterator[CallSite]:
        """All model calls through SDK clients, by file and line."""
        for module in self._repository.containing(*_PREFILTER):
            for node in module.of_type("attribute"):
                api = last_name(module, node)
                if api in METHODS:
                    yield from self._call(module, node, api)

    def _call(self, module: Module, node: Node, api: str) -> Iterator[CallSite]:
        receiver = node.child_by_field_name("object")
        placed = _invocation(module, node)
        if receiver is None or placed is None:
            return
        call, arguments = placed
        origins = self._tracer.origins(Site(module, receiver))
        clients = tuple(c for o in origins for c in self.clients_of(o) if c.service == METHODS[api])
        made = tuple(Client(o, RUNTIME) for o in origins if isinstance(o, Site) and smithy.makes_client(o))
        if made:
            given = smithy.inputs(Site(module, call), arguments, self._values)
            yield CallSite(Site(module, call), api, RUNTIME, given, call, made, asyncio=True)
            return
        provider = "sagemaker" if METHODS[api] == SAGEMAKER else "bedrock"
        if clients:
            yield CallSite(Site(module, call), api, METHODS[api], arguments, call, clients, None, provider)
        elif arguments.positional:
            return  # operations of boto3 take keywords only: a wrapper that is called alike
        elif provider == "bedrock" and self._has_client and self._open(module, receiver, origins):
            reason = next((o.reason for o in origins if isinstance(o, Unknown)), "the client is made elsewhere")
            yield CallSite(Site(module, call), api, METHODS[api], arguments, call, (), reason)

    def clients_of(self, origin: Origin) -> Iterator[Client]:
        """The SDK client that an expression makes, when it makes one of a model service."""
        if not isinstance(origin, Site) or origin.node.type != "call":
            return
        callee = origin.node.child_by_field_name("function")
        name = last_name(origin.module, callee)
        entered = _entered(origin, name)
        if entered is not None:
            for inner in self._tracer.origins(entered):
                yield from self.clients_of(inner)
        if name not in ("client", "create_client"):
            return
        arguments = origin.module.arguments(origin.node)
        given = arguments.get("service_name", 0)
        service = self._values.of(origin.to(given)).content if given is not None else self._splatted(origin)
        if isinstance(service, str) and service in SERVICES:
            yield Client(origin, service)

    def _splatted(self, origin: Site) -> Content:
        """The service in ``client(**settings)``."""
        splats = origin.module.arguments(origin.node).splats
        held = [self._values.splat(origin.to(s)) for s in splats]
        return next((h["service_name"].content for h in held if "service_name" in h), None)

    def _open(self, module: Module, receiver: Node, origins: tuple[Origin, ...]) -> bool:
        """The receiver may be a client: it was not resolved to anything else."""
        if module.text(receiver) in ("self", "cls", "super()"):
            return False
        return bool(origins) and all(isinstance(o, Unknown) or self._outside(o) for o in origins)

    def _outside(self, origin: Site) -> bool:
        """A call of a lower-case function outside the repository, which may return a client."""
        if origin.node.type != "call" or self._tracer.classes.class_of(origin) is not None:
            return origin.node.type == "none"
        callee = origin.node.child_by_field_name("function")
        name = last_name(origin.module, callee)
        return bool(name) and name[0].islower() and name not in ("client", "resource", "create_client")


def _entered(origin: Site, name: str) -> Site | None:
    """The context manager in ``stack.enter_async_context(manager)`` and ``manager.__aenter__()``."""
    if name in ("enter_async_context", "enter_context"):
        given = origin.module.arguments(origin.node).positional
        return origin.to(given[0]) if given else None
    callee = origin.node.child_by_field_name("function")
    target = callee.child_by_field_name("object") if callee is not None and name == "__aenter__" else None
    return origin.to(target) if target is not None else None


def _invocation(module: Module, node: Node) -> tuple[Node, Arguments] | None:
    """The call that runs a method, and the arguments that the method gets."""
    above = module.parent(node)
    if above is not None and above.type == "call":
        return above, module.arguments(above)
    if above is not None and above.type == "argument_list":
        call = module.parent(above)
        if call is None or call.type != "call":
            return None
        given = module.arguments(call)
        position = next((i for i, p in enumerate(given.positional) if p.id == node.id), None)
        runs = module.called(call) in RUNNERS
        if position is None:
            return None
        return call, given.after(position + 1) if runs or given.keywords or given.splats else Arguments(splats=(node,))
    if above is not None and above.type in ("assignment", "conditional_expression", "return_statement"):
        return node, Arguments(splats=(node,))
    return None
