"""The report: the JSON contract, and the only thing renderers see.

Field names are fixed; fields may be added. ``prodworks_cli/schemas/report.schema.json`` is the published schema, and a
test keeps the two in step. Texts here are plain and already free of secrets, but not escaped: each format escapes for
itself, since names, paths and reasons come from the repository and the account.
"""

# Annotations are no texts here: of a text, each class would have to be compiled anew for every field.

from typing import Literal, NotRequired, TypedDict

from prodworks_cli.report_rules import Fix, PlaneEntry, ProofEntry, RoadmapEntry, RuleEntry, SubjectEntry, WaiverEntry
from prodworks_cli.report_scan import (
    Calls,
    Denied,
    DeploymentEntry,
    DifferenceEntry,
    Files,
    GapEntry,
    InventoryEntry,
    Pack,
    PlaceEntry,
    ScanEntry,
    SkippedFile,
    Target,
    Tool,
    UnitEntry,
)
from prodworks_cli.report_terms import Answer, Baseline, DeploymentState, Grade, RuleStatus, SubjectStatus, VerdictValue

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

__all__ = [
    "PILLARS",
    "QUESTIONS",
    "SCHEMA_VERSION",
    "SCORE_MODEL",
    "SEVERITIES",
    "Answer",
    "Baseline",
    "BaselineEntry",
    "Blocking",
    "Calls",
    "Cap",
    "ConfigChange",
    "Denied",
    "DeploymentEntry",
    "DeploymentState",
    "DifferenceEntry",
    "Files",
    "Fix",
    "FixedEntry",
    "GapEntry",
    "Gate",
    "GateCondition",
    "Grade",
    "HistoryEntry",
    "InventoryEntry",
    "NextVerdict",
    "Pack",
    "PillarEntry",
    "PlaceEntry",
    "PlaneEntry",
    "ProofEntry",
    "QuestionEntry",
    "Report",
    "RoadmapEntry",
    "RuleEntry",
    "RuleStatus",
    "ScanEntry",
    "Score",
    "SkippedFile",
    "SubjectEntry",
    "SubjectStatus",
    "Target",
    "Tool",
    "UnitEntry",
    "VerdictEntry",
    "VerdictValue",
    "WaiverEntry",
    "WaiverNote",
]


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
