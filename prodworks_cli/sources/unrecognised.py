"""Files that reach for a model in a way that no reader recognises: never taken for "no model calls"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Plane
from prodworks_cli.sources.files import File
from prodworks_cli.sources.parts import suffix_of

_SERVICE = rb"""['"/.](bedrock(?:-agent)?(?:-?core)?-runtime|bedrock-mantle|bedrock-data-automation-runtime)['".]"""
_PYTHON = regex(
    rb"^[ \t]*(?:from|import)[ \t]+(strands|langchain_aws|langchain_anthropic|langchain_openai|aws_sdk_bedrock_runtime"
    rb"|anthropic|openai|litellm|llama_index|bedrock_agentcore|crewai|langgraph|pydantic_ai|haystack|smolagents|dspy"
    rb"|instructor|autogen_ext|agno|mistralai|groq|cohere|google\.genai|google\.generativeai)\b|" + _SERVICE,
    re.M,
)
_SCRIPT = regex(
    rb"""(?:from|require\(|import\()[ \t]*['"](@aws-sdk/client-bedrock(?:-agent)?-runtime|@ai-sdk/[\w-]+"""
    rb"""|@langchain/\w+|langchain|openai|@anthropic-ai/[\w-]+|@strands-agents/\w+|llamaindex)['"]|""" + _SERVICE
)
_JAVA = regex(
    rb"^[ \t]*import[ \t]+(software\.amazon\.awssdk\.services\.bedrock(?:agent)?runtime|org\.springframework\.ai"
    rb"|dev\.langchain4j|com\.openai|com\.anthropic)\b|" + _SERVICE,
    re.M,
)
SIGNS: Mapping[str, re.Pattern[bytes]] = {
    ".py": _PYTHON,
    **dict.fromkeys((".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs"), _SCRIPT),
    ".java": _JAVA,
}
"""How source of each language that is read names a model library or service."""


def read(files: Iterable[File]) -> list[Gap]:
    """One gap when some of the files name a model library or service; none otherwise.

    To be asked where no model call was recognised: calls may well be made, by a library that is not known here.
    """
    found = [(f, match) for f in files if (sign := SIGNS.get(suffix_of(f.path))) and (match := sign.search(f.data))]
    if not found:
        return []
    file, match = found[0]
    name = next(group for group in match.groups() if group).decode("ascii", "replace")
    more = f", as {len(found) - 1} more files do" if len(found) > 1 else ""
    reason = f"names {name}{more}, and no model call was recognised"
    line = file.data.count(b"\n", 0, match.start(match.lastindex or 0)) + 1
    return [Gap("repo.model_*", Plane.DECLARED, file.path, reason, line)]


_SWITCHED_OFF = regex(rb'^resource[ \t]+"((?:aws|awscc)_bedrock\w*)"', re.M)


def switched_off(files: Iterable[File]) -> list[Gap]:
    """One gap when Terraform declares Bedrock resources; to be asked where none of them is made by its defaults."""
    found = [(f, m) for f in files if f.path.endswith(".tf") and (m := _SWITCHED_OFF.search(f.data))]
    if not found:
        return []
    file, match = found[0]
    line = file.data.count(b"\n", 0, match.start()) + 1
    reason = f"{match[1].decode()} and others are declared, and none is made with the defaults of the variables"
    return [Gap("aws.bedrock.*", Plane.DECLARED, file.path, reason, line)]
