"""What the arguments of a framework's model object say: its limit, its guardrail, and what the model puts out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.drafts import guardrail_mode
from prodworks_cli.sources.calls.facts import LIMITS
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.frameworks import ModelObject, first_of

GUARDRAIL_KEYS = (
    *("guardrails", "guardrail_config", "guardrail_id", "guardrailConfig", "guardrail_identifier"),
    *("guardrailIdentifier", "bedrock_guardrail_config"),
)
# Arguments that hold further settings of the model.
HOLDERS = (
    *("model_kwargs", "generation_kwargs", "params", "settings", "model_settings", "inferenceConfig"),
    *("inference_config", "additional_kwargs", "config", "generation_config", "request_params", "options"),
)
_SPEAKS = re.compile(r"nova-(?:\d-)?sonic|NovaSonic|realtime|GeminiLive", re.I)
OWN_CHECKS = Unknown("what functions of the program check before and after the call is not known")
_EMBEDS = re.compile(r"embed", re.I)
_RANKS = re.compile(r"rerank|ranker", re.I)


def limit_of(found: ModelObject) -> Node:
    """The largest number of output tokens, among the arguments or in settings."""
    direct = [member(found.arguments, name) for name in LIMITS]
    held = [holder for name in HOLDERS if (holder := member(found.arguments, name)).present]
    nested = [h[name] for h in held if isinstance(h.content, Mapping) for name in LIMITS]
    # The limit may be in settings that are built elsewhere.
    opened = [Node(Unknown(h.unknown.reason), h.location) for h in held if h.unknown is not None]
    limit = next((n for n in [*direct, *nested, *opened] if n.present), direct[0])
    return limit if limit.location.where else Node(limit.content, found.site.module.at(found.site.node))


def guardrail_of(found: ModelObject) -> Node:
    """The id of the guardrail."""
    node = _config(found)
    for key in ("guardrailIdentifier", "guardrail_identifier"):
        if isinstance(node.content, Mapping) and key in node.content:
            return node.content[key]
    return node if not isinstance(node.content, Mapping) else Node(Unknown("a guardrail", True), node.location)


def _config(found: ModelObject) -> Node:
    """The guardrail as it is given: among the arguments, or in settings of the model."""
    node = first_of(found.arguments, found.site, *GUARDRAIL_KEYS)
    held = [member(found.arguments, holder).first_of(*GUARDRAIL_KEYS) for holder in ("settings", "model_settings")]
    return node if node.present else next((h for h in held if h.present), node)


def version_of(found: ModelObject) -> Node:
    """The version of the guardrail."""
    node = _config(found)
    direct = member(found.arguments, "guardrail_version")
    nested = node.first_of("guardrailVersion", "guardrail_version")
    return direct if direct.present else nested


def mode_of(found: ModelObject, guardrail: Node) -> str | Unknown:
    """Functions of the program may stand before or after a call, as the OpenAI Agents SDK lets them."""
    nodes = [member(found.arguments, key) for key in ("input_guardrails", "output_guardrails")]
    own = any(node.present and node.content != () for node in nodes)
    mode = guardrail_mode(guardrail)
    return OWN_CHECKS if own and mode == "none" else mode


def modalities_of(found: ModelObject) -> tuple[str, ...]:
    """What the calls put out: the model says it, else the name of the class or of the method."""
    model = found.model.text() or ""
    if _EMBEDS.search(found.name) or _EMBEDS.search(model):
        return ("embedding",)
    if _RANKS.search(found.name) or _RANKS.search(model):
        return ("rerank",)
    if _SPEAKS.search(found.name) or _SPEAKS.search(model):
        return ("speech",)
    return ("image",) if found.name.startswith("images.") else ("text",)
