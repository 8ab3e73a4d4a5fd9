"""Model objects of frameworks, and functions and agents that are told a model by its name.

The constructor stands for the calls made through the object: it holds the model, the limits and the guardrail. What
becomes of the responses is the framework's and the chains' business and is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.providers import behind, by_model, endpoint_of, known
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.libraries import (
    AGENTS_INSTALLED,
    AGENTS_SDK,
    ALWAYS_NAMED,
    BY_MODEL,
    DEFAULTS,
    IMPORTS,
    IMPORTS_AGENTS,
    LIBRARIES,
    NAMED_MODELS,
    NAMING_MODULES,
    WORDS,
    Library,
)
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, made_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import ENVIRONMENT_CALLS, Values

_NAMES = frozenset(name for library in LIBRARIES for name in library.classes)
_NAMING = frozenset(name for _, name in NAMED_MODELS)
_CALLED = _NAMES | _NAMING
_MODEL_KEYS = (
    *("model_id", "model", "inference_profile_id", "model_name", "azure_deployment", "deployment_name"),
    *("endpoint_name", "id"),
)
_CLAUDE_ON_BEDROCK = b"CLAUDE_CODE_USE_BEDROCK"
ADDRESSES = ("base_url", "openai_api_base", "api_base", "azure_endpoint", "host", "server_url")
"""Arguments that point a client somewhere else than at its provider."""
# Who runs the model that a library chooses by itself.
_OWN: Mapping[str, str] = {"strands": "bedrock"}
# What reads an environment variable holds the name of a model, and no object.
_TOLD = (*ENVIRONMENT_CALLS, "os.environ", "environ")


@dataclass(frozen=True)
class ModelObject:
    """A constructor with its evaluated arguments, or one call of a library whose calls are ``direct``.

    ``maker`` makes the client and ``settings`` are its arguments, where that is another call. ``traced`` says that the
    library itself records its calls.
    """

    site: Site
    library: str
    name: str
    arguments: Mapping[str, Node]
    maker: Site
    settings: Mapping[str, Node]
    provider: str | Unknown = "bedrock"
    endpoint: str | Unknown = "bedrock-runtime"
    direct: bool = False
    traced: bool = False

    @property
    def model(self) -> Node:
        """The name of the model, as the library is told it."""
        return first_of(self.arguments, self.site, *_MODEL_KEYS)


def importing(repository: Repository) -> Iterator[Module]:
    """The files that import a library of models, in order of path."""
    installed = repository.holds(*AGENTS_INSTALLED)
    for path in repository.paths_with(*WORDS):
        if repository.imports(path, *IMPORTS) or (installed and repository.imports(path, IMPORTS_AGENTS)):
            yield repository.module(path)


def model_objects(repository: Repository, values: Values) -> Iterator[ModelObject]:
    """All model objects, by file and line."""
    for module in importing(repository):
        for call in module.made(_CALLED):
            found = _object(module, call, values)
            if found is not None:
                yield _on_bedrock(found, repository)


def _on_bedrock(found: ModelObject, repository: Repository) -> ModelObject:
    """Claude Code calls Bedrock where a variable of its program says so, whatever the model is called."""
    near = found.library == "claude_agent_sdk" and repository.holds_near(found.site.module.path, _CLAUDE_ON_BEDROCK)
    return replace(found, provider="bedrock", endpoint="bedrock-runtime") if near else found


def _object(module: Module, call: tree_sitter.Node, values: Values) -> ModelObject | None:
    name = made_name(module, call.child_by_field_name("function"))
    if name in _NAMING:
        named = _named(Site(module, call), name, values)
        if named is not None:
            return named
    fitting = (lib for lib in LIBRARIES if name in lib.classes) if name in _NAMES else ()
    library = next(
        (lib for lib in fitting if _comes_from(Site(module, call), name, lib.name, lib.modules, values)), None
    )
    return _constructed(Site(module, call), library, name, values) if library is not None else None


def _constructed(site: Site, library: Library, name: str, values: Values) -> ModelObject:
    arguments = evaluated(site, values)
    first = site.module.arguments(site.node).positional
    if library.first and first:
        arguments = {"model": values.of(site.to(first[0])), **arguments}
    provider: str | Unknown = library.classes[name]
    if provider == BY_MODEL:
        provider = _provider(arguments, site)
    url = first_of(arguments, site, *ADDRESSES) if provider != "bedrock" else Node(None, site.module.at(site.node))
    url = url if url.present else _address_of_client(site, arguments, values) or url
    who, endpoint = behind(url, provider)
    if "bedrock_mantle_config" in arguments:
        who, endpoint = "bedrock", "bedrock-mantle"
    direct = library.name == "litellm"
    return ModelObject(site, library.name, name, arguments, site, arguments, who, endpoint, direct)


def _address_of_client(site: Site, arguments: Mapping[str, Node], values: Values) -> Node | None:
    """Where the client inside an object is pointed: by what it is made of, or because it is made elsewhere."""
    made_of = member(arguments, "client_args").content
    if isinstance(made_of, Mapping):
        return first_of(made_of, site, *ADDRESSES)
    node = site.module.arguments(site.node).get("openai_client")
    for origin in values.tracer.origins(site.to(node)) if node is not None else ():
        if isinstance(origin, Site) and origin.node.type == "call":
            return first_of(evaluated(origin, values), origin, *ADDRESSES)
    return None


def _comes_from(site: Site, name: str, library: str, modules: tuple[str, ...], values: Values) -> bool:
    """The called name comes from a library, which must be installed where its module may be anybody's."""
    installed = library != AGENTS_SDK or values.tracer.repository.holds(*AGENTS_INSTALLED)
    return installed and imported(site.module, site.node, name, modules)


