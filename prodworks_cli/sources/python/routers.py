"""The deployments between which a router of LiteLLM chooses: each entry of its list is a model that may be called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.providers import behind, by_model
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.frameworks import ADDRESSES, ModelObject, evaluated, first_of, imported
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.values import Values

NAME = "Router"
# What the router itself is told counts for each of its deployments.
_SHARED = ("fallbacks", "default_fallbacks", "context_window_fallbacks", "num_retries", "timeout", "max_retries")
_FALLBACKS = ("default_fallbacks", "context_window_fallbacks")
MAX_DEPLOYMENTS = 200


def routed_models(repository: Repository, values: Values) -> Iterator[ModelObject]:
    """All deployments of routers, by file and line; one of an unknown model where the list is made elsewhere."""
    for module in repository.containing(b"litellm"):
        for call in module.of_type("call") if NAME.encode() in module.data else ():
            name = module.called(call)
            if name == NAME and imported(module, call, NAME, ("litellm",)):
                yield from _deployments(Site(module, call), values)


def _deployments(router: Site, values: Values) -> Iterator[ModelObject]:
    settings = evaluated(router, values)
    shared = {key: settings[key] for key in _SHARED if key in settings}
    fallback = next((shared[key] for key in _FALLBACKS if key in shared), None)
    if fallback is not None:
        shared.setdefault("fallbacks", fallback)
    entries = list(_entries(router, values))
    for entry in entries[:MAX_DEPLOYMENTS]:
        content = values.of(entry).content
        given = member(content, "litellm_params").content if isinstance(content, Mapping) else None
        yield _deployment(entry, router, {**shared, **(given if isinstance(given, Mapping) else {})})
    if not entries:
        yield _deployment(router, router, shared)


def _entries(router: Site, values: Values) -> Iterator[Site]:
    """The mappings of the list of models, wherever it is written."""
    node = router.module.arguments(router.node).get("model_list", 0)
    for origin in values.tracer.origins(router.to(node)) if node is not None else ():
        if isinstance(origin, Site) and origin.node.type == "list":
            yield from (origin.to(n) for n in origin.node.named_children if n.type == "dictionary")


def _deployment(site: Site, router: Site, arguments: Mapping[str, Node]) -> ModelObject:
    if not member(arguments, "model").present:
        unread = Unknown("the models of the router are listed elsewhere", present=True)
        arguments = {**arguments, "model": Node(unread, site.module.at(site.node))}
    provider, endpoint = behind(first_of(arguments, site, *ADDRESSES), by_model(arguments["model"]))
    return ModelObject(site, "litellm", NAME, arguments, router, arguments, provider, endpoint)
