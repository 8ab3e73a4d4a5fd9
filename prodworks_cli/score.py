"""Score model 1: how each rule's outcome splits into proven, unverified, accepted and gap, and what they add up to.

All sums are exact fractions. ``score`` is the proven share, floored once; every comparison uses that same integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from prodworks_cli.model import Finding, Plane, Status
from prodworks_cli.report import PILLARS, RuleStatus, WaiverEntry
from prodworks_cli.rules import Rule

SEVERITY_WEIGHT: Mapping[str, int] = {"critical": 10, "high": 6, "medium": 3, "low": 1, "info": 0}
CREDIT: Mapping[Plane, Fraction] = {
    Plane.OBSERVED: Fraction(1),
    Plane.DECLARED: Fraction(7, 10),
    Plane.ATTESTED: Fraction(4, 10),
}
PARTLY_AT_MOST = Fraction(3, 4)
MOST_DIRECT = (Plane.OBSERVED, Plane.DECLARED, Plane.ATTESTED)


@dataclass(frozen=True)
class Outcome:
    """A rule with its findings, one for each subject.

    ``reason`` says why the rule does not apply or is unknown where it has no subjects. ``waivers`` maps identities of
    subjects whose failure is accepted to who accepts it and until when.
    """

    rule: Rule
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    waivers: Mapping[str, WaiverEntry] = field(default_factory=dict)


@dataclass(frozen=True)
class Shares:
    """The four parts of a whole: of 1 for a rule, of 100 for a pillar or the report."""

    proven: Fraction = Fraction(0)
    unverified: Fraction = Fraction(0)
    accepted: Fraction = Fraction(0)
    gap: Fraction = Fraction(0)

    @property
    def score(self) -> int:
        """The proven part, rounded down: the one number that is shown and compared."""
        return floor(self.proven)

    @property
    def attainable(self) -> int:
        """The score if all that is unverified turns out to hold."""
        return floor(self.proven + self.unverified)

    def shown(self) -> tuple[float, float, float, float]:
        """The parts of 100 with one decimal, still adding up to 100.

        What is proven is rounded down, so that it never looks better than the score; what this leaves over goes to
        the parts with the largest remainders.
        """
        parts = (self.proven, self.unverified, self.accepted, self.gap)
        tenths = [floor(part * 10) for part in parts]
        left = floor(sum(parts) * 10) - sum(tenths)
        remainders = sorted((1, 2, 3), key=lambda i: (tenths[i] - parts[i] * 10, i))
        for i in remainders[:left]:
            tenths[i] += 1
        return tenths[0] / 10, tenths[1] / 10, tenths[2] / 10, tenths[3] / 10


PROVEN = Shares(proven=Fraction(1))
NOTHING = Shares(unverified=Fraction(100))
"""The shares of a report without any rule that counts: nothing was judged, so nothing is proven."""


@dataclass(frozen=True)
class Assessment:
    """A rule's outcome in numbers. ``shares`` are parts of 1; ``answered`` is the part of its subjects that is known.

    ``passing``, ``failing``, ``waived`` and ``unknown`` count the subjects that the rule applies to.
    """

    outcome: Outcome
    status: RuleStatus
    shares: Shares
    answered: Fraction
    passing: int = 0
    failing: int = 0
    waived: int = 0
    unknown: int = 0

    @property
    def rule(self) -> Rule:
        """The rule that was judged."""
        return self.outcome.rule

    @property
    def applicable(self) -> bool:
        """Whether the rule judged anything."""
        return self.status != "not-applicable"

    @property
    def open(self) -> bool:
        """Whether it fails for a subject and nobody accepted that."""
        return self.status in ("fail", "partly")

    @property
    def proven(self) -> bool:
        """Whether it holds for every subject, on the plane that the rule demands."""
        return self.status == "pass" and self.shares.proven == 1


def deciding_plane(finding: Finding) -> Plane | None:
    """The plane that gives a finding its status; ``None`` when no plane says anything."""
    for wanted in ((Status.PASS, Status.FAIL), (finding.status,)):
        for plane in MOST_DIRECT:
            if plane in finding.verdicts and finding.verdicts[plane].status in wanted:
                return plane
    return None


def subject_status(outcome: Outcome, finding: Finding) -> Status:
    """The status of one subject, with its waiver."""
    waived = finding.status is Status.FAIL and finding.identity in outcome.waivers
    return Status.WAIVED if waived else finding.status


def rule_status(outcome: Outcome) -> RuleStatus:
    """The status of a rule over all its subjects."""
    return assess(outcome).status


def assess(outcome: Outcome) -> Assessment:
    """Split a rule's outcome into its shares."""
    statuses = [subject_status(outcome, finding) for finding in outcome.findings]
    passing, failing, waived, unknown = (
        statuses.count(s) for s in (Status.PASS, Status.FAIL, Status.WAIVED, Status.UNKNOWN)
    )
    total = passing + failing + waived + unknown
    if not total:
        return Assessment(outcome, "not-applicable", Shares(), Fraction(0))
    credits = [_credit(f, outcome.rule) for f in outcome.findings if f.status is Status.PASS]
    proven, held = _proven(credits, total, outcome.rule.severity == "critical")
    rest = (1 - held) / (total - passing) if total > passing else Fraction(0)
    shares = Shares(proven, held - proven + rest * unknown, rest * waived, rest * failing)
    status = _status(passing, failing, waived, unknown)
    return Assessment(outcome, status, shares, 1 - Fraction(unknown, total), passing, failing, waived, unknown)


