"""What the formats for people have in common: words, groups, order and numbers. No format decides these for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from prodworks_cli.report import (
    SEVERITIES,
    PillarEntry,
    ProofEntry,
    QuestionEntry,
    Report,
    RuleEntry,
    Score,
    SubjectEntry,
)

VERDICTS = {
    "not-ready": "Not ready",
    "pilot": "Ready for a pilot",
    "production-ready": "Production-ready",
    "nothing-to-audit": "Nothing to audit",
}
MILESTONES = {**VERDICTS, "pilot": "Pilot"}
ANSWERS = {
    "yes": "Yes",
    "partly": "Partly",
    "no": "No",
    "cannot-tell": "Can't tell",
    "not-applicable": "Not applicable",
}
STATUSES = {
    "pass": "Proven",
    "partly": "Partly",
    "fail": "Gap",
    "unknown": "Unverified",
    "waived": "Accepted",
    "not-applicable": "Not applicable",
}
WAIVER_STATES = {"expired": "Expired", "expires-soon": "Expires soon", "unused": "Matches nothing"}
FORMS = {
    "terraform": "Terraform",
    "cloudformation": "CloudFormation",
    "cdk": "CDK",
    "python": "Python",
    "typescript": "TypeScript",
    "yaml": "YAML",
    "cli": "AWS CLI",
    "text": "Text",
}
_LANGUAGES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((".tf", ".tf.json"), ("terraform",)),
    ((".py", ".ipynb"), ("python",)),
    ((".ts", ".tsx", ".js", ".mjs"), ("typescript", "cdk")),
    ((".yaml", ".yml", ".json", ".template"), ("cloudformation",)),
)
ACCOUNT_UNREAD = "Account not read: what only the account can show is unverified."
NOTHING_FOUND = (
    "No model call, prompt, agent, guardrail or other part of a GenAI workload was found, so there is no score."
)

_PROOFS = {
    "observed": "Audit again with read access to the account: the account has to show it.",
    "declared": "Audit the repository again: code or infrastructure as code has to show it.",
    "attested": "Record an attestation with an owner, evidence and an expiry date.",
}
_CONCERN = ("fail", "unknown", "waived", "pass", "not-applicable")


@dataclass(frozen=True)
class Groups:
    """The rules of a report by outcome, each group worst first."""

    gaps: list[RuleEntry]
    unverified: list[RuleEntry]
    accepted: list[RuleEntry]
    proven: list[RuleEntry]
    not_applicable: list[RuleEntry]


def group_rules(report: Report) -> Groups:
    """The rules by outcome; within a group by severity, then by what fixing adds, then by id."""
    rules = sorted(report["rules"], key=lambda rule: (severity_rank(rule["severity"]), -rule["gain"], rule["id"]))

    def having(*statuses: str) -> list[RuleEntry]:
        return [rule for rule in rules if rule["status"] in statuses]

    return Groups(
        having("fail", "partly"), having("unknown"), having("waived"), having("pass"), having("not-applicable")
    )


def severity_rank(severity: str) -> int:
    """The place of a severity, the worst first."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def headline(rule: RuleEntry) -> str:
    """The problem for a gap; otherwise what holds, or should."""
    return rule["gap"] if rule["status"] in ("fail", "partly", "waived") else rule["title"]


def tags(rule: RuleEntry) -> list[str]:
    """What sets a rule apart: a gap that the baseline did not know, two planes that disagree."""
    new = any(s.get("baseline") == "new" and s["status"] in ("fail", "unknown") for s in rule["subjects"])
    return [*(["new"] if new else []), *(["drift"] if rule["drifted"] else [])]


def order_subjects(rule: RuleEntry) -> list[SubjectEntry]:
    """The subjects of a rule, those that need attention first; the order is otherwise kept."""
    return sorted(rule["subjects"], key=lambda subject: _CONCERN.index(subject["status"]))


def first_place(rule: RuleEntry) -> str | None:
    """Where to look first: ``path:line`` or an ARN of the subject that needs attention most."""
    places = (place(subject["where"], subject["line"]) for subject in order_subjects(rule))
    return next((found for found in places if found), None)


def how_to_prove(rule: RuleEntry) -> str:
    """What evidence the rule asks for before it gives full credit."""
    return _PROOFS.get(rule["proof"], rule["proof"])


