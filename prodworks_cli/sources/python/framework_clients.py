"""The clients inside the model objects of frameworks: their timeouts and retries, by the arguments of each library."""

from __future__ import annotations

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
        attributes: dict[str, Drafted] = {
            "service": found.endpoint,
            "region": self._first(found, "region_name", "aws_region", "region", "aws_region_name"),
            "endpoint": self._first(found, "endpoint_url", "base_url"),
            **settings._asdict(),
            "outer_retries": outer,
            "host": NOT_ANALYSED,
        }
        return Draft(ModelClient, at, attributes, client_identity(Client(found.maker, found.endpoint)))

    def _settings(self, found: ModelObject, absent: Node) -> tuple[Settings, Drafted]:
        timeout = self._first(found, "timeout", "request_timeout")
        retries = self._first(found, "max_retries", "num_retries")
        tries = retries.map(lambda n: n + 1 if isinstance(n, int) else n)
        if found.library in ("anthropic", "openai"):
            attempts = tries if tries.present else Node(OWN_RETRIES + 1, absent.location)
            return Settings(timeout, timeout, attempts, Node("standard", absent.location)), None
        if found.library == "litellm":
            return Settings(timeout, timeout, absent, absent), tries if tries.present else None
        config = settings_of(found.maker, self._values, _CONFIGS[found.library])
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