def _provider(arguments: Mapping[str, Node], site: Site) -> str | Unknown:
    """By the argument that names the provider, else by the model's name."""
    told = first_of(arguments, site, "custom_llm_provider", "model_provider", "provider").text()
    return known(told) if told else by_model(first_of(arguments, site, *_MODEL_KEYS))


def _named(site: Site, name: str, values: Values) -> ModelObject | None:
    """A function or agent that is given the name of a model, or none where it has a default."""
    modules = ((lib, NAMING_MODULES[lib]) for lib, n in NAMED_MODELS if n == name)
    library = next((lib for lib, m in modules if _comes_from(site, name, lib, m, values)), None)
    if library is None:
        return None
    given, arguments = site.module.arguments(site.node), evaluated(site, values)
    key = NAMED_MODELS[library, name][0]
    position = 0 if (library, name) not in DEFAULTS and library != "google_adk" else None
    node = given.get(key, position)
    if node is None:
        return _by_default(site, library, name, arguments, key)
    model = values.of(site.to(node))
    if library not in ALWAYS_NAMED and not _is_name(site.to(node), model, values):
        return None
    arguments = {**arguments, "model": model}
    provider: str | Unknown = "bedrock" if library == "strands" else _provider(arguments, site)
    return ModelObject(site, library, name, arguments, site, {}, provider, endpoint_of(provider))


def _by_default(site: Site, library: str, name: str, arguments: Mapping[str, Node], key: str) -> ModelObject | None:
    """An agent that is told no model calls that of its library: Bedrock's for Strands."""
    if (library, name) not in DEFAULTS or member(arguments, key).present or "config" in arguments:
        return None
    model = Unknown(f"the model is the default of the installed {DEFAULTS[library, name]}", present=True)
    provider: str | Unknown = _OWN.get(library, model)
    named = {**arguments, "model": Node(model, site.module.at(site.node))}
    return ModelObject(site, library, name, named, site, {}, provider, endpoint_of(provider))


def _is_name(site: Site, model: Node, values: Values) -> bool:
    """A text, or what reads one from the environment; a model object stands for itself."""
    if model.text() is not None or (isinstance(model.content, Unknown) and model.content.shape):
        return True
    return any(o.text.startswith(_TOLD) for o in values.tracer.origins(site) if isinstance(o, Site))


def evaluated(site: Site, values: Values) -> Mapping[str, Node]:
    """The arguments of a call by name, those of a splat included."""
    given = site.module.arguments(site.node)
    arguments = {key: values.of(site.to(node)) for key, node in given.keywords.items()}
    for splat in given.splats:
        arguments = {**values.splat(site.to(splat)), **arguments}
    return arguments


def first_of(arguments: Mapping[str, Node], site: Site, *names: str) -> Node:
    """The first of several spellings of an argument that is given."""
    nodes = [member(arguments, name) for name in names]
    found = next((n for n in nodes if n.present), nodes[0])
    return found if found.location.where else Node(found.content, site.module.at(site.node))


def imported(module: Module, call: tree_sitter.Node, name: str, modules: tuple[str, ...]) -> bool:
    """The called name comes from one of the modules."""
    root = re.split(r"[.\[]", module.text(call.child_by_field_name("function")), maxsplit=1)[0]
    item = module.imports.get(root) or module.imports.get(name)
    return item is not None and any(item.module == m or item.module.startswith(_below(m)) for m in modules)


def _below(module: str) -> str:
    return module if module.endswith(".") else f"{module}."
