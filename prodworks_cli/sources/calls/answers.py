"""What becomes of answers, and whether what is asked has a bound, in the words of the code of all languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.flows import INPUT, OUTSIDE, PARAMETER, UNKNOWN, Leaf, Path, Trace
from prodworks_cli.sources.parts import words

# Members of a response under which the answer is, and not the envelope of the API around it.
ANSWERS = words(
    """
    text content completion generation outputText message generated_text output_text answer completions delta textStream
    toolUse input generations
    """
)
# Members by which a part of a stream is read: what goes through them is one part, and no stream.
PARTS = words("text delta content contentBlockDelta chunk bytes toolUse")
# Operations whose answer is a stream without being called so.
_STREAMS = ("invoke_agent", "invoke_inline_agent", "invoke_flow")
# Calls that cut a text, or count it, by their name.
BOUNDS = re.compile(
    r"truncat|count_?tokens|limit_?tokens|trim_?messages|clamp_?text|token_?limit|max_?length|shorten|abbreviat",
    re.IGNORECASE,
)
# What is cut for a log or a title does not bound what is asked.
FOR_SHOW = re.compile(r"log|title|preview|display|print", re.IGNORECASE)
# Events of a stream that tell of an error in the middle of it.
STREAM_ERRORS = words(
    """
    internalServerException modelStreamErrorException validationException throttlingException
    serviceUnavailableException modelTimeoutException badGatewayException dependencyFailedException
    """
)
# What makes a model answer by the input of a tool: of Converse a choice of one or any, of others a type that says so.
FORCED = re.compile(
    r"""toolChoice["']?\s*:\s*\{\s*["']?(?:tool|any)\b|["']type["']?\s*:\s*["'](?:tool|any|function)["']|^["'](?:required|any)["']$"""
)
# A tool whose input the service holds to the schema.
STRICT = re.compile(r"""\bstrict["']?\s*:\s*(?:True|true)\b""")
ELSEWHERE = "comes from outside the repository"
PASSED_ON = Unknown("the stream is read by code that is not followed")
# An answer that is a vector, a ranking or a picture is neither text nor data in one.
NO_TEXT: dict[str, Drafted] = dict.fromkeys(
    ("output_use", "output_validated", "stream_errors_handled", "history_bounded", "untrusted_delimited")
)


def streams(api: str) -> bool:
    """Whether the answers of an operation come as a stream."""
    return "tream" in api or api in _STREAMS


def without_text(modalities: Drafted) -> bool:
    """Whether a call puts out something else than text: vectors, rankings, pictures, speech."""
    return isinstance(modalities, tuple) and "text" not in modalities


def asks_by_schema(format_: str) -> bool:
    """Whether the format that a request asks for is a schema: ``json_object`` asks for any JSON."""
    return "json_object" not in format_ or "json_schema" in format_


def use_of(data: bool, checked: bool | Unknown, leaves: Unknown | None) -> dict[str, Drafted]:
    """What an answer is used for, and whether it is checked: ``data`` that it is asked for or read as JSON."""
    if data or checked is not False:
        return {"output_use": "json", "output_validated": checked}
    if leaves is not None:
        return {"output_use": leaves, "output_validated": leaves}
    return {"output_use": "text", "output_validated": None}


def is_answer(api: str, path: Path) -> bool:
    """Whether a member of a response is (a part of) the answer; what an agent tells of its steps is none."""
    if "trace" in path:
        return False
    # What an agent completes is a stream, of which a chunk is text; a chunk of InvokeModel is the envelope of a text.
    return "chunk" in path if api.startswith(("invoke_agent", "invoke_inline_agent")) else not ANSWERS.isdisjoint(path)


def bound_of(whole: Trace[Any], cut: bool, measured: Iterable[Leaf[Any]]) -> bool | Unknown | None:
    """Whether all that is asked has a bound: it is cut on its way, or measured before the call.

    ``whole`` is what is asked without what is cut. Absent where nothing that is asked comes from outside; open where
    it comes from code that is not followed.
    """
    asked = whole.kinds(INPUT, PARAMETER, UNKNOWN)
    told = {(leaf.root, leaf.path) for leaf in measured} if asked else set()
    opened = [x for x in asked if not any((x.root, x.path[:n]) in told for n in range(len(x.path) + 1))]
    if any(leaf.kind == INPUT for leaf in opened):
        return False
    if opened:
        return Unknown(opened[0].name if opened[0].kind == UNKNOWN else f"parameter {opened[0].name} {ELSEWHERE}")
    if asked or cut:
        return True
    made = next((x.name for x in whole.kinds(OUTSIDE)), None)
    return Unknown(f"what is asked is made by {made}, which is not in the repository") if made is not None else None
