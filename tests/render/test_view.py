import pytest

from prodworks_cli.render import view
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
    assert view.next_steps(report) == expected
    first, second = report["verdict"]["next"]
    second["rules"] = [*first["rules"], *second["rules"]]
    second["hours"] += first["hours"]
    assert view.next_steps(report) == expected


def test_next_steps_of_the_other_verdicts() -> None:
    assert view.next_steps(samples.ready()) == (
        "Every gate is proven. 1 improvement left, 2.5 h, none of them blocking."
    )
    assert view.next_steps(samples.nothing()) == view.NOTHING_FOUND
    stuck = samples.not_ready()
    stuck["verdict"]["next"] = []
    assert view.next_steps(stuck) == "No list of fixes alone reaches the next verdict; see what blocks it."


def test_blockers_count_gates_and_name_thresholds_and_caps() -> None:
    assert view.blockers(samples.not_ready()) == [
        "2 pilot gates failed",
        "1 pilot gate unproven",
        "score at least 50, is 47",
        "1 open critical (grade at most D)",
        "reliability is under 40 (grade at most C)",
    ]


def test_first_place_is_a_failing_subject() -> None:
    rule = samples.not_ready()["rules"][2]
    assert rule["subjects"][0]["status"] == "pass"
    assert view.first_place(rule) == "app/handlers/reply_1.py:11"


def test_snippets_follow_the_repository_language() -> None:
    report = samples.not_ready()
    rule = report["rules"][0]
    assert [form for form, _ in view.snippets(report, rule)] == ["Terraform", "CloudFormation", "AWS CLI"]
    report["inventory"] = []
    assert [form for form, _ in view.snippets(report, rule)] == ["CloudFormation", "Terraform", "AWS CLI"]


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
