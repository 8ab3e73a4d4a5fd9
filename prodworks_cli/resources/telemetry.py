"""How tracing and metrics of the application are set up."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Text

# Frameworks whose spans have the names of OpenTelemetry, or should.
_SPANS = frozenset({"opentelemetry", "adot", "traceloop", "strands", "openinference", "logfire"})


@dataclass(frozen=True)
class Telemetry(Kind):
    """One set-up of tracing or metrics, by its framework.

    ``exporter`` is where it sends to: otlp, xray, emf, a named platform, console or none. ``instruments_models`` says
    that it sees calls of models. ``genai_conventions`` is the generation of OpenTelemetry's names for them: current,
    previous or none. ``content_capture`` is on where prompts and answers are copied into it, ``content_masked`` says
    that something takes personal or secret parts out of them first.
    """

    KIND = "repo.telemetry"

    framework: Text
    exporter: Text
    instruments_models: Flag
    genai_conventions: Text
    content_capture: Text
    content_masked: Flag

    @property
    def names_model_spans(self) -> Flag:
        """Whether it makes spans of model calls in the way of OpenTelemetry."""
        if self.framework not in _SPANS:
            return False if isinstance(self.framework, str) else Unknown("the framework is not known")
        return self.instruments_models
