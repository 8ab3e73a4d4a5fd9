"""Tracing and metrics that TypeScript code sets up: OpenTelemetry, Powertools, X-Ray, Langfuse, the AI SDK, others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.telemetry.setups import SetUp
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

# Set-ups by what is made or called, and the package that it comes from.
_CALLS: tuple[tuple[str, str, frozenset[str]], ...] = tuple(
    (framework, package, words(names))
    for framework, package, names in (
        ("opentelemetry", "@opentelemetry/", "NodeSDK NodeTracerProvider BasicTracerProvider WebTracerProvider"),
        ("opentelemetry", "@vercel/otel", "registerOTel"),
        ("powertools-tracer", "@aws-lambda-powertools/tracer", "Tracer"),
        ("powertools-metrics", "@aws-lambda-powertools/metrics", "Metrics"),
        ("xray", "aws-xray-sdk", "captureAWSv3Client captureAWS captureAWSClient"),
        ("langfuse", "langfuse", "Langfuse observeOpenAI CallbackHandler LangfuseExporter"),
        ("langfuse", "@langfuse/", "LangfuseSpanProcessor observe startObservation observeOpenAI CallbackHandler"),
        ("langsmith", "langsmith", "traceable wrapAISDK wrapOpenAI"),
        ("traceloop", "@traceloop/", "initialize"),
        ("datadog", "dd-trace", "init"),
    )
)
_NAMES = frozenset(name for _, _, names in _CALLS for name in names)
# What a file with a set-up holds: the package as a text, and one of its names as a word.
_SIGNS = tuple(
    (
        tuple(quote + package.encode() for quote in (b"'", b'"')),
        tuple(name.encode() for name in names),
        re.compile(rb"\b(?:%b)\b" % "|".join(names).encode()),
    )
    for _, package, names in _CALLS
)
_AI_SDK = b"experimental_telemetry"
_LITERALS = (*(text for texts, _, _ in _SIGNS for text in texts), _AI_SDK)
_EXPORTERS: Mapping[str, str] = {
    "OTLPTraceExporter": "otlp",
    "OTLPMetricExporter": "otlp",
    "OTLPHttpJsonTraceExporter": "otlp",
    "LangfuseExporter": "langfuse",
    "LangfuseSpanProcessor": "langfuse",
    "ConsoleSpanExporter": "console",
}
_SEES_MODELS = frozenset({"langfuse", "langsmith", "xray", "powertools-tracer", "traceloop", "datadog"})
_CAPTURE: Mapping[str, str | Unknown | None] = {
    **dict.fromkeys(("langsmith", "langfuse", "traceloop", "opentelemetry")),
    "datadog": Unknown("what Datadog keeps of prompts is set in the agent and in the account"),
}
_SENDS_METRICS = (b"logMetrics", b"publishStoredMetrics", b"flushMetrics")


def telemetry(repository: Repository, values: Values) -> Iterator[SetUp]:
    """The set-ups in the code, by file and line."""
    for module in repository.where(_may_set_up, *_LITERALS):
        exporter = _exporter(module)
        for node in module.of_type("new_expression", "call_expression"):
            yield from _found(Site(module, node), exporter, values)
        for pair in module.of_type("pair") if _AI_SDK in module.data else ():
            yield from _of_ai_sdk(Site(module, pair), values)


def _may_set_up(_: str, data: bytes) -> bool:
    """Whether a file may set something up, told from its words alone."""
    return _AI_SDK in data or any(
        any(text in data for text in texts) and any(name in data for name in names) and word.search(data)
        for texts, names, word in _SIGNS
    )


def _exporter(module: Module) -> str | None:
    made = {last_name(module, callee_of(n)) for n in module.of_type("new_expression")}
    told = {_EXPORTERS[name] for name in made & _EXPORTERS.keys()}
    return next((e for e in ("otlp", "langfuse", "console") if e in told), None)


def _found(site: Site, exporter: str | None, values: Values) -> Iterator[SetUp]:
    module, callee = site.module, callee_of(site.node)
    name = last_name(module, callee)
    source = _source(module, callee) if name in _NAMES else ""
    for framework, package, names in _CALLS:
        if source.startswith(package) and name in names:
            yield _setup(site, framework, exporter, values)


def _source(module: Module, callee: Node | None) -> str:
    item = module.imports.get(module.text(callee).split(".")[0]) if callee is not None else None
    return item.module if item is not None else ""


def _setup(site: Site, framework: str, exporter: str | None, values: Values) -> SetUp:
    module, at = site.module, site.module.at(site.node)
    given = module.arguments(site.node)
    options = values.of(site.to(given[0])) if given else None
    if framework == "powertools-metrics":
        return SetUp(framework, at, None if any(w in module.data for w in _SENDS_METRICS) else "none", capture="off")
    if framework == "opentelemetry":
        own = "otlp" if module.text(callee_of(site.node)) == "registerOTel" else None
        return SetUp(framework, at, exporter or own, started=True)
    masked = options is not None and options["mask"].present
    capture = _CAPTURE.get(framework, "off")
    if framework == "traceloop" and options is not None and options["traceContent"].content is False:
        capture = "off"
    names = "previous" if framework == "traceloop" else None
    return SetUp(framework, at, None, framework in _SEES_MODELS, names, capture, masked)


def _of_ai_sdk(site: Site, values: Values) -> Iterator[SetUp]:
    """``experimental_telemetry: {isEnabled: true}``: spans with inputs and outputs, unless these are left out."""
    module, node = site.module, site.node
    value = node.child_by_field_name("value")
    if value is None or module.text(node.child_by_field_name("key")) != "experimental_telemetry":
        return
    told = values.of(site.to(value))
    if told["isEnabled"].content is not True:
        return
    hidden = told["recordInputs"].content is False and told["recordOutputs"].content is False
    yield SetUp("opentelemetry", module.at(node), None, True, "previous", "off" if hidden else "on")
