"""What the report says of rules: outcomes, proofs, fixes, and the steps of the roadmap."""

# Annotations are no texts here: of a text, each class would have to be compiled anew for every field.

from typing import Literal, NotRequired, TypedDict

from prodworks_cli.report_terms import Baseline, RuleStatus, SubjectStatus, VerdictValue


class ProofEntry(TypedDict):
    """One comparison: ``path operator expected``, what was found, and where."""

    path: str
    operator: str
    expected: str
    actual: str
    where: str | None
    line: int | None
    call: str | None


class PlaneEntry(TypedDict):
    """What one plane says of a subject."""

    status: SubjectStatus
    reason: str
    proofs: list[ProofEntry]


class WaiverEntry(TypedDict):
    """Who accepts that a subject fails, why, who agreed, and until when (an ISO date)."""

    kind: str
    reason: str
    owner: str
    approved_by: str
    expires: str


class SubjectEntry(TypedDict):
    """One resource that a rule judged. ``where`` and ``line`` are the place to look at first.

    ``baseline`` compares with an earlier audit, where one was given; ``waiver`` is there where the status is waived.
    """

    identity: str
    type: str
    status: SubjectStatus
    drifted: bool
    fingerprint: str
    owner: str | None
    where: str | None
    line: int | None
    planes: dict[str, PlaneEntry]
    baseline: NotRequired[Baseline]
    waiver: NotRequired[WaiverEntry]


class Fix(TypedDict):
    """How to close a gap. Snippets by form: terraform, cloudformation, cdk, python, typescript, yaml, cli, text."""

    steps: list[str]
    snippets: dict[str, str]
    side_effects: list[str]


class RuleEntry(TypedDict):
    """One rule with its outcome. ``points`` of 100 are at stake (its whole share); ``gain`` is what fixing it adds."""

    id: str
    title: str
    gap: str
    pillar: str
    severity: str
    gate: str | None
    proof: str
    questions: list[str]
    status: RuleStatus
    reason: str
    points: float
    gain: float
    hours: float
    drifted: bool
    owner: str | None
    why: str
    fix: Fix
    references: list[str]
    standards: dict[str, list[str]]
    subjects: list[SubjectEntry]


class RoadmapEntry(TypedDict):
    """A step of the path to production. ``milestone`` is the verdict that holds once this step is done, if it flips."""

    rule: str
    title: str
    pillar: str
    severity: str
    gate: str | None
    state: Literal["gap", "unverified"]
    gain: float
    hours: float
    owner: str | None
    due: str | None
    score_after: int
    milestone: VerdictValue | None
