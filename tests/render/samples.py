"""Sample reports: not ready, production-ready, nothing to audit, very large, and hostile."""

from __future__ import annotations

import copy
from typing import Any, cast

from prodworks_cli.report import (
    PILLARS,
    QUESTIONS,
    Answer,
    PillarEntry,
    PlaneEntry,
    ProofEntry,
    QuestionEntry,
    Report,
    RoadmapEntry,
    RuleEntry,
    RuleStatus,
    SubjectEntry,
    SubjectStatus,
)

GUARDRAIL_ARN = "arn:aws:bedrock:us-east-1:123456789012:guardrail/a1b2c3d4e5f6"
TERRAFORM = """resource "aws_bedrock_guardrail" "chat" {
  name = "support-chat"

  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }
}
"""


def proof(path: str, operator: str, expected: str, actual: str, where: str, **more: Any) -> ProofEntry:
    return {
        "path": path,
        "operator": operator,
        "expected": expected,
        "actual": actual,
        "where": where,
        "line": more.get("line"),
        "call": more.get("call"),
    }


def subject(
    identity: str, status: SubjectStatus, planes: dict[str, PlaneEntry], where: str | None = None, **more: Any
) -> SubjectEntry:
    return {
        "identity": identity,
        "type": more.get("type", "aws.bedrock.guardrail"),
        "status": status,
        "drifted": more.get("drifted", False),
        "fingerprint": "0011223344556677",
        "owner": more.get("owner"),
        "where": where,
        "line": more.get("line"),
        "planes": planes,
    }


def rule(rule_id: str, pillar: str, severity: str, status: RuleStatus, **more: Any) -> RuleEntry:
    entry: dict[str, Any] = {
        "id": rule_id,
        "title": rule_id.replace("-", " ").capitalize(),
        "gap": "Not so: " + rule_id.replace("-", " "),
        "pillar": pillar,
        "severity": severity,
        "gate": None,
        "proof": "observed",
        "questions": [],
        "status": status,
        "reason": "",
        "points": 4.0,
        "gain": 4.0 if status in ("fail", "partly") else 0.0,
        "hours": 3.0,
        "drifted": False,
        "owner": None,
        "why": "Without it, a failure in production goes unseen until a customer reports it.",
        "fix": {"steps": [], "snippets": {}, "side_effects": []},
        "references": [],
        "standards": {},
        "subjects": [],
    }
    assert set(more) <= set(entry), set(more) - set(entry)
    entry.update(more)
    return cast(RuleEntry, entry)


def _pillar(pillar: str, rules: list[RuleEntry], score: int, shares: tuple[float, float, float]) -> PillarEntry:
    mine = [entry for entry in rules if entry["pillar"] == pillar]
    unverified, accepted, gap = shares
    return {
        "id": pillar,
        "score": score,
        "proven": 100.0 - sum(shares),
        "unverified": unverified,
        "accepted": accepted,
        "gap": gap,
        "gaps": sum(1 for entry in mine if entry["status"] in ("fail", "partly")),
        "unknowns": sum(1 for entry in mine if entry["status"] == "unknown"),
        "applicable": True,
        "rules": [entry["id"] for entry in mine],
    }


def _questions(rules: list[RuleEntry], answers: dict[str, tuple[Answer, str]]) -> list[QuestionEntry]:
    return [
        {
            "id": name,
            "text": text,
            "answer": answers[name][0],
            "because": answers[name][1],
            "rules": [entry["id"] for entry in rules if name in entry["questions"]],
        }
        for name, text in QUESTIONS.items()
    ]


def _step(entry: RuleEntry, score_after: int, **more: Any) -> RoadmapEntry:
    unverified = entry["status"] == "unknown"
    return {
        "rule": entry["id"],
        "title": entry["title"] if unverified else entry["gap"],
        "pillar": entry["pillar"],
        "severity": entry["severity"],
        "gate": entry["gate"],
        "state": "unverified" if unverified else "gap",
        "gain": more.get("gain", entry["gain"]),
        "hours": entry["hours"],
        "owner": entry["owner"],
        "due": more.get("due"),
        "score_after": score_after,
        "milestone": more.get("milestone"),
    }