def place(where: str | None, line: int | None) -> str:
    """``path:line``, the path or ARN alone, or nothing."""
    return f"{where or ''}:{line}" if line is not None else (where or "")


def proof_text(proof: ProofEntry) -> str:
    """One comparison as a sentence: what was demanded, and what was found."""
    demanded = " ".join(part for part in (proof["path"], proof["operator"], proof["expected"]) if part)
    return f"{demanded}; found {proof['actual']}"


def proof_source(proof: ProofEntry) -> str:
    """Where a comparison was made: place and API call, as far as known."""
    return "  ".join(part for part in (place(proof["where"], proof["line"]), proof["call"]) if part)


def number(value: float) -> str:
    """At most one decimal, and none when it would be zero."""
    return f"{value:.1f}".removesuffix(".0")


def hours(value: float) -> str:
    """Working hours."""
    return f"{number(value)} h"


def plural(count: int, one: str, many: str | None = None) -> str:
    """``count`` and the noun that fits it."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def age(seconds: int) -> str:
    """A duration, rounded down to the largest unit that is not zero."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return plural(seconds // size, unit)
    return "under a minute"


def shares(score: Score | PillarEntry) -> list[tuple[str, float]]:
    """The four shares in their order, by name, in percent."""
    return [
        ("proven", score["proven"]),
        ("unverified", score["unverified"]),
        ("accepted", score["accepted"]),
        ("gap", score["gap"]),
    ]


def worth(rule: RuleEntry) -> str:
    """What fixing a gap adds to the score, or else what is at stake."""
    points = number(rule["points"])
    if rule["status"] in ("fail", "partly"):
        gain = number(rule["gain"])
        return f"+{gain} points" if gain == points else f"+{gain} of {points} points"
    return f"{points} points at stake"


def target_parts(report: Report) -> list[str]:
    """What was audited, in short pieces: the commit, the accounts and regions. The name is not among them."""
    target = report["target"]
    commit = (target["commit"] or "")[:7]
    if target["dirty"]:
        commit = f"{commit} with uncommitted changes".strip()
    accounts = f"account {', '.join(target['accounts'])}" if target["accounts"] else ""
    return [part for part in (commit, target.get("environment", ""), accounts, ", ".join(target["regions"])) if part]


def snippets(report: Report, rule: RuleEntry) -> list[tuple[str, str]]:
    """The fix snippets as (name of the form, text): the language of the evidence first, then that of the repository."""
    places = [subject["where"] or "" for subject in order_subjects(rule)[:1]]
    paths = [*places, *(entry["where"] for entry in report["inventory"] if entry["type"].startswith("aws."))]
    own = [form for path in paths for form in _forms_of(path)]
    order = list(dict.fromkeys([*own, "cloudformation", *FORMS]))
    found = sorted(
        rule["fix"]["snippets"].items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
    )
    return [(FORMS.get(form, form), text) for form, text in found]


def _forms_of(path: str) -> tuple[str, ...]:
    """The forms of a fix that can be pasted into a file."""
    if path.startswith("arn:"):
        return ()
    if "/workflows/" in path or path.endswith("gitlab-ci.yml"):
        return ("yaml",)
    return next((forms for endings, forms in _LANGUAGES if path.endswith(endings)), ())


def is_link(reference: str) -> bool:
    """Whether a reference may become a link: https with a host, and nothing that could end the address."""
    if any(char in reference for char in " \"'<>\\`()[]|"):
        return False
    try:
        parts = urlsplit(reference)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def clauses(question: QuestionEntry, rules: Mapping[str, RuleEntry]) -> list[tuple[str, str | None]]:
    """The parts of an answer's explanation, each with the rule that it is about, where it is about one."""
    texts = {text: rule_id for rule_id in question["rules"] if rule_id in rules for text in _said_of(rules[rule_id])}
    parts: list[tuple[str, str | None]] = []
    rest = question["because"]
    while rest:
        # The longest first: one problem's text may begin like another's, and may hold a semicolon itself.
        about = max((text for text in texts if text and rest.startswith(text)), key=len, default=None)
        end = rest.find("; ", len(about or ""))
        part, rest = (rest, "") if end < 0 else (rest[:end], rest[end + 2 :])
        parts.append((part, texts[about] if about else None))
    return parts


def _said_of(rule: RuleEntry) -> tuple[str, str]:
    return rule["gap"], rule["title"]


def day(iso: str) -> str:
    """The day of an ISO 8601 time."""
    return iso[:10]
