"""What is known of one set-up of telemetry, and the draft that it makes together with the variables that steer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.telemetry import Telemetry
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.telemetry.variables import Variables

# Where each framework sends to when it is told nothing else.
EXPORTERS: Mapping[str, str] = {
    **dict.fromkeys(("xray", "powertools-tracer"), "xray"),
    **dict.fromkeys(("powertools-metrics", "aws-embedded-metrics"), "emf"),
    **{name: name for name in ("langfuse", "langsmith", "traceloop", "logfire", "datadog", "phoenix", "mlflow")},
    **dict.fromkeys(("adot", "openinference"), "otlp"),
}
# Those that copy prompts and answers unless they are told not to, with the variables that tell them.
_CAPTURING: Mapping[str, tuple[str, ...]] = {
    "traceloop": ("TRACELOOP_TRACE_CONTENT",),
    "openinference": ("OPENINFERENCE_HIDE_INPUTS", "OPENINFERENCE_HIDE_OUTPUTS"),
    "langsmith": ("LANGSMITH_HIDE_INPUTS", "LANGSMITH_HIDE_OUTPUTS"),
    "langfuse": (),
    "strands": (),
    "logfire": (),
}
_SWITCH = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_NOWHERE = (None, "none", "console")
_OFF = frozenset({"false", "0", "no", "no_content", "none", ""})
_BY_OTEL = frozenset({"opentelemetry", "adot", "traceloop", "strands", "openinference", "logfire"})
_OPT_IN = "OTEL_SEMCONV_STABILITY_OPT_IN"


@dataclass(frozen=True)
class SetUp:
    """One set-up as a reader finds it; ``None`` is not told here. ``started`` says that something starts the SDK."""

    framework: str
    at: Location
    exporter: str | Unknown | None = None
    models: bool = False
    conventions: str | Unknown | None = None
    capture: str | Unknown | None = None
    masked: bool | Unknown = False
    started: bool = False

    def with_(self, other: SetUp) -> SetUp:
        """Two places of one set-up: what either says."""
        return replace(
            self,
            exporter=other.exporter or self.exporter if self.exporter in _NOWHERE else self.exporter,
            models=self.models or other.models,
            conventions=self.conventions or other.conventions,
            capture=self.capture if self.capture is not None else other.capture,
            masked=self.masked or other.masked,
            started=self.started or other.started,
        )


def drafts(found: Iterable[SetUp], variables: Variables, where: str = "") -> Iterator[Draft]:
    """One draft for each framework, located at its first place. ``where`` tells the programs of a repository apart."""
    merged: dict[str, SetUp] = {}
    for setup in found:
        known = merged.get(setup.framework)
        merged[setup.framework] = setup if known is None else known.with_(setup)
    if "adot" in merged and "opentelemetry" in merged:
        # The launcher starts what the code adds to.
        merged["adot"] = merged["adot"].with_(merged.pop("opentelemetry"))
    for name in sorted(merged):
        yield replace(_draft(merged[name], variables), identity=f"{name}{where}")


def _draft(setup: SetUp, variables: Variables) -> Draft:
    described = draft(
        Telemetry,
        setup.at,
        framework=setup.framework,
        exporter=_exporter(setup, variables),
        instruments_models=setup.models,
        genai_conventions=_conventions(setup, variables),
        content_capture=_capture(setup, variables),
        content_masked=setup.masked,
    )
    return replace(described, identity=setup.framework)


def _exporter(setup: SetUp, variables: Variables) -> str | Unknown:
    if setup.framework in _BY_OTEL:
        disabled = variables.is_true("OTEL_SDK_DISABLED")
        if disabled is True:
            return "none"
        told = variables.value("OTEL_TRACES_EXPORTER")
        if isinstance(told, Unknown) or isinstance(disabled, Unknown):
            return Unknown("where spans go is set outside the repository")
        if told is not None and setup.exporter in (None, "otlp"):
            return told.split(",")[0]
    if setup.framework == "opentelemetry" and setup.exporter is None and not setup.started and not variables.launches:
        return Unknown("nothing in the repository says how the program is launched")
    if setup.framework == "powertools-tracer" and variables.is_true("POWERTOOLS_TRACE_DISABLED") is True:
        return "none"
    return setup.exporter or EXPORTERS.get(setup.framework, "none")


def _conventions(setup: SetUp, variables: Variables) -> str | Unknown:
    opted = variables.value(_OPT_IN)
    if setup.framework == "strands" and isinstance(opted, str) and "gen_ai_latest" in opted:
        return "current"
    return setup.conventions or "none"


def _capture(setup: SetUp, variables: Variables) -> str | Unknown:
    if setup.capture is not None:
        return setup.capture
    if not setup.models:
        return "off"
    if setup.framework == "strands":
        opted = variables.value(_OPT_IN)
        return "off" if isinstance(opted, str) and "gen_ai_unredacted_attributes" in opted else "on"
    if setup.framework in _CAPTURING:
        told = [variables.value(name) for name in _CAPTURING[setup.framework]]
        return _by_default_on(setup.framework, told)
    switch = variables.value(_SWITCH)
    if isinstance(switch, Unknown):
        return Unknown("whether contents are captured is set outside the repository")
    return "off" if switch is None or switch.lower() in _OFF else "on"


def _by_default_on(framework: str, told: list[str | Unknown | None]) -> str | Unknown:
    """Traceloop is told to trace no content, the others to hide inputs and outputs."""
    if any(isinstance(value, Unknown) for value in told):
        return Unknown("whether contents are captured is set outside the repository")
    if framework == "traceloop":
        return "off" if any(isinstance(v, str) and v.lower() == "false" for v in told) else "on"
    hidden = [isinstance(v, str) and v.lower() in ("true", "1") for v in told]
    return "off" if hidden and all(hidden) else "on"