def _not_ready_rules() -> list[RuleEntry]:
    guardrail = subject(
        GUARDRAIL_ARN,
        "fail",
        {
            "declared": {
                "status": "pass",
                "reason": "",
                "proofs": [
                    proof("content_filters", "some", "PROMPT_ATTACK", "PROMPT_ATTACK HIGH", "infra/chat.tf", line=41)
                ],
            },
            "observed": {
                "status": "fail",
                "reason": "the account differs from the repository",
                "proofs": [
                    proof("content_filters", "some", "PROMPT_ATTACK", "[]", GUARDRAIL_ARN, call="bedrock:GetGuardrail")
                ],
            },
        },
        "infra/chat.tf",
        line=41,
        drifted=True,
        owner="platform",
    )
    calls = [
        subject(
            f"app/handlers/reply_{index}.py:answer",
            "fail" if index else "pass",
            {
                "declared": {
                    "status": "fail" if index else "pass",
                    "reason": "no request metadata" if index else "",
                    "proofs": [
                        proof(
                            "request_metadata",
                            "exists",
                            "",
                            "absent" if index else "tenant, feature",
                            f"app/handlers/reply_{index}.py",
                            line=10 + index,
                        )
                    ],
                }
            },
            f"app/handlers/reply_{index}.py",
            line=10 + index,
            type="repo.model_call",
        )
        for index in range(9)
    ]
    logging = subject(
        "123456789012/us-east-1",
        "unknown",
        {
            "observed": {
                "status": "unknown",
                "reason": "bedrock:GetModelInvocationLoggingConfiguration was denied",
                "proofs": [],
            }
        },
        type="aws.bedrock.invocation_logging",
    )
    return [
        rule(
            "guardrail-blocks-prompt-attacks",
            "security",
            "critical",
            "fail",
            title="Guardrails block prompt attacks",
            gap="Prompt attacks reach the model",
            gate="pilot",
            questions=["assurance"],
            reason="1 of 1 guardrails fails; the account differs from the repository",
            points=4.9,
            gain=4.9,
            drifted=True,
            owner="platform",
            why="Support chat passes customer text to the model. Without a prompt attack filter a customer can make "
            "it ignore its instructions and read out another customer's order.",
            fix={
                "steps": [
                    "Add a PROMPT_ATTACK filter with input strength HIGH to the guardrail.",
                    "Publish a new guardrail version and point the alias at it.",
                ],
                "snippets": {
                    "cli": "aws bedrock update-guardrail --guardrail-identifier a1b2c3d4e5f6 ...",
                    "cloudformation": "ContentPolicyConfig:\n  FiltersConfig:\n    - Type: PROMPT_ATTACK\n"
                    "      InputStrength: HIGH\n      OutputStrength: NONE\n",
                    "terraform": TERRAFORM,
                },
                "side_effects": ["cost", "latency"],
            },
            references=[
                "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html",
                "Internal security handbook, chapter 4",
            ],
            standards={"aws-genai-lens": ["GENSEC02-BP01"], "owasp-llm": ["LLM01"]},
            subjects=[guardrail],
        ),
        rule(
            "evaluation-runs-in-ci",
            "reliability",
            "high",
            "fail",
            title="An evaluation runs in CI",
            gap="No evaluation runs in CI",
            gate="pilot",
            questions=["drift", "path"],
            reason="no evaluation was found in 3 workflows",
            points=4.8,
            gain=4.8,
            hours=8.0,
            subjects=[
                subject(
                    "workload",
                    "fail",
                    {
                        "declared": {
                            "status": "fail",
                            "reason": "no evaluation was found",
                            "proofs": [
                                proof("evaluations", "some", "runs in CI", "[]", ".github/workflows/ci.yml", line=1)
                            ],
                        }
                    },
                    ".github/workflows/ci.yml",
                    line=1,
                    type="workload",
                )
            ],
            fix={
                "steps": ["Run the golden set on every pull request that changes a prompt or a model id."],
                "snippets": {"yaml": "- run: python -m evals --threshold 0.9\n"},
                "side_effects": [],
            },
        ),
        rule(
            "request-metadata-set",
            "cost",
            "medium",
            "partly",
            title="Model calls carry request metadata",
            gap="Model calls cannot be told apart by tenant or feature",
            gate="production",
            questions=["cost"],
            reason="8 of 9 model calls set no request metadata",
            points=3.0,
            gain=2.6,
            hours=2.5,
            owner="app",
            subjects=calls,
        ),
        rule(
            "invocation-logging-enabled",
            "observability",
            "high",
            "unknown",
            title="Model invocation logging is on",
            gap="Nobody can see what the model was asked and what it answered",
            gate="pilot",
            questions=["visibility"],
            reason="bedrock:GetModelInvocationLoggingConfiguration was denied",
            points=5.1,
            hours=0.5,
            owner="platform",
            subjects=[logging],
        ),
        rule(
            "pii-redacted-in-logs",
            "security",
            "high",
            "waived",
            title="Personal data is redacted in logs",
            gap="Personal data is written to the logs",
            questions=["assurance"],
            reason="accepted by m.jensen until 2026-12-31: retention is one day",
            points=4.9,
        ),
        rule(
            "budget-watches-model-spend",
            "cost",
            "medium",
            "pass",
            title="A budget watches model spend",
            reason="1 budget with 2 alerts",
            questions=["cost"],
        ),
        rule("least-privilege-models", "security", "high", "pass", title="Roles may call only the models they need"),
        rule("traces-cover-calls", "observability", "medium", "pass", title="Traces cover model calls"),
        rule("owner-named", "governance", "medium", "pass", title="The workload has a named owner", questions=["path"]),
        rule(
            "agent-actions-confirmed",
            "governance",
            "high",
            "not-applicable",
            title="Agents ask before they act",
            reason="no agent was found in the repository or the account",
        ),
    ]


