"""Bedrock model ids: which texts are one, and what they say.

Families and geography prefixes as in the Amazon Bedrock user guide, "Supported foundation models" and "Supported
Regions and models for inference profiles". A text such as ``meta.ts`` or ``amazon.com`` is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FAMILIES = (
    r"(?:amazon\.(?:nova|titan|rerank)|anthropic\.claude|meta\.llama|mistral\.(?:mi|pixtral|magistral|voxtral|devstral)"
    r"|cohere\.(?:command|embed|rerank)|ai21\.(?:jamba|j2)|stability\.(?:stable|sd3)|deepseek\.(?:r\d|v\d)"
    r"|openai\.gpt|qwen\.qwen|writer\.palmyra|luma\.ray|twelvelabs\.(?:pegasus|marengo)|google\.gemma"
    r"|moonshot\.kimi|minimax\.minimax|nvidia\.nemotron|zai\.glm|xai\.grok)"
)
PROVIDERS = (
    b"amazon.", b"anthropic.", b"meta.", b"mistral.", b"cohere.", b"ai21.", b"stability.", b"deepseek.", b"openai.",
    b"qwen.", b"writer.", b"luma.", b"twelvelabs.", b"google.", b"moonshot.", b"minimax.", b"nvidia.", b"zai.", b"xai.",
)  # fmt: skip
"""One of these is in every model id: what has none of them holds no id."""
FAMILY = re.compile(_FAMILIES)
"""The part of every id that names a family of models."""
_ID = re.compile(rf"(?:(?P<geography>us|eu|apac|jp|au|ca|global|us-gov)\.)?(?P<base>{_FAMILIES}[A-Za-z0-9._:-]*)")
_ARN = re.compile(
    r"arn:aws[a-z-]*:bedrock:(?P<region>[a-z0-9-]*):\d*:"
    r"(?P<type>foundation-model|inference-profile|application-inference-profile|provisioned-model|custom-model"
    r"|imported-model|custom-model-deployment|prompt-router|default-prompt-router)/(?P<id>[A-Za-z0-9._:/-]+)"
)
_TYPES = {"inference-profile": "inference_profile", "application-inference-profile": "application_profile"}
APPLICATION_PROFILE = "application-inference-profile/"
# What a model puts out, by a part of its id; anything else writes text.
_PURPOSES = (
    ("embed", "embedding"),
    ("marengo", "embedding"),
    ("rerank", "rerank"),
    ("titan-image", "image"),
    ("nova-canvas", "image"),
    ("stability.", "image"),
    ("nova-reel", "video"),
    ("luma.", "video"),
    ("nova-sonic", "speech"),
    ("nova-2-sonic", "speech"),
)


@dataclass(frozen=True)
class ModelId:
    """A model id taken apart. ``base`` has no geography prefix; it is ``None`` for ARNs that name no model."""

    text: str
    base: str | None
    type: str
    geography: str | None
    region: str | None

    @property
    def purpose(self) -> str | None:
        """What the model puts out; ``None`` when the id does not say which model it is."""
        return purpose_of(self.base) if self.base else None

    @property
    def pinned(self) -> bool:
        """The id names a version: it has a number and does not follow ``latest``."""
        return "latest" not in self.text and bool(re.search(r"\d", self.text))


def read_model_id(text: str) -> ModelId | None:
    """A model id, profile id or ARN taken apart; ``None`` for any other text."""
    arn = _ARN.fullmatch(text) if len(text) < 300 else None
    if arn is not None:
        inner = _ID.fullmatch(arn["id"])
        type_ = _TYPES.get(arn["type"], arn["type"].replace("-", "_"))
        return ModelId(text, inner and inner["base"], type_, inner and inner["geography"], arn["region"] or None)
    plain = _ID.fullmatch(text) if len(text) < 120 else None
    if plain is None:
        return None
    type_ = "inference_profile" if plain["geography"] else "foundation_model"
    return ModelId(text, plain["base"], type_, plain["geography"], None)


def purpose_of(base: str) -> str:
    """What a model puts out: text, embedding, rerank, image, video or speech."""
    return next((purpose for part, purpose in _PURPOSES if part in base), "text")
