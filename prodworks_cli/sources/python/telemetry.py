"""Tracing and metrics that Python code sets up: OpenTelemetry, Powertools, X-Ray, Langfuse, Traceloop and others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values
from prodworks_cli.sources.telemetry.launchers import UNPINNED
from prodworks_cli.sources.telemetry.setups import SetUp

_WORDS = (
    *(b"opentelemetry", b"traceloop", b"langfuse", b"aws_xray_sdk", b"aws_lambda_powertools", b"openinference"),
    *(b"phoenix.otel", b"StrandsTelemetry", b"aws_embedded_metrics", b"langsmith", b"logfire", b"ddtrace", b"mlflow"),
)
# Instrumentors of model calls, by a part of their names.
MODELS = re.compile(
    r"Botocore|Boto3|Bedrock|Lang[cC]hain|Strands|LiteLLM|Anthropic|OpenAI|GoogleGen|VertexAI|Mistral|Groq|Cohere"
    r"|LlamaIndex|CrewAI|DSPy|Haystack|Smolagents|Agno|PydanticAI|Instructor|Autogen",
)
# Frameworks by what is called, or decorates, and the package that it comes from.
_CALLS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (framework, package, re.compile(rf"^(?:{names})$"))
    for framework, package, names in (
        ("opentelemetry", "opentelemetry", "TracerProvider|MeterProvider|configure_azure_monitor"),
        ("strands", "strands", "StrandsTelemetry"),
        ("langfuse", "langfuse", "Langfuse|get_client|observe|CallbackHandler|OpenAI|AsyncOpenAI|AzureOpenAI"),
        ("langsmith", "langsmith", "traceable|wrap_openai|wrap_anthropic|LangChainTracer"),
        ("xray", "aws_xray_sdk", "patch_all|patch|configure|XRayMiddleware"),
        ("powertools-tracer", "aws_lambda_powertools", "Tracer"),
        ("powertools-metrics", "aws_lambda_powertools", "Metrics|single_metric|EphemeralMetrics"),
        ("aws-embedded-metrics", "aws_embedded_metrics", "metric_scope|create_metrics_logger"),
        ("openinference", "phoenix", "register"),
        ("datadog", "ddtrace", "patch_all|patch|enable"),
        ("mlflow", "mlflow", "autolog|trace"),
    )
)
_SEES_MODELS = words("langfuse langsmith xray powertools-tracer openinference datadog mlflow strands")
_EXPORTERS: Mapping[str, str] = {
    "OTLPSpanExporter": "otlp",
    "OTLPMetricExporter": "otlp",
    "OTLPAwsSpanExporter": "otlp",
    "CloudTraceSpanExporter": "google",
    "AzureMonitorTraceExporter": "azure",
    "ConsoleSpanExporter": "console",
    "ConsoleMetricExporter": "console",
    "InMemorySpanExporter": "none",
    "setup_otlp_exporter": "otlp",
    "setup_console_exporter": "console",
}
_MASKS = re.compile(rb"(?i)\b\w*(?:mask|redact|scrub|anonymi[sz]e)\w*")
_PROCESSOR = re.compile(rb"class\s+\w+\([^)]*Span(?:Processor|Exporter)[^)]*\)")
# What a span is given that copies what was asked or answered.
_CONTENT = re.compile(
    r"^(?:gen_ai\.(?:prompt|completion|input\.messages|output\.messages)|llm\.(?:prompts|completions)|input\.value)"
)
# What is kept of contents where no variable decides it; those that are not named keep none.
_CAPTURE: Mapping[str, str | Unknown | None] = {
    "langsmith": None,
    "openinference": None,
    "mlflow": "on",
    "datadog": Unknown("what Datadog keeps of prompts is set in the agent and in the account"),
}
_LOGS_METRICS = (b"log_metrics", b"flush_metrics")


def telemetry(
    repository: Repository, values: Values, traced: bool, pinned: Callable[[str], bool | Unknown]
) -> Iterator[SetUp]:
    """The set-ups in the code. ``traced`` says that a span covers some call of a model."""
    for module in repository.containing(*_WORDS):
        exporter = _exporter(module)
        for node in module.of_type("call", "decorator"):
            yield from _found(Site(module, node), exporter, values, traced, pinned)
    yield from _named_spans(repository)


def _exporter(module: Module) -> str | None:
    """Where a file sends spans to: the best of the exporters that it makes."""
    made = _EXPORTERS.keys() & module.calls.keys()
    told = {_EXPORTERS[name] for name in made}
    return next((e for e in ("otlp", "google", "azure", "console", "none") if e in told), None)


def _found(
    site: Site, exporter: str | None, values: Values, traced: bool, pinned: Callable[[str], bool | Unknown]
) -> Iterator[SetUp]:
    module, node = site.module, site.node
    callee = _callee(node)
    name, at = last_name(module, callee), module.at(node)
    source = _source(module, callee)
    if name == "instrument" or source.startswith("logfire"):
        yield from _instrumented(site, callee, exporter, pinned)
    if name in _EXPORTERS and source.startswith(("opentelemetry", "amazon")):
        yield SetUp("opentelemetry", at, _EXPORTERS[name])
    if name == "init" and module.text(callee) == "Traceloop.init":
        yield SetUp("traceloop", at, _traceloop(module, node), True, _by_pin("traceloop-sdk", pinned))
    for framework, package, names in _CALLS:
        if source.split(".")[0] == package and names.match(name):
            yield _setup(site, framework, exporter, values, traced)


def _callee(node: tree_sitter.Node) -> tree_sitter.Node | None:
    if node.type == "call":
        return node.child_by_field_name("function")
    inner = node.named_children[0] if node.named_children else None
    return None if inner is None or inner.type == "call" else inner


def _source(module: Module, callee: tree_sitter.Node | None) -> str:
    """The package that a called name comes from."""
    item = module.imports.get(module.text(callee).split(".")[0].split("(")[0])
    return item.module if item is not None else ""


def _setup(site: Site, framework: str, exporter: str | None, values: Values, traced: bool) -> SetUp:
    module, at = site.module, site.module.at(site.node)
    if framework == "langfuse":
        return _langfuse(site, values)
    if framework == "strands":
        return SetUp("strands", at, exporter, True, "previous", masked=_masks(module))
    if framework == "opentelemetry":
        return SetUp("opentelemetry", at, exporter, traced, masked=_masks(module), started=True)
    if framework == "powertools-metrics":
        sent = any(word in module.data for word in _LOGS_METRICS) or b"single_metric" in module.data
        return SetUp(framework, at, None if sent else "none")
    return SetUp(framework, at, None, framework in _SEES_MODELS, capture=_CAPTURE.get(framework, "off"))


def _langfuse(site: Site, values: Values) -> SetUp:
    """Langfuse keeps inputs and outputs unless it is given a mask, or is switched off."""
    given, at = site.module.arguments(site.node) if site.node.type == "call" else None, site.module.at(site.node)
    mask = given.get("mask") if given is not None else None
    enabled = given.get("tracing_enabled") if given is not None else None
    off = enabled is not None and values.of(site.to(enabled)).content is False
    return SetUp("langfuse", at, "none" if off else None, True, masked=mask is not None and mask.type != "none")


def _instrumented(
    site: Site, callee: tree_sitter.Node | None, exporter: str | None, pinned: Callable[[str], bool | Unknown]
) -> Iterator[SetUp]:
    """``BedrockInstrumentor().instrument()``, and ``logfire.instrument_pydantic_ai()``."""
    module, at = site.module, site.module.at(site.node)
    written = module.text(callee)
    source = _source(module, callee)
    models = bool(MODELS.search(written)) or "instrument_" in written
    if source.startswith("logfire") and written.startswith("logfire."):
        yield SetUp("logfire", at, None, models, "previous" if models else None)
    elif source.startswith("openinference"):
        yield SetUp("openinference", at, exporter, models)
    elif source.startswith("opentelemetry.instrumentation"):
        package = source.split(".")[2].replace("_", "-") if source.count(".") > 1 else ""
        names = _by_pin(f"opentelemetry-instrumentation-{package}", pinned) if models else None
        yield SetUp("opentelemetry", at, exporter, models, names, masked=_masks(module))


def _by_pin(package: str, pinned: Callable[[str], bool | Unknown]) -> str | Unknown:
    """Both generations of names count; which one an unpinned instrumentation writes is not known."""
    return "previous" if pinned(package) is True else UNPINNED


def _traceloop(module: Module, call: tree_sitter.Node) -> str | None:
    given = module.arguments(call)
    if any(given.get(key) is not None for key in ("exporter", "processor", "api_endpoint")):
        return "otlp"
    return None


def _masks(module: Module) -> bool:
    return bool(_PROCESSOR.search(module.data) and _MASKS.search(module.data))


def _named_spans(repository: Repository) -> Iterator[SetUp]:
    """Attributes of spans that the code writes itself, by their names."""
    for module in repository.containing(b"gen_ai.", b"llm.prompts"):
        names = {module.text(n): n for n in module.of_type("string_content")}
        named = {n for n in names if n.startswith("gen_ai.")}
        if not named or not any(w in module.data for w in (b"set_attribute", b"attributes=", b"start_as_current_span")):
            continue
        complete = any(n.startswith("gen_ai.usage.") for n in named) and "gen_ai.request.model" in named
        current, previous = "gen_ai.provider.name" in named, "gen_ai.system" in named
        generation = ("current" if current else "previous" if previous else None) if complete else None
        first = min((names[n] for n in named), key=lambda n: n.start_byte)
        content = any(_CONTENT.match(n) for n in names)
        yield SetUp("opentelemetry", module.at(first), None, True, generation, "on" if content else None)
