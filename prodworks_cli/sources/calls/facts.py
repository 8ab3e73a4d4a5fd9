"""What the arguments of a model call say: model, limits, guardrail, attribution.

The AWS SDKs of all languages spell the arguments alike, so that the reader of a language only evaluates them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference
from prodworks_cli.resources.model_calls import MADE_ALIAS, NUMBERED
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.model_ids import APPLICATION_PROFILE, purpose_of, read_model_id
from prodworks_cli.sources.content import OPEN, dig, member

# Spellings of the output limit in the request bodies of the model families.
LIMITS = (
    "max_tokens",
    "max_tokens_to_sample",
    "maxTokenCount",
    "max_gen_len",
    "max_completion_tokens",
    "max_new_tokens",
    "max_output_tokens",
    "maxTokens",
)
_HOLDERS = ("inferenceConfig", "textGenerationConfig", "inference_config", "parameters")
ELSEWHERE = "is set where the agent or flow is defined"
DEFINED_ELSEWHERE = ("invoke_agent", "invoke_flow", "invoke_agent_runtime")
_INVOKED = {
    "invoke_agent": ("agentId", "agentAliasId"),
    "invoke_flow": ("flowIdentifier", "flowAliasIdentifier"),
    "invoke_agent_runtime": ("agentRuntimeArn", "qualifier"),
}
_GENERATION = ("retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration", "generationConfiguration")
_ALIAS = re.compile(r"agent_?alias|flow_?alias|runtime_?endpoint", re.IGNORECASE)
_BODY_SIGNS = (
    ("embedding", ("texts", "embeddingConfig", "input_type", "embeddingTypes")),
    ("image", ("imageGenerationConfig", "textToImageParams", "text_prompts")),
    ("rerank", ("documents",)),
    ("text", ("messages", "prompt", "anthropic_version", "textGenerationConfig", *LIMITS)),
)


class Facts:
    """The facts of one call with its evaluated arguments."""

    def __init__(self, api: str, arguments: Mapping[str, Node], at: Location) -> None:
        self._api = api
        self._arguments = arguments
        self._at = at

    def node(self, *path: str) -> Node:
        """A member of the arguments, located at the argument."""
        held = member(self._arguments, path[0])
        return Node(dig(self._arguments, *path), held.location if held.location.where else self._at)

    @property
    def model(self) -> Node:
        """The id or ARN of the model."""
        if self._api.startswith(DEFINED_ELSEWHERE):
            return Node(Unknown(f"the model {ELSEWHERE}"), self._at)
        if self._api.startswith("retrieve_and_generate"):
            return self.node("retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration", "modelArn")
        if self._api == "invoke_inline_agent":
            return self.node("foundationModel")
        return self.node("EndpointName" if self._api.startswith("invoke_endpoint") else "modelId")

    @property
    def limit(self) -> Node:
        """The largest number of output tokens."""
        if self._api.startswith((*DEFINED_ELSEWHERE, "invoke_inline_agent")):
            return Node(Unknown(f"the limit {ELSEWHERE}"), self._at)
        if ":prompt/" in str(self.model.content):
            return Node(Unknown("the limit is set in the managed prompt"), self._at)
        if self._api == "invoke_model_with_bidirectional_stream":
            return Node(Unknown("the limit is set in the events of the stream"), self._at)
        if self._api.startswith("retrieve_and_generate"):
            return self.node(*_GENERATION, "inferenceConfig", "textInferenceConfig", "maxTokens")
        if self._api.startswith("converse"):
            return self._first(
                self.node("inferenceConfig", "maxTokens"),
                *(self.node("additionalModelRequestFields", name) for name in LIMITS),
            )
        body = "Body" if self._api.startswith("invoke_endpoint") else "body"
        holders = ((), *((h,) for h in _HOLDERS))
        return self._first(*(self.node(body, *holder, name) for holder in holders for name in LIMITS))

    def _first(self, *nodes: Node) -> Node:
        """The first that is known to be there; else unknown if one may be; else absent."""
        known = next((n for n in nodes if n.present and n.unknown is None), None)
        return known or next((n for n in nodes if n.present), nodes[0])

    def guardrail(self) -> tuple[Node, Node, Node]:
        """Id, version and stream mode of the guardrail of the call."""
        if self._api.startswith(DEFINED_ELSEWHERE):
            elsewhere = Node(Unknown(f"the guardrail {ELSEWHERE}"), self._at)
            return elsewhere, elsewhere, elsewhere
        prefix: tuple[str, ...] = ()
        names = ("guardrailIdentifier", "guardrailVersion", "streamProcessingMode")
        if self._api.startswith("converse"):
            prefix = ("guardrailConfig",)
        elif self._api.startswith("retrieve_and_generate"):
            prefix, names = (*_GENERATION, "guardrailConfiguration"), ("guardrailId", names[1], names[2])
        elif self._api == "invoke_inline_agent":
            prefix = ("guardrailConfiguration",)
        id_, version, stream = (self.node(*prefix, name) for name in names)
        if self._api.startswith("invoke_model"):
            stream = self.node("body", "amazon-bedrock-guardrailConfig", names[2])
        return Node(id_.content if id_.content != "" else None, id_.location), _version(version), stream

    def agent(self) -> tuple[Node, Node]:
        """The agent, flow or runtime that is invoked, and the alias, endpoint or version of it."""
        names = _INVOKED.get(self._api)
        if names is None:
            return Node(None, self._at), Node(None, self._at)
        return self.node(names[0]), _made_alias(self.node(names[1]))

    def metadata(self) -> Node:
        """The keys of ``requestMetadata``."""
        node = self.node("requestMetadata")
        if not self._api.startswith("converse"):
            return Node(None, self._at)
        if isinstance(node.content, Mapping):
            keys = [k for k in node.content if k != OPEN]
            return Node(tuple(Node(k, node.location) for k in keys) or None, node.location)
        return node

    def attribution(self) -> Drafted:
        """How the cost of the call can be told apart."""
        if self._api.startswith(DEFINED_ELSEWHERE):
            return Unknown(f"the model {ELSEWHERE}")
        model, metadata = self.model, self.metadata()
        if _is_application_profile(model.content):
            return Node("application_profile", model.location)
        if metadata.present and metadata.unknown is None:
            return Node("request_metadata", metadata.location)
        for node in (model, metadata):
            if node.unknown is not None:
                return Node(Unknown(node.unknown.reason), node.location)
        return Node("none", model.location)

    def prefix(self) -> tuple[Content, ...]:
        """What may be the same in each call: the descriptions of tools and the system prompt; empty for other APIs."""
        if self._api.startswith("converse"):
            return tuple(self.node(name).content for name in ("toolConfig", "system"))
        if self._api.startswith("invoke_model"):
            return tuple(self.node("body", name).content for name in ("tools", "system"))
        return ()

    def said(self) -> Content:
        """The messages of the request."""
        return (
            self.node("messages").content if self._api.startswith("converse") else self.node("body", "messages").content
        )

    def modalities(self) -> Drafted:
        """What the call puts out."""
        model = self.model.content
        read = read_model_id(model) if isinstance(model, str) else None
        if read is not None and read.base is not None:
            return (read.purpose,)
        if self._api == "invoke_model_with_bidirectional_stream":
            return ("speech",)
        if isinstance(model, Unknown) and model.shape and "embed" in model.shape:
            return (purpose_of(model.shape),)
        if not self._api.startswith(("invoke_model", "invoke_endpoint")):
            return ("text",)
        return self._by_body()

    def _by_body(self) -> Drafted:
        body = self.node("body").content
        if isinstance(body, Mapping):
            for modality, signs in _BODY_SIGNS:
                if any(sign in body for sign in signs):
                    return (modality,)
            if "inputText" in body and OPEN not in body:
                return ("embedding",)
        return Unknown("neither the model id nor the request body says what the model puts out")


def _is_application_profile(content: Content) -> bool:
    if isinstance(content, Reference):
        return "aws_bedrock_inference_profile." in content.address
    text = content.shape if isinstance(content, Unknown) else content
    return isinstance(text, str) and APPLICATION_PROFILE in text


def _made_alias(node: Node) -> Node:
    """An alias or endpoint that IaC makes has its id at deployment; it is none of the working draft."""
    content = node.content
    if isinstance(content, Reference) and _ALIAS.search(f"{content.address}.{content.attribute}"):
        return Node(Unknown(content.unresolved().reason, present=True, shape=MADE_ALIAS), node.location)
    return node


def _version(node: Node) -> Node:
    """A guardrail's own version attribute is its draft (Terraform ``aws_bedrock_guardrail``)."""
    content = node.content
    if (
        isinstance(content, Reference)
        and "aws_bedrock_guardrail." in content.address
        and content.attribute == "version"
    ):
        return Node("DRAFT", node.location)
    if isinstance(content, Reference) and "aws_bedrock_guardrail_version." in content.address:
        return Node(Unknown(content.unresolved().reason, present=True, shape=NUMBERED), node.location)
    return node
