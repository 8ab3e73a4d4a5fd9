import pytest

from prodworks_cli.render import progress, view
from tests.render import samples


def test_groups_hold_each_rule_once_and_worst_first() -> None:
    report = samples.not_ready()
    groups = view.group_rules(report)
    ids = [[rule["id"] for rule in rules] for rules in vars(groups).values()]
    assert ids == [
        ["guardrail-blocks-prompt-attacks", "evaluation-runs-in-ci", "request-metadata-set"],
        ["invocation-logging-enabled"],
        ["pii-redacted-in-logs"],
        ["least-privilege-models", "budget-watches-model-spend", "owner-named", "traces-cover-calls"],
        ["agent-actions-confirmed"],
    ]
    assert sum(map(len, ids)) == len(report["rules"])


def test_next_steps_count_a_rule_once_even_when_milestones_repeat_it() -> None:
    report = samples.not_ready()
    expected = "3 steps, 11.5 h, take it to Pilot (score 62); 1 more, 2.5 h, to Production-ready (score 83)."
    assert progress.next_steps(report) == expected
    first, second = report["verdict"]["next"]
    second["rules"] = [*first["rules"], *second["rules"]]
    second["hours"] += first["hours"]
    assert progress.next_steps(report) == expected


def test_next_steps_of_the_other_verdicts() -> None:
    assert progress.next_steps(samples.ready()) == (
        "Every gate is proven. 1 improvement left, 2.5 h, none of them blocking."
    )
    assert progress.next_steps(samples.nothing()) == view.NOTHING_FOUND
    stuck = samples.not_ready()
    stuck["verdict"]["next"] = []
    assert progress.next_steps(stuck) == "No list of fixes alone reaches the next verdict; see what blocks it."


def test_blockers_count_gates_and_name_thresholds_and_caps() -> None:
    assert progress.blockers(samples.not_ready()) == [
        "2 pilot gates failed",
        "1 pilot gate unproven",
        "score at least 50, is 47",
    ]
    assert progress.blockers_and_limit(samples.not_ready())[-1] == (
        "grade E before limits: 1 open critical and 1 more limit"
    )
    assert progress.blockers_and_limit(samples.ready()) == []


def test_weak_pillars_are_named_together() -> None:
    report = samples.not_ready()
    report["verdict"]["blocking"] = [
        {"gate": "pilot", "rule": None, "condition": f"{pillar} {score}, needs 25", "state": "failed"}
        for pillar, score in (("security", 3), ("cost", 0), ("reliability", 24))
    ]
    assert progress.blockers(report) == ["security, cost and reliability under 25"]
    del report["verdict"]["blocking"][1:]
    assert progress.blockers(report) == ["security 3, needs 25"]


def test_first_place_is_a_failing_subject() -> None:
    rule = samples.not_ready()["rules"][2]
    assert rule["subjects"][0]["status"] == "pass"
    assert view.first_place(rule) == "app/handlers/reply_1.py:11"


def test_snippets_follow_the_repository_language() -> None:
    report = samples.not_ready()
    rule = report["rules"][0]
    assert [form for form, _ in view.snippets(report, rule)] == ["Terraform", "CloudFormation", "AWS CLI"]
    rule["subjects"][0]["where"] = samples.GUARDRAIL_ARN
    assert [form for form, _ in view.snippets(report, rule)] == ["Terraform", "CloudFormation", "AWS CLI"]
    report["inventory"] = []
    assert [form for form, _ in view.snippets(report, rule)] == ["CloudFormation", "Terraform", "AWS CLI"]


@pytest.mark.parametrize(
    ("where", "first"),
    [
        ("infra/main.tf", "Terraform"),
        ("infra/stack.ts", "TypeScript"),
        ("src/app.py", "Python"),
        ("template.yaml", "CloudFormation"),
        (".github/workflows/ci.yml", "YAML"),
        ("arn:aws:s3:::x.py", "Terraform"),
    ],
)
def test_snippets_follow_the_language_of_the_evidence(where: str, first: str) -> None:
    report = samples.not_ready()
    rule = report["rules"][0]
    rule["fix"]["snippets"] = dict.fromkeys(view.FORMS, "x")
    rule["subjects"][0]["where"] = where
    assert view.snippets(report, rule)[0][0] == first