def not_ready() -> Report:
    """Every status, drift, a denied call, an unparsed file, a failed gate."""
    rules = _not_ready_rules()
    by_id = {entry["id"]: entry for entry in rules}
    answers: dict[str, tuple[Answer, str]] = {
        "visibility": ("cannot-tell", "invocation logging could not be read; grant the logging action to find out"),
        "cost": ("partly", "a budget, but 8 of 9 model calls cannot be told apart"),
        "assurance": ("partly", "1 critical gap open, 1 deferred until 2026-12-31"),
        "drift": ("no", "no evaluation runs in CI"),
        "path": ("partly", "4 steps, 1 without an owner"),
    }
    shares = {
        "observability": (56, (44.0, 0.0, 0.0)),
        "security": (31, (0.0, 24.0, 45.0)),
        "governance": (100, (0.0, 0.0, 0.0)),
        "cost": (50, (0.0, 0.0, 49.5)),
        "reliability": (0, (0.0, 0.0, 100.0)),
    }
    return {
        "schema_version": "1",
        "tool": {"name": "prodworks", "version": "0.1.0"},
        "pack": {"id": "2026.1", "sha256": "5f" * 32},
        "score_model": 1,
        "generated": "2026-11-24T09:30:00Z",
        "target": {
            "name": "support-chat",
            "commit": "3f9c2e1d5b7a",
            "dirty": False,
            "units": [],
            "accounts": ["123456789012"],
            "regions": ["us-east-1"],
        },
        "scan": {
            "files": {
                "read": 214,
                "skipped": [{"path": "docs/demo.mp4", "reason": "binary"}],
                "failed": [{"path": "infra/legacy.tf", "reason": "line 12: unexpected '}'"}],
            },
            "calls": {
                "made": 37,
                "denied": [
                    {
                        "action": "bedrock:GetModelInvocationLoggingConfiguration",
                        "region": "123456789012/us-east-1",
                        "rules": ["invocation-logging-enabled"],
                    }
                ],
            },
            "account_read_at": "2026-11-24T09:29:12Z",
            "note": "history is shallow: 1 commit",
            "gaps": [
                {
                    "type": "aws.bedrock.invocation_logging",
                    "plane": "observed",
                    "scope": "123456789012/us-east-1",
                    "line": None,
                    "reason": "AccessDeniedException",
                    "action": "bedrock:GetModelInvocationLoggingConfiguration",
                },
                {
                    "type": "aws.iam.role",
                    "plane": "declared",
                    "scope": "infra/legacy.tf",
                    "line": 12,
                    "reason": "unexpected '}'",
                    "action": None,
                },
            ],
        },
        "score": {
            "score": 47,
            "proven": 47.5,
            "unverified": 8.8,
            "accepted": 4.8,
            "gap": 38.9,
            "grade": "D",
            "grade_uncapped": "E",
            "caps": [
                {"to": "D", "reason": "1 open critical", "rules": ["guardrail-blocks-prompt-attacks"]},
                {"to": "C", "reason": "reliability is under 40", "rules": ["evaluation-runs-in-ci"]},
            ],
            "coverage": 84.0,
            "evidence_age_s": 48,
        },
        "verdict": {
            "value": "not-ready",
            "blocking": [
                {
                    "gate": "pilot",
                    "rule": "guardrail-blocks-prompt-attacks",
                    "condition": "Guardrails block prompt attacks",
                    "state": "failed",
                },
                {
                    "gate": "pilot",
                    "rule": "evaluation-runs-in-ci",
                    "condition": "An evaluation runs in CI",
                    "state": "failed",
                },
                {
                    "gate": "pilot",
                    "rule": "invocation-logging-enabled",
                    "condition": "Model invocation logging is on",
                    "state": "unproven",
                },
                {"gate": "pilot", "rule": None, "condition": "score at least 50, is 47", "state": "failed"},
            ],
            "next": [
                {
                    "verdict": "pilot",
                    "rules": [
                        "guardrail-blocks-prompt-attacks",
                        "evaluation-runs-in-ci",
                        "invocation-logging-enabled",
                    ],
                    "hours": 11.5,
                    "score": 62,
                },
                {"verdict": "production-ready", "rules": ["request-metadata-set"], "hours": 2.5, "score": 83},
            ],
        },
        "pillars": [_pillar(name, rules, *shares[name]) for name in PILLARS],
        "questions": _questions(rules, answers),
        "rules": rules,
        "roadmap": [
            _step(by_id["guardrail-blocks-prompt-attacks"], 52, due="2026-11-25"),
            _step(by_id["evaluation-runs-in-ci"], 57),
            _step(by_id["invocation-logging-enabled"], 62, gain=5.1, due="2026-11-25", milestone="pilot"),
            _step(by_id["request-metadata-set"], 83, due="2026-11-27", milestone="production-ready"),
        ],
        "deployment": [
            {
                "type": "aws.bedrock.guardrail",
                "identity": "infra/aws_bedrock_guardrail.support",
                "state": "deployed",
                "by": "state infra/terraform.tfstate",
                "reason": "",
                "declared": {"where": "infra/bedrock.tf", "line": 12, "call": None},
                "deployed": {"where": GUARDRAIL_ARN, "line": None, "call": "bedrock:GetGuardrail"},
                "differences": [
                    {
                        "attribute": "content_filters[PROMPT_ATTACK].input_strength",
                        "declared": "HIGH",
                        "deployed": "LOW",
                        "declared_at": {"where": "infra/bedrock.tf", "line": 18, "call": None},
                        "deployed_at": {"where": GUARDRAIL_ARN, "line": None, "call": "bedrock:GetGuardrail"},
                    }
                ],
            },
            {
                "type": "aws.logs.log_group",
                "identity": "infra/aws_cloudwatch_log_group.support",
                "state": "not-deployed",
                "by": "",
                "reason": "not in eu-central-1",
                "declared": {"where": "infra/main.tf", "line": 40, "call": None},
                "deployed": None,
                "differences": [],
            },
        ],
        "inventory": [
            {
                "type": "repo.model_call",
                "identity": "app/handlers/reply_0.py:answer",
                "plane": "declared",
                "where": "app/handlers/reply_0.py",
                "line": 10,
                "summary": "converse, anthropic.claude-sonnet-4, at most 800 tokens",
            },
            {
                "type": "aws.bedrock.guardrail",
                "identity": "aws_bedrock_guardrail.chat",
                "plane": "declared",
                "where": "infra/chat.tf",
                "line": 33,
                "summary": "1 content filter",
            },
            {
                "type": "aws.bedrock.guardrail",
                "identity": GUARDRAIL_ARN,
                "plane": "observed",
                "where": GUARDRAIL_ARN,
                "line": None,
                "summary": "no content filter",
            },
        ],
        "gate": {
            "configured": True,
            "passed": False,
            "conditions": [
                {"name": "no high gap", "required": "0", "actual": "2", "passed": False},
                {"name": "score", "required": "at least 40", "actual": "47", "passed": True},
                {"name": "coverage", "required": "at least 80 %", "actual": "not known", "passed": None},
            ],
            "exit_code": 1,
        },
    }


