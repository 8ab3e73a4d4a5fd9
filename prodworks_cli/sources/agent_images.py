"""Marks of how agents start: container files of AgentCore agents, and code that exports spans by itself.

An image is one of an agent when it, or what lies beside it, names the AgentCore SDK for servers. Which runtime runs
which image is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.resources.agentcore_runtimes import EXPORTER, IMAGE, INSTRUMENT
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import suffix_of

_NAME = regex(r"(?:^|/)(?:[\w-]+\.)?(?:dockerfile|containerfile)(?:[._-][\w-]+)?$", re.IGNORECASE)
_SERVER = regex(r"\bBedrockAgentCoreApp\b|\bbedrock_agentcore\b|(?:^|[\"'\s])bedrock-agentcore(?![\w-])", re.MULTILINE)
_AGENTCORE = regex(r"agentcore", re.IGNORECASE)
_BESIDE = frozenset((".py", ".ts", ".js", ".txt", ".toml", ".json"))
_INSTRUCTION = regex(r"^[ \t]*(ENV|CMD|ENTRYPOINT)[ \t]+(.*)$", re.IGNORECASE | re.MULTILINE)
_AGENTS = regex(rf"{INSTRUMENT}|aws-distro-opentelemetry-node-autoinstrumentation|-javaagent:\S*opentelemetry")
_SCRIPT = regex(r"\b([\w-]{1,99}\.(?:sh|bash))\b")
_LONGEST = 4000
_EXPORTS = regex(r"\b(?:setup_otlp_exporter|OTLP(?:Span|Trace)Exporter|set_tracer_provider|registerInstrumentations)\(")
_EXPORT_WORDS = (b"otlp", b"OTLP", b"set_tracer_provider", b"registerInstrumentations")
_CODE = frozenset((".py", ".ts", ".js", ".mjs"))


def read(files: Sequence[File]) -> tuple[Block, ...]:
    """One block for each container file of an agent, and one for the first place that sets up an exporter."""
    production = [file for file in files if file.part is Part.PRODUCTION]
    return (*_images(production), *_exporters(production))


def _images(files: Sequence[File]) -> Iterator[Block]:
    for file in files:
        if _NAME.search(file.path) and _is_of_an_agent(file, files):
            at = Location(file.path, 1)
            yield Block(IMAGE, file.path, Node({"instrumented": Node(_instrumented(file, files), at)}, at))


def _is_of_an_agent(image: File, files: Iterable[File]) -> bool:
    if _AGENTCORE.search(image.path.rpartition("/")[2]) or _AGENTCORE.search(image.text or ""):
        return True
    folder = image.path.rpartition("/")[0]
    beside = (f for f in files if f.path.rpartition("/")[0] == folder and suffix_of(f.path) in _BESIDE)
    return any("agentcore" in (f.text or "").lower() and _SERVER.search(f.text or "") for f in beside)


def _instrumented(image: File, files: Iterable[File]) -> bool | Unknown:
    """Whether what the image starts, or a script that it starts, begins with an instrumentation."""
    text = re.sub(r"\\[ \t]*\r?\n", " ", image.text or "")
    found = [(m[1].upper(), m[2][:_LONGEST]) for m in _INSTRUCTION.finditer(text)]
    if any(_AGENTS.search(what) for _, what in found):
        return True
    started = " ".join(what for kind, what in found if kind != "ENV")
    if not started:
        return Unknown("the image starts what its base image says")
    script = _SCRIPT.search(started)
    return _script(script[1], files) if script else False


def _script(name: str, files: Iterable[File]) -> bool | Unknown:
    scripts = [f.text or "" for f in files if f.path.rpartition("/")[2] == name]
    if not scripts:
        return Unknown(f"{name}, which the image starts, was not read")
    return any(_AGENTS.search(script) for script in scripts)


def _may_export(file: File) -> bool:
    return suffix_of(file.path) in _CODE and file.holds(_EXPORT_WORDS)


def _exporters(files: Iterable[File]) -> Iterator[Block]:
    for file in files:
        text = (file.text or "") if _may_export(file) else ""
        match = _EXPORTS.search(text)
        if match:
            at = Location(file.path, text.count("\n", 0, match.start()) + 1)
            yield Block(EXPORTER, file.path, Node({}, at))
            return