def test_clauses_of_an_answer_lead_to_their_rules() -> None:
    report = samples.not_ready()
    rules = {rule["id"]: rule for rule in report["rules"]}
    first, second = rules["guardrail-blocks-prompt-attacks"], rules["pii-redacted-in-logs"]
    first["gap"] = "Prompt attacks reach the model; and more"
    second["gap"] = "Prompt attacks"
    question = report["questions"][2]
    question["because"] = f"{first['gap']} (1 of 3); {second['gap']}: deferred until 2026-12-31; 2 of 7 proven"
    assert view.clauses(question, rules) == [
        ("Prompt attacks reach the model; and more (1 of 3)", "guardrail-blocks-prompt-attacks"),
        ("Prompt attacks: deferred until 2026-12-31", "pii-redacted-in-logs"),
        ("2 of 7 proven", None),
    ]
    question["because"] = ""
    assert view.clauses(question, rules) == []


def test_the_change_since_the_last_run() -> None:
    report = samples.with_history()
    assert progress.change(report) == "+6 since 2026-10-20"
    assert [progress.pillar_change(report, pillar) for pillar in ("cost", "security", "unheard-of")] == [
        "+6",
        "\u00b10",
        "",
    ]
    report["score"]["previous"] = 47
    assert progress.change(report) == "unchanged since 2026-10-20"
    del report["history"]
    assert progress.change(report) == "unchanged since the last run"
    assert progress.pillar_change(report, "cost") == ""
    assert progress.change(samples.not_ready()) == ""


def test_the_baseline_in_words() -> None:
    report = samples.with_history()
    assert progress.baseline(report) == "1 new, 2 known, 1 fixed, against git:main"
    assert view.tags(report["rules"][0]) == ["new", "drift"]
    assert view.tags(report["rules"][1]) == []
    report["baseline"]["new_rule"] = 2
    assert progress.baseline(report) == "1 new, 2 known, 1 fixed, 2 by newer rules, against git:main"
    assert progress.baseline(samples.not_ready()) == ""


def test_work_by_owner_starts_with_what_nobody_owns() -> None:
    found = progress.workload(samples.not_ready())
    assert [(share.owner, share.steps, share.hours, share.due) for share in found] == [
        (None, 1, 8.0, None),
        ("platform", 2, 3.5, "2026-11-25"),
        ("app", 1, 2.5, "2026-11-27"),
    ]


def test_actions_to_grant() -> None:
    assert progress.grants(samples.not_ready()) == ["bedrock:GetModelInvocationLoggingConfiguration"]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("https://docs.aws.amazon.com/a#b", True),
        ("http://docs.aws.amazon.com/", False),
        ("javascript:alert(1)", False),
        ("https:///nohost", False),
        ("https://[bad", False),
        ('https://a.example/"onclick=', False),
        ("https://a.example/x y", False),
        ("//a.example", False),
        ("OWASP LLM01", False),
    ],
)
def test_only_plain_https_addresses_are_links(reference: str, expected: bool) -> None:
    assert view.is_link(reference) is expected


@pytest.mark.parametrize(("value", "expected"), [(3.0, "3"), (4.94, "4.9"), (0.5, "0.5"), (0.04, "0"), (100.0, "100")])
def test_number(value: float, expected: str) -> None:
    assert view.number(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(5, "under a minute"), (60, "1 minute"), (7_300, "2 hours"), (86_400, "1 day"), (700_000, "8 days")],
)
def test_age(seconds: int, expected: str) -> None:
    assert view.age(seconds) == expected


def test_place() -> None:
    assert view.place("a.tf", 3) == "a.tf:3"
    assert view.place("arn:aws:s3:::b", None) == "arn:aws:s3:::b"
    assert view.place(None, None) == ""
