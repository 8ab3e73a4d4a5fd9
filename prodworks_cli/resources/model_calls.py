"""Model calls and the clients they share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Link, Number, Text, Texts, To

# The shape of a guardrail version that IaC creates: a number that only deployment tells.
NUMBERED = "${number}"
# The shape of an alias that IaC makes, and the names that follow whatever was changed last.
MADE_ALIAS = "${alias}"
_WORKING = ("TSTALIASID", "DEFAULT", "DRAFT")
# The Region of code, or of IaC, that names none.
DEPLOYMENT = Unknown("the Region is that of the deployment", present=True)


@dataclass(frozen=True)
class ModelClient(Kind):
    """The SDK client or framework model object that calls share, with its retry and timeout settings."""

    KIND = "repo.model_client"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "backs_off": ("retry_mode", "max_attempts", "outer_retries"),
        "attempts": ("max_attempts", "outer_retries"),
    }

    service: Text
    region: Text
    endpoint: Text
    connect_timeout: Number
    read_timeout: Number
    max_attempts: Number
    retry_mode: Text
    outer_retries: Number
    host: Annotated[Link, To("aws.compute.unit")]

    @property
    def backs_off(self) -> Flag:
        """Whether throttled calls are tried again with growing pauses; one attempt in all is no retry.

        The mode that is not set is the default of the installed SDK, which is legacy in older versions of botocore.
        """
        if self.outer_retries is not None:
            return True
        if self.max_attempts in (0, 1):
            return False
        if isinstance(self.retry_mode, Unknown):
            return Unknown(self.retry_mode.reason)
        if self.retry_mode is None:
            return Unknown("the retry mode is the default of the installed SDK")
        return self.retry_mode in ("standard", "adaptive")

    @property
    def attempts(self) -> Number:
        """All attempts of one call, outer retries included; the SDK's default of 3 stands in for a silent client."""
        inner = 3 if self.max_attempts is None else self.max_attempts
        outer = 1 if self.outer_retries is None else self.outer_retries
        for part in (inner, outer):
            if isinstance(part, Unknown):
                return part
        return inner * outer if isinstance(inner, int) and isinstance(outer, int) else Unknown("no whole number")