def _status(passing: int, failing: int, waived: int, unknown: int) -> RuleStatus:
    if failing:
        return "partly" if passing else "fail"
    if unknown:
        return "unknown"
    return "waived" if waived else "pass"


def _credit(finding: Finding, rule: Rule) -> Fraction:
    planes = list(Plane)
    plane = deciding_plane(finding) or Plane.ATTESTED
    return Fraction(1) if planes.index(plane) >= planes.index(rule.proof) else CREDIT[plane]


def _proven(credits: Sequence[Fraction], total: int, critical: bool) -> tuple[Fraction, Fraction]:
    """What the passing subjects prove, and the share of the rule that they hold.

    While some subject does not pass they hold three quarters at most, nothing of a critical rule. The best credits
    count first: otherwise one more subject with a weak proof could lower the score.
    """
    held = Fraction(len(credits), total)
    if held < 1:
        held = Fraction(0) if critical else min(held, PARTLY_AT_MOST)
    counted = held * total
    best = sorted(credits, reverse=True)
    proven = sum((c * min(Fraction(1), max(counted - i, Fraction(0))) for i, c in enumerate(best)), Fraction(0))
    return proven / total, held


def closed(assessment: Assessment) -> Assessment:
    """The same rule once it holds for every subject, proven on the plane it demands."""
    total = assessment.passing + assessment.failing + assessment.waived + assessment.unknown
    return Assessment(assessment.outcome, "pass", PROVEN, Fraction(1), passing=total)


@dataclass(frozen=True)
class Scorecard:
    """All rules with what they are worth: ``points`` of 100 for each rule id (all of a rule's share).

    ``shares`` and ``pillars`` are parts of 100. A pillar without a rule that applies and counts is not in ``pillars``:
    the others share its weight. ``coverage`` is the percentage of the rules' severity weight that got an answer.
    ``pillar_points`` are the points of each pillar's rules, ``weight`` is the severity weight of all that count.
    """

    assessments: Mapping[str, Assessment]
    points: Mapping[str, Fraction]
    shares: Shares
    pillars: Mapping[str, Shares]
    coverage: Fraction
    pillar_points: Mapping[str, Fraction]
    weight: int

    @property
    def score(self) -> int:
        """The proven share of 100, rounded down."""
        return self.shares.score

    def gain(self, rule_id: str) -> Fraction:
        """What proving a rule adds to the proven share; gains of several rules add up."""
        return self.points[rule_id] * (1 - self.assessments[rule_id].shares.proven)

    def with_closed(self, rule_id: str) -> Scorecard:
        """The card once that rule is closed; see :func:`closed`. Only what changes is added up, as exactly as all."""
        before = self.assessments[rule_id]
        card = replace(self, assessments={**self.assessments, rule_id: closed(before)})
        points = self.points[rule_id]
        if not points:
            return card
        pillar = before.rule.pillar
        part = 100 * points / self.pillar_points[pillar]
        return replace(
            card,
            shares=_once_proven(self.shares, before.shares, points),
            pillars={**self.pillars, pillar: _once_proven(self.pillars[pillar], before.shares, part)},
            coverage=self.coverage + 100 * _weight(before) * (1 - before.answered) / self.weight,
        )


