"""The settings of the clients that calls go through: timeouts and retries of botocore's ``Config``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED
from prodworks_cli.sources.python import smithy
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.sites import Client
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values

# From this version of botocore on a client without a mode retries in the standard one.
_STANDARD_SINCE = (1, 44)
RETRIERS = frozenset({"retry", "on_exception", "on_predicate"})


class Settings(NamedTuple):
    """What a ``Config`` sets; absent nodes where it is silent."""

    connect_timeout: Node
    read_timeout: Node
    max_attempts: Node
    retry_mode: Node


def client_identity(client: Client) -> str:
    """A name for a client that does not change with line numbers."""
    return f"{client.scope} {client.name}"


def client_draft(client: Client, values: Values, around: list[Site]) -> Draft:
    """A client with its settings. ``around`` holds the functions that call a model through it."""
    if smithy.makes_client(client.site):
        return _of_asyncio(client, values, around)
    arguments = client.site.module.arguments(client.site.node)
    here = client.site.module.at(client.site.node)
    absent = Node(None, here)

    def given(name: str) -> Node:
        node = arguments.get(name)
        return values.of(client.site.to(node)) if node is not None else absent

    settings = settings_of(client.site, values, "config")
    attributes: dict[str, Drafted] = {
        "service": client.service,
        "region": given("region_name"),
        "endpoint": given("endpoint_url"),
        **settings._asdict(),
        "outer_retries": outer_retries(around, values),
        "host": NOT_ANALYSED,
    }
    return Draft(ModelClient, here, attributes, client_identity(client))


def _of_asyncio(client: Client, values: Values, around: list[Site]) -> Draft:
    """A client of the AWS SDK for asyncio; its timeouts and retries are defaults that its versions change."""
    config, here = smithy.config(client.site, values), client.site.module.at(client.site.node)
    default = Node(Unknown("the default of the installed AWS SDK for asyncio"), here)
    attributes: dict[str, Drafted] = {
        "service": client.service,
        "region": config.get("region", Node(None, here)),
        "endpoint": config.get("endpoint_uri", Node(None, here)),
        **Settings(default, default, default, default)._asdict(),
        "outer_retries": outer_retries(around, values),
        "host": NOT_ANALYSED,
    }
    return Draft(ModelClient, here, attributes, client_identity(client))


def settings_of(site: Site, values: Values, key: str) -> Settings:
    """The settings of the ``Config`` that a call is given under a name, with the retry mode that holds without one."""
    written = _written(site, values, key)
    return written if written.retry_mode.present else written._replace(retry_mode=_default_mode(site, values))


def _written(site: Site, values: Values, key: str) -> Settings:
    arguments, absent = site.module.arguments(site.node), Node(None, site.module.at(site.node))
    config = arguments.get(key)
    if config is None:
        if arguments.splats:
            return Settings(*[Node(Unknown("the client's arguments are built elsewhere"), absent.location)] * 4)
        return Settings(absent, absent, absent, absent)
    found = [_of_config(o, values) for o in values.tracer.origins(site.to(config)) if isinstance(o, Site)]
    known = [s for s in found if s is not None]
    if len(known) != 1 or len(found) != 1:
        return Settings(*[Node(Unknown("the client's config is not resolved"), absent.location)] * 4)
    return known[0]


def _default_mode(site: Site, values: Values) -> Node:
    """The mode that a variable says, else that of the locked botocore; absent where none is locked.

    A version of boto3 needs the versions of botocore that begin alike.
    """
    here, told = site.module.at(site.node), values.declared("AWS_RETRY_MODE")
    if told is not None:
        return Node(told, here)
    versions = values.tracer.repository.versions
    # Lambda has a botocore of its own for what brings none along.
    standard = versions.is_from(_STANDARD_SINCE, site.module.path, "botocore", "boto3", far=False)
    return Node(None if isinstance(standard, Unknown) else "standard" if standard else "legacy", here)


def _of_config(origin: Site, values: Values) -> Settings | None:
    callee = origin.node.child_by_field_name("function") if origin.node.type == "call" else None
    name = last_name(origin.module, callee)
    if not name.endswith("Config") and name not in ("BotoConfig", "BotocoreConfig"):
        return None
    members = _members(origin, values)
    absent = Node(None, origin.module.at(origin.node))
    retries = members.get("retries", absent)
    # botocore counts max_attempts without the first try, total_max_attempts with it.
    retried = retries["max_attempts"].map(lambda n: n + 1 if isinstance(n, int) else n)
    attempts = retries["total_max_attempts"] if retries["total_max_attempts"].present else retried
    return Settings(
        members.get("connect_timeout", absent), members.get("read_timeout", absent), attempts, retries["mode"]
    )


def _members(call: Site, values: Values) -> Mapping[str, Node]:
    arguments = call.module.arguments(call.node)
    written = {name: values.of(call.to(node)) for name, node in arguments.keywords.items()}
    for splat in arguments.splats:
        written = {**values.splat(call.to(splat)), **written}
    return written


def outer_retries(around: list[Site], values: Values) -> Drafted:
    """Attempts of a retry decorator around the calls; absent where there is none."""
    for function in around:
        for decorator in function.module.decorators(function.node):
            callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
            if last_name(function.module, callee) in RETRIERS:
                return _attempts(function.module, decorator, function, values)
    return None


def _attempts(module: Module, decorator: tree_sitter.Node, function: Site, values: Values) -> Drafted:
    if decorator.type != "call":
        return Unknown("a retry decorator without a limit", present=True)
    given = module.arguments(decorator)
    stop = given.get("stop")
    if stop is not None and stop.type == "call":
        inner = module.arguments(stop).get("max_attempt_number", 0)
        return values.of(function.to(inner)) if inner is not None else Unknown("no number of attempts", present=True)
    tries = given.get("max_tries") or given.get("tries")
    return values.of(function.to(tries)) if tries is not None else Unknown("no number of attempts", present=True)