def ready() -> Report:
    """Production-ready with one small improvement left and no gate configured."""
    report = not_ready()
    yes: dict[str, tuple[Answer, str]] = dict.fromkeys(QUESTIONS, ("yes", "proven in the account"))
    rules = report["rules"]
    for entry in rules:
        if entry["status"] != "not-applicable":
            entry.update({"status": "pass", "gain": 0.0, "drifted": False, "subjects": [], "reason": "proven"})
    rules[2].update({"status": "partly", "severity": "low", "gate": None, "gain": 1.0})
    report["questions"] = _questions(rules, yes)
    report["pillars"] = [_pillar(name, rules, 97, (1.0, 0.0, 2.0)) for name in PILLARS]
    report["verdict"] = {"value": "production-ready", "blocking": [], "next": []}
    report["score"].update({"score": 97, "proven": 97.4, "unverified": 1.0, "accepted": 0.0, "gap": 1.6})
    report["score"].update({"grade": "A", "grade_uncapped": "A", "caps": []})
    report["score"]["coverage"] = 100.0
    report["roadmap"] = [_step(rules[2], 98)]
    report["scan"]["gaps"] = []
    report["scan"]["note"] = None
    report["gate"] = {"configured": False, "passed": None, "conditions": [], "exit_code": 0}
    report["deployment"] = []
    return report


