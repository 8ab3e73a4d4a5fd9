"""The report: the JSON contract, and the only thing renderers see.

Field names are fixed; fields may be added. ``prodworks_cli/schemas/report.schema.json`` is the published schema, and a
test keeps the two in step. Texts here are plain and already free of secrets, but not escaped: each format escapes for
itself, since names, paths and reasons come from the repository and the account.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

SCHEMA_VERSION = "1"
SCORE_MODEL = 1

PILLARS = ("observability", "security", "governance", "cost", "reliability")
SEVERITIES = ("critical", "high", "medium", "low", "info")
QUESTIONS = {
    "visibility": "Can we see what the model is doing?",
    "cost": "Do we have per-request cost tracking?",
    "assurance": "Security and governance addressed, or deferred?",
    "drift": "Early warning for quality drift?",
    "path": "Path to production, and who owns it?",
}

RuleStatus = Literal["pass", "partly", "fail", "unknown", "waived", "not-applicable"]
SubjectStatus = Literal["pass", "fail", "unknown", "waived", "not-applicable"]
VerdictValue = Literal["not-ready", "pilot", "production-ready", "nothing-to-audit"]
Answer = Literal["yes", "partly", "no", "cannot-tell", "not-applicable"]
Grade = Literal["A", "B", "C", "D", "E", "F"]
DeploymentState = Literal["deployed", "not-deployed", "not-declared", "missing", "unknown"]
Baseline = Literal["new", "known", "fixed", "new-rule"]


class Tool(TypedDict):
    """The program that wrote the report."""

    name: str
    version: str


class Pack(TypedDict):
    """The rules that judged: their version and the digest of all rule files."""

    id: str
    sha256: str


class UnitEntry(TypedDict):
    """One workload of a collection, by the folder it lies in, scored as if it were alone."""

    name: str
    model_calls: int
    score: int
    grade: Grade
    verdict: VerdictValue


class Target(TypedDict):
    """What was audited. ``units`` are the workloads of a collection; a repository of one workload has none.

    ``environment`` is the one that the config names.
    """

    name: str
    commit: str | None
    dirty: bool | None
    units: list[UnitEntry]
    accounts: list[str]
    regions: list[str]
    environment: NotRequired[str]


class SkippedFile(TypedDict):
    """A file that was listed but not read, or did not parse."""

    path: str
    reason: str


class Files(TypedDict):
    """How many files were read, and which were not."""

    read: int
    skipped: list[SkippedFile]
    failed: list[SkippedFile]


class GapEntry(TypedDict):
    """Something that could not be seen. ``action`` is the IAM action to grant, where that helps."""

    type: str
    plane: str
    scope: str
    line: int | None
    reason: str
    action: str | None


class Denied(TypedDict):
    """A read that the account refused: the IAM action to grant, where, and the rules that need it."""

    action: str
    region: str
    rules: list[str]


class Calls(TypedDict):
    """The calls to the account: how many answered for, and which were refused."""

    made: int
    denied: list[Denied]


class ScanEntry(TypedDict):
    """What was looked at, and what could not be. ``account_read_at`` is an ISO 8601 time, None without an account.

    ``left_out`` counts by kind what the account has besides the workload, and was not judged.
    """

    files: Files
    calls: Calls
    account_read_at: str | None
    note: str | None
    left_out: NotRequired[dict[str, int]]
    gaps: list[GapEntry]


class Cap(TypedDict):
    """A limit on the grade, with its reason and the rules behind it."""

    to: Grade
    reason: str
    rules: list[str]


class Score(TypedDict):
    """The four shares (they add to 100), the grade, and how much got an answer. Shares are percentages.

    ``previous`` is the score of the run before this one, where one is known.
    """

    score: int
    proven: float
    unverified: float
    accepted: float
    gap: float
    grade: Grade
    grade_uncapped: Grade
    caps: list[Cap]
    coverage: float
    evidence_age_s: int | None
    previous: NotRequired[int | None]


class Blocking(TypedDict):
    """A condition of the next verdict that does not hold: a gate rule, or a threshold (then ``rule`` is None)."""

    gate: Literal["pilot", "production"]
    rule: str | None
    condition: str
    state: Literal["failed", "unproven"]


class NextVerdict(TypedDict):
    """What it takes to reach a better verdict: the rules to close in order, their hours, and the score then."""

    verdict: VerdictValue
    rules: list[str]
    hours: float
    score: int


class VerdictEntry(TypedDict):
    """The answer: ready, and if not, what blocks and what comes next (each reachable milestone in order)."""

    value: VerdictValue
    blocking: list[Blocking]
    next: list[NextVerdict]


class PillarEntry(TypedDict):
    """One pillar's shares in percent. ``applicable`` is False when no rule of the pillar applies."""

    id: str
    score: int
    proven: float
    unverified: float
    accepted: float
    gap: float
    gaps: int
    unknowns: int
    applicable: bool
    rules: list[str]


