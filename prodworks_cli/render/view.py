"""What the formats for people have in common: words, groups, order and numbers. No format decides these for itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from prodworks_cli.report import SEVERITIES, Blocking, PillarEntry, ProofEntry, Report, RuleEntry, Score, SubjectEntry

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
    rules = sorted(report["rules"], key=lambda rule: (_severity_rank(rule["severity"]), -rule["gain"], rule["id"]))

    def having(*statuses: str) -> list[RuleEntry]:
        return [rule for rule in rules if rule["status"] in statuses]

    return Groups(
        having("fail", "partly"), having("unknown"), having("waived"), having("pass"), having("not-applicable")
    )


def _severity_rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def headline(rule: RuleEntry) -> str:
    """The problem for a gap; otherwise what holds, or should."""
    return rule["gap"] if rule["status"] in ("fail", "partly", "waived") else rule["title"]


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


def next_steps(report: Report) -> str:
    """What it takes to reach the better verdicts: "2 fixes, 11 h, take it to Pilot (57); 7 more, 38 h, to ...".

    A later milestone may list the rules of an earlier one again; they are counted once.
    """
    if report["verdict"]["value"] == "nothing-to-audit":
        return NOTHING_FOUND
    cost = {rule["id"]: rule["hours"] for rule in report["rules"]}
    done: set[str] = set()
    parts: list[str] = []
    for step in report["verdict"]["next"]:
        new = [rule for rule in step["rules"] if rule not in done]
        done.update(new)
        spent = hours(math.fsum(cost.get(rule, 0.0) for rule in new))
        goal = f"{MILESTONES[step['verdict']]} (score {step['score']})"
        if not parts:
            parts.append(f"{plural(len(new), 'step')}, {spent}, {'takes' if len(new) == 1 else 'take'} it to {goal}")
        else:
            parts.append(f"{len(new)} more, {spent}, to {goal}")
    return "; ".join(parts) + "." if parts else _no_steps(report)


def _no_steps(report: Report) -> str:
    if report["verdict"]["value"] != "production-ready":
        return "No list of fixes alone reaches the next verdict; see what blocks it."
    left = len(report["roadmap"])
    if not left:
        return "Every gate is proven and nothing is left to do."
    spent = hours(math.fsum(step["hours"] for step in report["roadmap"]))
    return f"Every gate is proven. {plural(left, 'improvement')} left, {spent}, none of them blocking."


def blockers(report: Report) -> list[str]:
    """What keeps the next verdict away, in short: gate rules counted, thresholds in full, then what caps the grade."""
    blocking = report["verdict"]["blocking"]
    texts = [
        f"{plural(count, f'{gate} gate')} {state}"
        for gate in ("pilot", "production")
        for state in ("failed", "unproven")
        if (count := _count(blocking, gate, state))
    ]
    texts += [entry["condition"] for entry in blocking if entry["rule"] is None]
    texts += [f"{cap['reason']} (grade at most {cap['to']})" for cap in report["score"]["caps"]]
    return list(dict.fromkeys(texts))


def _count(blocking: Sequence[Blocking], gate: str, state: str) -> int:
    return sum(1 for entry in blocking if entry["rule"] and (entry["gate"], entry["state"]) == (gate, state))


def target_parts(report: Report) -> list[str]:
    """What was audited, in short pieces: the commit, the accounts and regions. The name is not among them."""
    target = report["target"]
    commit = (target["commit"] or "")[:7]
    if target["dirty"]:
        commit = f"{commit} with uncommitted changes".strip()
    accounts = f"account {', '.join(target['accounts'])}" if target["accounts"] else ""
    return [part for part in (commit, accounts, ", ".join(target["regions"])) if part]


def snippets(report: Report, rule: RuleEntry) -> list[tuple[str, str]]:
    """The fix snippets as (name of the form, text), the repository's own IaC language first."""
    uses_terraform = any(entry["where"].endswith((".tf", ".tf.json")) for entry in report["inventory"])
    first = "terraform" if uses_terraform else "cloudformation"
    order = [first, *(form for form in FORMS if form != first)]
    found = sorted(
        rule["fix"]["snippets"].items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
    )
    return [(FORMS.get(form, form), text) for form, text in found]


def is_link(reference: str) -> bool:
    """Whether a reference may become a link: https with a host, and nothing that could end the address."""
    if any(char in reference for char in " \"'<>\\`()[]|"):
        return False
    try:
        parts = urlsplit(reference)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