def nothing() -> Report:
    """A repository without a GenAI workload, audited without an account."""
    report = not_ready()
    report["target"].update({"name": "billing", "accounts": [], "regions": [], "dirty": True})
    report["scan"].update({"calls": {"made": 0, "denied": []}, "account_read_at": None, "note": None, "gaps": []})
    report["score"].update({"score": 0, "proven": 0.0, "unverified": 0.0, "accepted": 0.0, "gap": 0.0})
    report["score"].update({"grade": "F", "grade_uncapped": "F", "caps": [], "coverage": 0.0, "evidence_age_s": None})
    report["verdict"] = {"value": "nothing-to-audit", "blocking": [], "next": []}
    report["rules"] = []
    report["questions"] = []
    report["pillars"] = []
    report["roadmap"] = []
    report["inventory"] = []
    report["gate"] = {"configured": False, "passed": None, "conditions": [], "exit_code": 4}
    del report["deployment"]
    return report


def with_history() -> Report:
    """The not-ready report with earlier runs, a baseline, waivers and a config: all that may be there."""
    report = not_ready()
    report["history"] = [
        {
            "at": f"2026-10-{day:02}T09:00:00Z",
            "commit": f"{day:02}" * 6,
            "score": score,
            "grade": "E",
            "verdict": "not-ready",
            "gaps": 9,
            "pillars": {"observability": 40, "security": 31, "governance": 90, "cost": 44, "reliability": 0},
        }
        for day, score in ((1, 12), (5, 20), (9, 31), (13, 30), (20, 41))
    ]
    fixed = {
        "rule": "owner-named",
        "title": "Nobody owns it",
        "identity": "workload",
        "fingerprint": "8899aabb",
    }
    report["baseline"] = {"source": "git:main", "new": 1, "known": 2, "new_rule": 0, "fixed": [cast(Any, fixed)]}
    report["waivers"] = [
        {"rule": "owner-named", "subject": "*", "state": "expired", "owner": "m.jensen", "expires": "2026-11-01"}
    ]
    report["config"] = [
        {"key": "pillar_weights.security", "value": "3", "default": "1"},
        {"key": "gate.fail_on", "value": "high", "default": ""},
    ]
    report["scan"]["left_out"] = {"aws.iam.role": 41, "aws.logs.log_group": 7}
    report["rules"][0]["subjects"][0]["baseline"] = "new"
    waived = report["rules"][2]["subjects"][1]
    waived["status"] = "waived"
    waived["waiver"] = {
        "kind": "accept-risk",
        "reason": "one tenant only until then",
        "owner": "app",
        "approved_by": "m.jensen",
        "expires": "2026-12-31",
    }
    return report


def large(count: int = 50, subjects: int = 10) -> Report:
    """``count`` failing rules of ``subjects`` subjects each."""
    report = not_ready()
    template = next(entry for entry in report["rules"] if entry["id"] == "guardrail-blocks-prompt-attacks")
    rules = []
    for number in range(count):
        entry = copy.deepcopy(template)
        entry.update({"id": f"rule-{number:03}", "gap": f"Problem number {number}", "pillar": PILLARS[number % 5]})
        entry["severity"] = ("high", "medium", "low")[number % 3]
        first = entry["subjects"][0]
        entry["subjects"] = [
            {**copy.deepcopy(first), "identity": f"{GUARDRAIL_ARN}-{index}", "line": index} for index in range(subjects)
        ]
        rules.append(entry)
    report["rules"] = rules
    report["roadmap"] = [_step(entry, 48) for entry in rules]
    report["verdict"]["blocking"] = []
    report["verdict"]["next"] = [{"verdict": "pilot", "rules": ["rule-000", "rule-003"], "hours": 6.0, "score": 57}]
    for question in report["questions"]:
        question["rules"] = [entry["id"] for entry in rules[:3]]
    return report


_CONTRACT_WORDS = frozenset(
    ("status", "answer", "value", "verdict", "milestone", "state", "grade", "grade_uncapped", "to", "baseline")
)


def hostile(text: str) -> Report:
    """A report that has all there may be, with ``text`` put in front of every free text, also where a key is free."""
    return cast(Report, _poison(with_history(), text, ""))


def _poison(value: Any, text: str, key: str) -> Any:
    if isinstance(value, dict):
        free = key in ("planes", "snippets", "standards", "left_out")
        return {(text + name if free else name): _poison(item, text, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_poison(item, text, key) for item in value]
    if isinstance(value, str) and key not in _CONTRACT_WORDS:
        return text + value
    return value