def scorecard(outcomes: Iterable[Outcome], weights: Mapping[str, float] | None = None) -> Scorecard:
    """Add up the outcomes of all rules. ``weights`` of pillars are relative; one that is not named weighs 1."""
    assessments = {outcome.rule.id: assess(outcome) for outcome in outcomes}
    return _add_up(assessments, _points(list(assessments.values()), weights or {}))


def _points(assessments: Sequence[Assessment], weights: Mapping[str, float]) -> dict[str, Fraction]:
    totals = dict.fromkeys(PILLARS, 0)
    for a in assessments:
        totals[a.rule.pillar] += _weight(a)
    relative = {p: Fraction(weights.get(p, 1)) for p in PILLARS if totals[p] and weights.get(p, 1) > 0}
    whole = sum(relative.values())
    return {
        a.rule.id: 100 * relative[a.rule.pillar] / whole * Fraction(_weight(a), totals[a.rule.pillar])
        if a.rule.pillar in relative
        else Fraction(0)
        for a in assessments
    }


def _weight(assessment: Assessment) -> int:
    return SEVERITY_WEIGHT[assessment.rule.severity] if assessment.applicable else 0


def _add_up(assessments: Mapping[str, Assessment], points: Mapping[str, Fraction]) -> Scorecard:
    counted = [a for a in assessments.values() if points[a.rule.id]]
    if not counted:
        return Scorecard(assessments, points, NOTHING, {}, Fraction(0), {}, 0)
    by_pillar = {p: [a for a in counted if a.rule.pillar == p] for p in PILLARS}
    sums = {p: _sum((a.shares, points[a.rule.id]) for a in mine) for p, mine in by_pillar.items() if mine}
    weights = {p: sum((points[a.rule.id] for a in by_pillar[p]), Fraction(0)) for p in sums}
    pillars = {p: _sum([(shares, 100 / weights[p])]) for p, shares in sums.items()}
    answered = sum((_weight(a) * a.answered for a in counted), Fraction(0))
    weight = sum(_weight(a) for a in counted)
    shares = _sum((s, Fraction(1)) for s in sums.values())
    return Scorecard(assessments, points, shares, pillars, 100 * answered / weight, weights, weight)


def _sum(weighted: Iterable[tuple[Shares, Fraction]]) -> Shares:
    terms = list(weighted)
    return Shares(
        proven=_dot((shares.proven, weight) for shares, weight in terms),
        unverified=_dot((shares.unverified, weight) for shares, weight in terms),
        accepted=_dot((shares.accepted, weight) for shares, weight in terms),
        gap=_dot((shares.gap, weight) for shares, weight in terms),
    )


def _once_proven(whole: Shares, part: Shares, weight: Fraction) -> Shares:
    """``whole`` once a part of it, which counts with ``weight``, is proven."""
    return Shares(
        proven=whole.proven + weight * (1 - part.proven),
        unverified=whole.unverified - weight * part.unverified if part.unverified else whole.unverified,
        accepted=whole.accepted - weight * part.accepted if part.accepted else whole.accepted,
        gap=whole.gap - weight * part.gap if part.gap else whole.gap,
    )


def _dot(terms: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    return sum((part * weight for part, weight in terms if part), Fraction(0))


def shown(value: Fraction, digits: int = 4) -> float:
    """A fraction as the report prints it."""
    return float(round(value, digits))
