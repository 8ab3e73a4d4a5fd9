"""The AWS SDK for asyncio (``aws_sdk_bedrock_runtime``): operations take one input object, its names in snake case."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.content import OPEN
from prodworks_cli.sources.python.places import Origin, Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Arguments
from prodworks_cli.sources.python.values import Values

PACKAGE = "aws_sdk_bedrock_runtime"
CLIENTS = frozenset({"BedrockRuntimeClient", "AsyncBedrockRuntimeClient"})
CONFIGS = frozenset({"Config", "AsyncBedrockRuntimeConfig"})
MAX_DEPTH = 6


def makes_client(origin: Origin) -> bool:
    """Whether an expression makes a client of this SDK."""
    return isinstance(origin, Site) and _imported(origin) in CLIENTS


def _imported(site: Site) -> str | None:
    """The name of the class of this SDK that a call makes an object of."""
    callee = site.node.child_by_field_name("function") if site.node.type == "call" else None
    name = last_name(site.module, callee)
    root = site.module.text(callee).split(".")[0]
    item = site.module.imports.get(root)
    return name if item is not None and item.module.split(".")[0] == PACKAGE else None


def inputs(call: Site, given: Arguments, values: Values) -> Arguments:
    """The members of the input object of an operation, as if they were keywords; open where it is made elsewhere."""
    node = given.get("input", 0)
    origins = values.tracer.origins(call.to(node)) if node is not None else ()
    made = [o for o in origins if isinstance(o, Site) and _imported(o) is not None]
    if node is None or len(made) != 1 or len(origins) != 1 or made[0].module is not call.module:
        return Arguments(splats=(node,) if node is not None else ())
    return made[0].module.arguments(made[0].node)


def members(site: Site, given: Arguments, values: Values, depth: int = MAX_DEPTH) -> Mapping[str, Node]:
    """Arguments by the names of the service: ``inference_config`` is ``inferenceConfig``."""
    known = {_camel(name): _value(site.to(node), values, depth) for name, node in given.keywords.items()}
    if not given.splats:
        return known
    open_ = Node(Unknown("the input of the operation is made elsewhere"), site.module.at(site.node))
    return {OPEN: open_, **known}


def _value(site: Site, values: Values, depth: int) -> Node:
    """A value, with objects of the SDK as mappings."""
    made = [o for o in values.tracer.origins(site) if isinstance(o, Site) and _imported(o) is not None]
    if len(made) != 1 or not depth:
        return values.of(site)
    held = members(made[0], made[0].module.arguments(made[0].node), values, depth - 1)
    return Node(held, site.module.at(site.node))


def _camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def config(client: Site, values: Values) -> Mapping[str, Node]:
    """The settings of the ``Config`` that a client is given."""
    node = client.module.arguments(client.node).get("config", 0)
    for origin in values.tracer.origins(client.to(node)) if node is not None else ():
        if isinstance(origin, Site) and _imported(origin) in CONFIGS:
            given = origin.module.arguments(origin.node)
            return {name: values.of(origin.to(n)) for name, n in given.keywords.items()}
    return {}
