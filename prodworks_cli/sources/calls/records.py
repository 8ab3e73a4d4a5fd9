"""What the records of a model call say, in all languages: how long it took, how it ended, and with what it was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.drafts import FRAMEWORK

LATENCY, ERROR, STOP, BLOCKED = "latency", "error", "stop_reason", "guardrail_action"
RECORDED = ("latency_recorded", "outcome_recorded", "recorded_fields")
# What names of fields, without case and separators, stand for.
_FIELDS: Mapping[str, re.Pattern[str]] = {
    LATENCY: regex(
        r"latency|duration|elapsed|timetaken|tookms|^took$"
        r"|(?:response|processing|execution|inference|generation|invocation|call|request|total)time(?:ms|s|seconds)?$"
    ),
    ERROR: regex(r"^(?:error|exception|err)(?:type|class|code|name)$|^errorcount$|^errors$|throttl"),
    STOP: regex(r"^(?:genairesponse)?(?:stop|finish|completion)reasons?$"),
    BLOCKED: regex(r"guardrail(?:action|intervened|blocked|result|outcome)"),
    "model": regex(r"^(?:genai(?:request|response)|bedrock|foundation|llm|base)?model(?:id|name|arn|version)?$"),
    "prompt_version": regex(r"prompt(?:template)?(?:version|digest|hash|sha\d*|checksum|revision|arn|label)$"),
    "guardrail_version": regex(r"guardrail\w*version$"),
    "usage": regex(r"(?:input|output|prompt|completion|total|used)tokens?$|^tokens?(?:used|usage|count)$|^usage$"),
    "cost": regex(r"(?:^|total|estimated|request)cost(?:usd)?$"),
}
# What a call of a library that is instrumented by the conventions for GenAI records by itself.
_BY_ITSELF = frozenset({LATENCY, ERROR, STOP, "model", "usage"})
# Calls that put values into a metric, a span or a record, by the last part of their name without separators.
RECORDERS = regex(
    r"^(?:(?:put|add|publish|send|emit|record|save|store|push|write|create|log|track|report)\w*(?:metrics?|usage|latency"
    r"|duration|invocation|telemetry|emf|tokens|stats)\w*|putmetricdata|setattributes?|setdimensions?|addevent"
    r"|setproperty|putannotation|putmetadata|addmetadata|recordexception|setstatus|histogram|timing|gauge|increment"
    r"|updatecurrent\w+|updatetrace|updateactive\w+|captureexception|adderror|addfaultflag|seterror)$"
)
# Calls that record the error that they are given, whatever they are told beside it.
ERROR_RECORDERS = regex(r"^(?:recordexception|captureexception|adderror|notifyerror|noticeerror|seterror)$")
# What stands before a value in a text: ``latency=%s``, ``model: {}``; and a text that is a name itself.
_LABEL = regex(r"(?<![%\w])([A-Za-z_][\w.\- ]{0,30}?)\s*[=:]\s*(?=%|\{|\$|$)|\b(took|elapsed)\s*(?=%|\{|\$|$)")
_NAME = regex(r"[\w.\-/]{2,40}")
# A condition that asks for nothing but a switch for more output, which production has off.
SWITCH = regex(r"\(?\s*(?:[\w.]+\.)?\w*(?:debug|verbose)\w*(?:\(\))?\s*\)?", re.IGNORECASE)
# How many calls above the model call a duration is still one of that call, and not of all that is done around it.
NEAR = 2
_SEPARATORS = regex(r"[\s_.\-:=(){}\[\]]+")


def plain(name: str) -> str:
    """A name without case and separators: ``latency_ms``, ``latencyMs`` and ``Latency ms`` are one."""
    return _SEPARATORS.sub("", name).lower()


def labels(text: str) -> Iterator[str]:
    """The names in a text of a record: the whole of ``latency_ms``, what stands before a value in a sentence."""
    if _NAME.fullmatch(text):
        yield text
    else:
        yield from (m[1] or m[2] for m in _LABEL.finditer(text[:400]))


def fields_in(names: Iterable[str]) -> set[str]:
    """Which fields some names stand for."""
    told = {plain(name) for name in names}
    return {field for field, pattern in _FIELDS.items() if any(pattern.search(name) for name in told)}


def record_attributes(
    fields: set[str], traced: bool | Unknown, automatic: bool, leaves: Unknown | None, manual: bool = False
) -> dict[str, Drafted]:
    """What the records of a call hold.

    A span tells how long a call took, and whether it failed unless the code has to say that itself (``manual``); one
    that a library makes by itself (``automatic``) the model, the tokens and the end too. ``leaves`` says why others
    may record it.
    """
    spanned = {LATENCY} if manual else {LATENCY, ERROR}
    every = fields | (spanned if traced is True else set()) | (_BY_ITSELF if automatic else set())
    open_ = traced if isinstance(traced, Unknown) else leaves
    return {
        "latency_recorded": True if LATENCY in every else open_ or False,
        "outcome_recorded": True if every & {ERROR, STOP, BLOCKED} else open_ or False,
        "recorded_fields": (*sorted(every), open_) if open_ is not None else tuple(sorted(every)),
    }


def recorded_by_framework(traced: bool) -> dict[str, Drafted]:
    """What the records of a framework hold, of whose calls a span is all that is seen."""
    return record_attributes(set(), True, True, None) if traced else dict.fromkeys(RECORDED, FRAMEWORK)
