"""Waivers and attestations: what somebody accepts or answers for, for a time. Both come from the config."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal

from prodworks_cli.config_check import ConfigError, shown, unknown_name
from prodworks_cli.model import Finding, Status
from prodworks_cli.report import WaiverEntry, WaiverNote
from prodworks_cli.rules import RulePack
from prodworks_cli.score import Outcome

LONGEST_DAYS = 180
SOON_DAYS = 14
State = Literal["expired", "expires-soon"]
KINDS = ("accept-risk", "false-positive", "not-applicable")


@dataclass(frozen=True)
class Waiver:
    """A gap that ``owner`` accepts until the end of the day ``expires``. Dates are ISO 8601."""

    rule: str
    subject: str
    kind: str
    reason: str
    owner: str
    approved_by: str
    created: str
    expires: str

    def covers(self, rule_id: str, identity: str) -> bool:
        """Whether it is about this subject of this rule. In the glob only ``*`` and ``?`` are special."""
        return self.rule == rule_id and fnmatchcase(identity, self.subject.replace("[", "[[]"))

    def holds(self, today: date) -> bool:
        """Whether it is in force. A day of grace at the start, since "today" is a day earlier elsewhere."""
        return date.fromisoformat(self.created) - timedelta(days=1) <= today <= date.fromisoformat(self.expires)

    def problem(self) -> str | None:
        """What is wrong with it beyond its form, or ``None``."""
        try:
            days = (date.fromisoformat(self.expires) - date.fromisoformat(self.created)).days
        except ValueError as error:
            return f"no such date: {error}"
        if days < 0:
            return f"expires {self.expires} is before created {self.created}"
        if days > LONGEST_DAYS:
            return f"expires {days} days after created; at most {LONGEST_DAYS} days are allowed"
        if _person(self.owner) == _person(self.approved_by):
            return f"approved_by is the owner, {shown(self.owner)}; somebody else has to approve"
        return None

    def entry(self) -> WaiverEntry:
        """What the report says beside a subject that it covers."""
        return WaiverEntry(
            kind=self.kind, reason=self.reason, owner=self.owner, approved_by=self.approved_by, expires=self.expires
        )


@dataclass(frozen=True)
class Attestation:
    """What no machine can see and ``owner`` answers for until the end of the day ``expires``."""

    rule: str
    statement: str
    owner: str
    evidence: str
    expires: str

    def problem(self) -> str | None:
        """What is wrong with it beyond its form, or ``None``."""
        try:
            date.fromisoformat(self.expires)
        except ValueError as error:
            return f"no such date: {error}"
        return None

    def holds(self, today: date) -> bool:
        """Whether it still counts."""
        return today <= date.fromisoformat(self.expires)


def _person(name: str) -> str:
    return "".join(name.split()).lstrip("@").casefold()


def with_rules(entries: Iterable[Any], pack: RulePack, where: str) -> list[Any]:
    """Waivers or attestations with the present ids of their rules. Raises :class:`ConfigError` for an unknown rule."""
    found = []
    for number, entry in enumerate(entries):
        rule = pack.get(entry.rule)
        if rule is None:
            known = [r.id for r in pack.rules]
            raise ConfigError(f"{where}[{number}].rule: {unknown_name('rule', entry.rule, known)}")
        found.append(replace(entry, rule=rule.id))
    return found


def waived(outcomes: Sequence[Outcome], waivers: Sequence[Waiver], today: date) -> list[Outcome]:
    """The outcomes with the subjects that a waiver in force covers; where several do, the longest counts."""
    held = sorted((w for w in waivers if w.holds(today)), key=lambda w: w.expires)
    return [replace(o, waivers=_covered(o, held)) if o.rule.id in {w.rule for w in held} else o for o in outcomes]


def _covered(outcome: Outcome, held: Sequence[Waiver]) -> Mapping[str, WaiverEntry]:
    return {f.identity: w.entry() for w in held for f in outcome.findings if w.covers(outcome.rule.id, f.identity)}


def notes(
    outcomes: Sequence[Outcome], waivers: Sequence[Waiver], attestations: Sequence[Attestation], today: date
) -> list[WaiverNote]:
    """What to know about waivers and attestations: which expired, expire soon, or cover nothing that fails."""
    failing = [f for o in outcomes for f in o.findings if f.status is Status.FAIL]
    return [*_waiver_notes(failing, waivers, today), *_attestation_notes(attestations, today)]


def _waiver_notes(failing: Sequence[Finding], waivers: Sequence[Waiver], today: date) -> Iterator[WaiverNote]:
    for w in waivers:
        used = any(w.covers(f.rule, f.identity) for f in failing)
        expired = date.fromisoformat(w.expires) < today
        if not used or not (expired or w.holds(today)):
            # One that has not begun covers nothing yet; one that expired and covers nothing is done with.
            yield WaiverNote(rule=w.rule, subject=w.subject, state="unused", owner=w.owner, expires=w.expires)
        elif expired or _soon(w.expires, today):
            state: State = "expired" if expired else "expires-soon"
            yield WaiverNote(rule=w.rule, subject=w.subject, state=state, owner=w.owner, expires=w.expires)


def _attestation_notes(attestations: Sequence[Attestation], today: date) -> Iterator[WaiverNote]:
    for a in attestations:
        expired = not a.holds(today)
        if expired or _soon(a.expires, today):
            state: State = "expired" if expired else "expires-soon"
            yield WaiverNote(rule=a.rule, subject=a.statement, state=state, owner=a.owner, expires=a.expires)


def _soon(expires: str, today: date) -> bool:
    return date.fromisoformat(expires) <= today + timedelta(days=SOON_DAYS)
