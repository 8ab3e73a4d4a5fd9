"""Rules of EventBridge that watch control-plane calls, and what watches them besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    holds_some,
    observed,
    otherwise,
    parsed,
    pointing,
    some,
    truth,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Text, Texts


@dataclass(frozen=True)
class EventRule(Kind):
    """A rule of EventBridge, or a GuardDuty detector, which watches for such calls by itself.

    ``event_names`` are the API calls that it matches, of Bedrock or of no certain service: ``DeleteGuardrail``, or
    with wildcards ``Delete*``; empty for one that waits for something else. ``targets`` are the ARNs of who is told.
    """

    KIND = "aws.events.rule"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "watches_safeguards": ("event_names",),
        "tells_somebody": ("targets",),
    }

    name: Text
    enabled: Flag
    event_names: Texts
    targets: Texts

    @property
    def watches_safeguards(self) -> Flag:
        """Whether it notices that a guardrail or invocation logging is changed or removed."""
        names = (self.event_names,) if isinstance(self.event_names, Unknown) else self.event_names or ()
        return some(n if isinstance(n, Unknown) else _covers(n) for n in names)

    @property
    def tells_somebody(self) -> Flag:
        """Whether there is a target."""
        return holds_some(self.targets)


SAFEGUARDS = (
    "DeleteGuardrail",
    "UpdateGuardrail",
    "DeleteModelInvocationLoggingConfiguration",
    "PutModelInvocationLoggingConfiguration",
)


def _covers(pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in SAFEGUARDS)


_CALLS = "AWS API Call via CloudTrail"
_IN_CODE = Unknown("the pattern is put together in code", present=True)


def _event_names(pattern: Node) -> Drafted:
    """The calls that an event pattern matches; none where it is about another service or other events."""
    rule = parsed(pattern)
    if rule.unknown:
        return rule.unknown
    detail = rule["detail"]
    about = (
        _may_be(rule["source"], ("aws.bedrock",)),
        _may_be(rule["detail-type"], (_CALLS,)),
        _may_be(detail["eventSource"], ("bedrock.amazonaws.com",)),
    )
    if not rule.present or any(a is False for a in about):
        return ()
    unread = next((a for a in about if isinstance(a, Unknown)), None)
    names = detail["eventName"]
    if unread or names.unknown:
        return unread or names.unknown
    return tuple(_matchers(names)) if names.present else (Node("*", rule.location),)


def _may_be(node: Node, values: Iterable[str]) -> bool | Unknown:
    """Whether a field of the pattern lets one of the values through; a field that is not there lets all through."""
    if not node.present:
        return True
    return some(
        m if isinstance(m, Unknown) else any(fnmatchcase(v, m) for v in values)
        for m in (e.unknown or e.text() or "" for e in _matchers(node))
    )


def _matchers(node: Node) -> Iterator[Node]:
    """The elements of a field as texts with wildcards; ``anything-but`` and what is not known here match anything."""
    for element in node.items():
        if not isinstance(element.content, Mapping):
            yield element
            continue
        for word, value in element.members():
            shape = {"prefix": "{}*", "suffix": "*{}", "equals-ignore-case": "{}", "wildcard": "{}"}.get(word)
            for text in value.items() if shape else (Node("*", element.location),):
                yield text.map(lambda v, s=shape: s.format(v) if s else v)  # type: ignore[misc]


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    state, enabled = body["state"], body["is_enabled"]
    told = pointing(declarations, ("aws_cloudwatch_event_target",), "rule", block, "name")
    on = _is_on(state) if state.present or not enabled.present else truth(enabled)
    return declared(
        EventRule,
        block,
        (body["name"],),
        name=body["name"],
        enabled=on,
        event_names=_event_names(body["event_pattern"]),
        targets=tuple(target.body["arn"] for target in told),
    )


def _is_on(state: Node) -> bool | Unknown:
    """A rule is on unless it says otherwise."""
    return state.unknown or (state.text() or "ENABLED").startswith("ENABLED")


def _cloudformation(block: Block, _: Declarations) -> Draft:
    body = block.body
    pattern, targets = body["EventPattern"], body["Targets"]
    in_code = not pattern.present and not body["ScheduleExpression"].present
    return declared(
        EventRule,
        block,
        (body["Name"],),
        name=body["Name"],
        enabled=_is_on(body["State"]),
        event_names=_IN_CODE if in_code else _event_names(pattern),
        targets=_IN_CODE if in_code and not targets.present else _arns(targets),
    )


def _arns(targets: Node) -> Drafted:
    return targets.unknown or tuple(t.unknown or t["Arn"] for t in targets.items())


def _observed(record: Record) -> Draft:
    if record.answers["guardduty:GetDetector"].present:
        return _observed_detector(record)
    answer = record.answer("events:ListRules")["Rules"]
    rule = answer.items()[0] if answer.items() else answer
    return observed(
        EventRule,
        record,
        (rule["Name"], rule["Arn"]),
        name=rule["Name"],
        enabled=_is_on(rule["State"]),
        event_names=_event_names(rule["EventPattern"]),
        targets=_arns(record.answer("events:ListTargetsByRule")["Targets"]),
    )


# What GuardDuty makes of these calls is a finding in its console, in EventBridge and in Security Hub.
_FINDINGS = ("GuardDuty findings",)
_NOTICED = ("DeleteGuardrail", "DeleteModelInvocationLoggingConfiguration")


def _observed_detector(record: Record) -> Draft:
    status = record.answer("guardduty:GetDetector")["Status"]
    on = status.unknown or status.text() == "ENABLED"
    return observed(EventRule, record, name="GuardDuty detector", enabled=on, event_names=_NOTICED, targets=_FINDINGS)


def _detector(block: Block, _: Declarations) -> Draft:
    on = otherwise(block.body.first_of("enable", "Enable"), True)
    return declared(EventRule, block, name="GuardDuty detector", enabled=on, event_names=_NOTICED, targets=_FINDINGS)


TERRAFORM: Mapping[str, Declared] = {"aws_cloudwatch_event_rule": _terraform, "aws_guardduty_detector": _detector}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Events::Rule": _cloudformation, "AWS::GuardDuty::Detector": _detector}
API: Mapping[str, Observed] = {EventRule.KIND: _observed}
