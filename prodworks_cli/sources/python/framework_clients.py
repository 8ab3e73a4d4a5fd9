"""The clients inside the model objects of frameworks: their timeouts and retries, by the arguments of each library."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.clients import Settings, client_draft, client_identity, settings_of
from prodworks_cli.sources.python.frameworks import ModelObject
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.sites import RUNTIME, Client
from prodworks_cli.sources.python.values import Values

# The argument that holds a botocore Config.
_CONFIGS = {"langchain": "config", "strands": "boto_client_config", "llama_index": "botocore_config"}
_REGIONS = ("region_name", "aws_region", "region", "aws_region_name")
# Libraries that call through LiteLLM, with the attempts that each makes by itself.
_BY_LITELLM: Mapping[str, int | None] = {"litellm": None, "dspy": 4}
# Strands calls a throttled model again, up to six times with growing pauses (strands.event_loop, MAX_ATTEMPTS).
STRANDS_ATTEMPTS = 6
# The Anthropic and OpenAI clients try again twice by themselves, with growing pauses.
OWN_RETRIES = 2


class FrameworkClients:
    """Makes clients of model objects, each once."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.drafts: dict[str, Draft] = {}

    def of(self, found: ModelObject) -> Ref:
        """The client that an object goes through: one that it is given, else its own."""
        given = self._given(found)
        draft = client_draft(given, self._values, []) if given is not None else self._own(found)
        self.drafts.setdefault(draft.identity, draft)
        return Ref(ModelClient.KIND, draft.identity)

    def _given(self, found: ModelObject) -> Client | None:
        node = found.maker.module.arguments(found.maker.node).keywords.get("client")
        for origin in self._values.tracer.origins(found.maker.to(node)) if node is not None else ():
            if isinstance(origin, Site) and origin.node.type == "call":
                callee = origin.node.child_by_field_name("function")
                if last_name(origin.module, callee) in ("client", "create_client"):
                    return Client(origin, RUNTIME)
        return None

    def _own(self, found: ModelObject) -> Draft:
        at = found.maker.module.at(found.maker.node)
        settings, outer = self._settings(found, Node(None, at))
        service = found.endpoint if isinstance(found.endpoint, str) else found.library
        attributes: dict[str, Drafted] = {
            "service": service,
            "region": self._first(found, *_REGIONS),
            "endpoint": self._first(found, "endpoint_url", "base_url", "api_base"),
            **settings._asdict(),
            "outer_retries": outer,
            "host": NOT_ANALYSED,
        }
        return Draft(ModelClient, at, attributes, client_identity(Client(found.maker, service)))

    def _settings(self, found: ModelObject, absent: Node) -> tuple[Settings, Drafted]:
        timeout = self._first(found, "timeout", "request_timeout")
        retries = self._first(found, "max_retries", "num_retries")
        tries = retries.map(lambda n: n + 1 if isinstance(n, int) else n)
        if found.library in _CONFIGS and found.provider == "bedrock":
            return self._of_boto(found, timeout, tries, absent)
        if _by_sdk(found):
            attempts = tries if tries.present else Node(OWN_RETRIES + 1, absent.location)
            return Settings(timeout, timeout, attempts, Node("standard", absent.location)), None
        if found.library in _BY_LITELLM:
            outer = tries if tries.present else _BY_LITELLM[found.library]
            return Settings(timeout, timeout, absent, absent), outer
        default = Node(Unknown(f"the default of the installed {found.library}"), absent.location)
        timeout = timeout if timeout.present else default
        return Settings(timeout, timeout, tries if tries.present else default, default), None

    def _of_boto(self, found: ModelObject, timeout: Node, tries: Node, absent: Node) -> tuple[Settings, Drafted]:
        """A model object that makes a client of botocore."""
        config = settings_of(found.maker, self._values, _CONFIGS[found.library])
        if found.library == "llama_index" and not member(found.settings, "botocore_config").present:
            config = _of_llama_index(absent)
        if timeout.present:
            config = config._replace(connect_timeout=timeout, read_timeout=timeout)
        if tries.present:
            config = config._replace(max_attempts=tries)
        if found.library != "strands":
            return config, None
        if not config.read_timeout.present and not member(found.arguments, "boto_client_config").present:
            reason = Unknown("the read timeout is the default of the installed Strands")
            config = config._replace(read_timeout=Node(reason, absent.location))
        return config, STRANDS_ATTEMPTS

    def _first(self, found: ModelObject, *names: str) -> Node:
        nodes = [member(found.settings, name) for name in names]
        return next((n for n in nodes if n.present), Node(None, found.maker.module.at(found.maker.node)))


def _by_sdk(found: ModelObject) -> bool:
    """The calls go through the SDK of OpenAI or Anthropic, or one made like it, with that SDK's own settings."""
    if found.library in ("anthropic", "openai", "groq", "together"):
        return True
    return found.library in ("langchain", "autogen") and found.provider in ("openai", "azure", "anthropic", "bedrock")


def _of_llama_index(absent: Node) -> Settings:
    """What LlamaIndex sets by itself: 60 seconds, and ten retries in the standard mode."""
    seconds = Node(60, absent.location)
    return Settings(seconds, seconds, Node(11, absent.location), Node("standard", absent.location))