@dataclass(frozen=True)
class ModelCall(Kind):
    """One place in source (Python, TypeScript, notebook) that calls a model, an agent or generate-from-retrieval.

    ``guardrail`` and ``invocation_logging`` are joined: the guardrail that the call names, whether the account has the
    version named, and the logging setting of the Region called. ``agent_alias`` is the alias of an agent or flow, or
    the endpoint of a runtime, that is called; ``agent_version`` what the account has behind it, ``missing`` where there
    is no such alias, and absent in the repository.

    ``output_use`` is text or json, absent for vectors and pictures, and ``output_validated`` absent where the answer is
    shown as text. ``input_bounded``, ``history_bounded`` and ``untrusted_delimited`` are absent where nothing from
    outside, nothing that was said before, and nothing retrieved is asked. ``recorded_fields`` are latency, error,
    stop_reason, guardrail_action, model, prompt_version, guardrail_version, usage and cost.
    """

    KIND = "repo.model_call"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "guardrail_pinned": ("guardrail_version",),
        "agent_fixed": ("agent_version", "agent_alias"),
        "notices_cut_off": ("stop_reasons_handled",),
        "streams": ("stream_errors_handled", "api"),
        "makers_recorded": ("recorded_fields",),
    }

    api: Text
    reachable: Flag
    provider: Text
    endpoint: Text
    region: Text
    client: Annotated[Link, To("repo.model_client")]
    model_id: Text
    prompt: Annotated[Link, To("repo.prompt")]
    agent: Annotated[Link, To("aws.bedrock.agent")]
    agent_alias: Text
    agent_version: Text
    max_tokens: Number
    modalities: Texts
    guardrail_id: Text
    guardrail: Annotated[Link, To("aws.bedrock.guardrail")]
    guardrail_version: Text
    guardrail_version_exists: Flag
    guardrail_mode: Text
    guardrail_stream_mode: Text
    guardrail_failure: Text
    input_tagged: Flag
    instrumented: Flag
    trace_enabled: Flag
    usage_recorded: Flag
    latency_recorded: Flag
    outcome_recorded: Flag
    recorded_fields: Texts
    correlation: Texts
    request_metadata: Texts
    attribution: Text
    system_prompt_sources: Texts
    untrusted_sources: Texts
    untrusted_delimited: Flag
    input_bounded: Flag
    history_bounded: Flag
    prefix_tokens: Number
    cached_prefix: Flag
    stop_reasons_handled: Texts
    handled_errors: Texts
    fallback: Flag
    output_use: Text
    output_validated: Flag
    session_origin: Text
    stream_errors_handled: Flag
    invocation_logging: Annotated[Link, To("aws.bedrock.invocation_logging")]

    def idle(self) -> str | None:
        """A call that no entry of the program reaches is no subject."""
        return "nothing in the repository calls this code" if self.reachable is False else None

    @property
    def guardrail_pinned(self) -> Flag:
        """Whether the guardrail is used in a numbered version; the number may be known only after deployment."""
        version = self.guardrail_version
        if isinstance(version, Unknown):
            return True if version.shape == NUMBERED else Unknown(version.reason)
        return version is not None and version.isascii() and version.isdigit()

    @property
    def agent_fixed(self) -> Flag:
        """Whether an agent, flow or runtime is called in a fixed version: by an alias or endpoint of its own."""
        alias = self.agent_alias
        if isinstance(alias, Unknown) and alias.shape != MADE_ALIAS:
            return Unknown(alias.reason)
        if alias is None:
            return False if self.api == "invoke_agent_runtime" else Unknown("the call names no alias")
        if alias in _WORKING:
            return False
        if isinstance(self.agent_version, Unknown):
            return Unknown(self.agent_version.reason)
        return self.agent_version is None or self.agent_version.isdigit()

    @property
    def notices_cut_off(self) -> Flag:
        """Whether an answer that stopped at the limit, or at the guardrail of the call, is told from a good one."""
        handled = self.stop_reasons_handled
        if not isinstance(handled, tuple):
            return handled if isinstance(handled, Unknown) else False
        if not {"max_tokens", "length"} & set(handled):
            return False
        if isinstance(self.guardrail_mode, Unknown) and "guardrail_intervened" not in handled:
            return Unknown(self.guardrail_mode.reason)
        return self.guardrail_mode != "attached" or bool({"guardrail_intervened", "INTERVENED"} & set(handled))

    @property
    def streams(self) -> Flag:
        """Whether the answer arrives in parts: by the operation, or because the errors of a stream were looked for."""
        if not isinstance(self.stream_errors_handled, Unknown):
            return self.stream_errors_handled is not None
        api = str(self.api)
        if "tream" in api or api in _STREAMED:
            return True
        return False if api in _WHOLE else Unknown(self.stream_errors_handled.reason)

    @property
    def makers_recorded(self) -> Flag:
        """Whether records name the model, the version of the prompt and, where there is one, of the guardrail."""
        fields = self.recorded_fields
        if not isinstance(fields, tuple):
            return fields if isinstance(fields, Unknown) else False
        opened = next((f for f in fields if isinstance(f, Unknown)), None)
        if not {"model", "prompt_version"} <= set(fields):
            return opened or False
        if "guardrail_version" in fields or self.guardrail_mode == "none":
            return True
        return opened or (self.guardrail_mode if isinstance(self.guardrail_mode, Unknown) else False)

    @property
    def takes_guardrail(self) -> Flag:
        """Whether the call generates something that a guardrail can check; embedding and ranking calls do not.

        A call of InvokeModel whose model is not known may be either, unless it already passes a guardrail.
        """
        if self.guardrail_mode in ("attached", "applied_separately"):
            return True
        names = (self.api, self.model_id)
        if any(_WITHOUT_GUARDRAIL.search(name.lower()) for name in names if isinstance(name, str)):
            return False
        if isinstance(self.modalities, tuple) and not {"text", "image"} & set(self.modalities):
            return False
        if self.provider == "sagemaker":
            return Unknown("what an endpoint of SageMaker puts out is not known") if _open(self.modalities) else True
        undecided = (
            _open(self.modalities) and isinstance(self.model_id, Unknown) and str(self.api).startswith("invoke_model")
        )
        return Unknown("the model of InvokeModel is not known", present=True) if undecided else True


def _open(modalities: object) -> bool:
    """What the call puts out is not known: unread, or not said."""
    return not isinstance(modalities, tuple)


# Operations whose answer is a stream without being called so, and those whose answer comes in one piece.
_STREAMED = ("invoke_agent", "invoke_inline_agent", "invoke_flow")
_WHOLE = ("invoke_model", "converse", "retrieve_and_generate", "invoke_endpoint", "start_async_invoke")
_WITHOUT_GUARDRAIL = re.compile(r"embed|rerank|retrieve$")