class QuestionEntry(TypedDict):
    """One of the five questions, answered from the rules essential to it."""

    id: str
    text: str
    answer: Answer
    because: str
    rules: list[str]


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


class GateCondition(TypedDict):
    """One condition of the CI gate; ``passed`` is None when it could not be decided."""

    name: str
    required: str
    actual: str
    passed: bool | None


class Gate(TypedDict):
    """The CI gate. ``passed`` is None when no gate is configured or a condition could not be decided."""

    configured: bool
    passed: bool | None
    conditions: list[GateCondition]
    exit_code: int


class InventoryEntry(TypedDict):
    """One resource that was found, for the list of what the workload consists of."""

    type: str
    identity: str
    plane: str
    where: str
    line: int | None
    summary: str


class PlaceEntry(TypedDict):
    """A file with its line, or an ARN with the call that showed it."""

    where: str
    line: int | None
    call: str | None


class DifferenceEntry(TypedDict):
    """One setting that the account has otherwise than the repository declares it, with both places."""

    attribute: str
    declared: str
    deployed: str
    declared_at: PlaceEntry
    deployed_at: PlaceEntry


class DeploymentEntry(TypedDict):
    """A resource of AWS as declared and as deployed; a ``missing`` one is only named, and not in the account.

    ``by`` says how the two were told to be one: a stack, a state, a name. ``reason`` says why it is not known, or where
    it was looked for.
    """

    type: str
    identity: str
    state: DeploymentState
    by: str
    reason: str
    declared: PlaceEntry | None
    deployed: PlaceEntry | None
    differences: list[DifferenceEntry]


class FixedEntry(TypedDict):
    """A gap that the baseline knew and that is gone."""

    rule: str
    title: str
    identity: str
    fingerprint: str


class BaselineEntry(TypedDict):
    """The comparison with an earlier audit: which one (a file, or ``git:`` and a revision) and what changed."""

    source: str
    new: int
    known: int
    new_rule: int
    fixed: list[FixedEntry]


class WaiverNote(TypedDict):
    """Something to know about a waiver or an attestation: it expired, expires soon, or matches nothing."""

    rule: str
    subject: str
    state: Literal["expired", "expires-soon", "unused"]
    owner: str
    expires: str


class HistoryEntry(TypedDict):
    """An earlier run, for the trend. ``pillars`` maps the pillars that applied to their scores."""

    at: str
    commit: str | None
    score: int
    grade: Grade
    verdict: VerdictValue
    gaps: int
    pillars: dict[str, int]


class ConfigChange(TypedDict):
    """A default that the config changed."""

    key: str
    value: str
    default: str


class Report(TypedDict):
    """The whole report. ``history`` holds earlier runs, the oldest first; this one is not among them.

    ``deployment`` is there where the account was read.
    """

    schema_version: str
    tool: Tool
    pack: Pack
    score_model: int
    generated: str
    target: Target
    scan: ScanEntry
    score: Score
    verdict: VerdictEntry
    pillars: list[PillarEntry]
    questions: list[QuestionEntry]
    rules: list[RuleEntry]
    roadmap: list[RoadmapEntry]
    inventory: list[InventoryEntry]
    deployment: NotRequired[list[DeploymentEntry]]
    gate: NotRequired[Gate]
    baseline: NotRequired[BaselineEntry]
    waivers: NotRequired[list[WaiverNote]]
    history: NotRequired[list[HistoryEntry]]
    config: NotRequired[list[ConfigChange]]
