"""Programs that are launched with instrumentation: commands of containers, wrappers of functions, layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location, Unknown
from prodworks_cli.sources.files import File
from prodworks_cli.sources.lines import lines_with
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.telemetry.setups import SetUp
from prodworks_cli.sources.telemetry.variables import Variables

UNPINNED = Unknown("the version of the instrumentation is not pinned, so that the names of its spans are not known")
_COMMAND = regex(
    r"(?<![\w-])(opentelemetry-instrument|ddtrace-run|aws-distro-opentelemetry-node-autoinstrumentation"
    r"|@opentelemetry/auto-instrumentations-node)(?![\w-])|-javaagent:\S*opentelemetry"
)
_QUOTED = regex(r"(?<=[\"'])(?:opentelemetry-instrument|ddtrace-run)(?=[\"'])")
_CODE = frozenset((".py", ".ts", ".js"))
_MODELS = regex(rb"\b(?:boto3|aioboto3|client-bedrock|strands|langchain\w*|openai|anthropic|litellm)\b")
_WORDS = ("opentelemetry", "ddtrace-run")
_BYTES = tuple(word.encode() for word in _WORDS)
_COMMENT = regex(r"^\s*(?:#|//|/?\*|--|;)")
_SUFFIXES = frozenset((".yaml", ".yml", ".json", ".sh", ".tf", ".py", ".ts", ".js", ".bash"))
_FILE = regex(r"(?:^|/)(?:[\w.-]*Dockerfile[\w.-]*|Procfile)$", re.I)
_DISTRIBUTION = (b"aws-opentelemetry-distro", b"aws-distro-opentelemetry", b"PYTHON_DISTRO=aws", b"AWSOpenTelemetry")
_STRANDS = regex(rb"(?m)^\s*from strands(?:\.|\s)")
_INSTALLS = regex(r"\b(?:pip3?|uv|npm|yarn|poetry|pipx?)\b[^\n]*\b(?:install|add)\b")


def launched(files: Sequence[File], variables: Variables, version: bool) -> Iterator[SetUp]:
    """The first launch of each kind. ``version`` says that the distribution is pinned, so that its names are known."""
    agents = next((f for f in files if f.holds((b"from strands",)) and _STRANDS.search(f.data)), None)
    wrapper = variables.value("AWS_LAMBDA_EXEC_WRAPPER")
    by_aws = any(f.holds(_DISTRIBUTION) for f in files)
    for file in files:
        if suffix_of(file.path) not in _SUFFIXES and not _FILE.search(file.path):
            continue
        if not file.holds(_BYTES):
            continue
        for number, line in lines_with(file.text or "", _WORDS):
            command = _QUOTED if suffix_of(file.path) in _CODE else _COMMAND
            match = None if _COMMENT.match(line) or _INSTALLS.search(line) else command.search(line)
            if match is not None:
                models = _calls_models(file, files)
                yield _setup(match[0], Location(file.path, number), by_aws, version, models)
                if agents is not None and models:
                    # Strands makes spans by itself, with what was asked and answered, wherever somebody exports them.
                    yield SetUp("strands", Location(file.path, number), "otlp", models=True, conventions="previous")
    if variables.is_true("LANGSMITH_TRACING") is True or variables.is_true("LANGCHAIN_TRACING_V2") is True:
        yield SetUp("langsmith", variables.place("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"), models=True)
    if isinstance(wrapper, str) and ("otel" in wrapper or "instrument" in wrapper):
        yield _setup("otel-instrument", variables.place("AWS_LAMBDA_EXEC_WRAPPER"), True, version)


def _calls_models(launcher: File, files: Sequence[File]) -> bool:
    """Whether code below the folder of what launches it, or anywhere for a launch by IaC, may call a model."""
    folder = launcher.path.rpartition("/")[0] if _FILE.search(launcher.path) else ""
    below = (
        f for f in files if f.path.endswith((".py", ".ts", ".js")) and f.path.startswith(f"{folder}/" if folder else "")
    )
    return any(_MODELS.search(f.data) for f in below)


def _setup(command: str, at: Location, by_aws: bool, version: bool, models: bool = True) -> SetUp:
    if command.startswith("ddtrace"):
        return SetUp("datadog", at, models=models)
    names = "previous" if version else UNPINNED
    framework = "adot" if by_aws else "opentelemetry"
    return SetUp(framework, at, "otlp", models=models, conventions=names, started=True)
