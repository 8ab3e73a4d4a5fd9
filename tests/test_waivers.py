"""Waivers: what they cover, when, what is refused, and that they never move the score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.config import ConfigError, load_config, parse_config
from prodworks_cli.rules import RulePack
from prodworks_cli.score import Outcome, scorecard
from prodworks_cli.waiver_file import add_waiver
from prodworks_cli.waivers import Attestation, Waiver, notes, waived, with_rules
from tests.scoring import DECLARED_PASS, FAIL, outcome, outcomes, report, rule

TODAY = date(2026, 11, 24)
ENTRY = {
    "rule": "rule-a",
    "subject": "s*",
    "kind": "accept-risk",
    "reason": "Small.",
    "owner": "ann",
    "approved_by": "bob",
    "created": "2026-11-01",
    "expires": "2027-01-31",
}


def waiver(**more: str) -> Waiver:
    return Waiver(**(ENTRY | more))


def test_a_waived_subject_carries_who_and_until_when() -> None:
    judged = waived([outcome(rule(), FAIL, DECLARED_PASS)], [waiver()], TODAY)
    (entry,) = report(*judged)["rules"]
    assert entry["status"] == "partly" if entry["subjects"][0]["status"] == "fail" else "waived"
    assert [s["status"] for s in entry["subjects"]] == ["waived", "pass"]
    assert entry["subjects"][0]["waiver"] == {
        "kind": "accept-risk",
        "reason": "Small.",
        "owner": "ann",
        "approved_by": "bob",
        "expires": "2027-01-31",
    }
    assert "waiver" not in entry["subjects"][1]


@pytest.mark.parametrize(
    ("today", "holds"),
    [
        ("2026-10-30", False),
        ("2026-10-31", True),
        ("2026-11-01", True),
        ("2027-01-31", True),
        ("2027-02-01", False),
    ],
)
def test_a_waiver_holds_from_the_day_before_to_its_last_day(today: str, holds: bool) -> None:
    (judged,) = waived([outcome(rule(), FAIL)], [waiver()], date.fromisoformat(today))
    assert bool(judged.waivers) is holds


@pytest.mark.parametrize(
    ("subject", "identity", "covers"),
    [
        ("*", "anything", True),
        ("infra/aws_s3_bucket.*", "infra/aws_s3_bucket.logs", True),
        ("infra/aws_s3_bucket.*", "infra/aws_iam_role.logs", False),
        ('m["a"]', 'm["a"]', True),
        ("m[0]", "m0", False),
        ("m[0]", "m[0]", True),
        ("bucket?", "bucket1", True),
        ("bucket", "bucket1", False),
        ("Bucket", "bucket", False),
    ],
)
def test_the_glob_knows_stars_and_question_marks_only(subject: str, identity: str, covers: bool) -> None:
    assert waiver(subject=subject).covers("rule-a", identity) is covers
    assert not waiver(subject=subject).covers("rule-b", identity)


def test_a_hostile_glob_does_not_hang() -> None:
    assert not waiver(subject="*a" * 400 + "b").covers("rule-a", "a" * 10_000)


@given(outcomes(), st.sets(st.integers(0, 7)), st.sampled_from(["*", "s0", "s?"]))
def test_a_waiver_never_changes_the_score(judged: list[Outcome], numbers: set[int], subject: str) -> None:
    plain = [replace(o, waivers={}) for o in judged]
    accepted = waived(plain, [waiver(rule=f"r{n}", subject=subject) for n in numbers], TODAY)
    before, after = scorecard(plain), scorecard(accepted)
    assert (before.score, before.shares.proven) == (after.score, after.shares.proven)
    assert before.shares.gap == after.shares.gap + after.shares.accepted - before.shares.accepted


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ({"approved_by": "ann"}, "approved_by is the owner"),
        ({"approved_by": " @Ann"}, "approved_by is the owner"),
        ({"expires": "2027-05-01"}, "expires 181 days after created; at most 180"),
        ({"expires": "2026-10-31"}, "is before created"),
        ({"expires": "2027-02-30"}, "no such date"),
        ({"expires": "soon"}, "waivers[0].expires: expected a date such as 2027-01-31; found soon"),
        ({"kind": "accept-rsk"}, "did you mean accept-risk?"),
        ({"reason": " "}, "waivers[0].reason: expected a text"),
        ({"reson": "x"}, "waivers[0]: unknown key reson; did you mean reason?"),
        ({"reason": None}, "waivers[0].reason: expected a text; found null"),
    ],
)
def test_an_invalid_waiver_is_refused(spoil: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config({"waivers": [{**ENTRY, **spoil}]}, "prodworks.yaml")
    assert str(raised.value).startswith("prodworks.yaml: ")
    assert message in str(raised.value)


def test_180_days_are_allowed() -> None:
    assert parse_config({"waivers": [{**ENTRY, "expires": "2027-04-30"}]}, "x").waivers[0].expires == "2027-04-30"


@pytest.mark.parametrize("absent", sorted(ENTRY))
def test_every_field_of_a_waiver_is_needed(absent: str) -> None:
    with pytest.raises(ConfigError, match=f"{absent} is missing"):
        parse_config({"waivers": [{k: v for k, v in ENTRY.items() if k != absent}]}, "x")


def test_a_rule_that_does_not_exist_is_refused_and_a_former_id_is_understood() -> None:
    pack = RulePack((rule("rule-a", aliases=("old-a",)),), "")
    assert with_rules([waiver(rule="old-a")], pack, "waivers") == [waiver()]
    with pytest.raises(ConfigError, match=r"waivers\[0\].rule: unknown rule rule-b; did you mean rule-a\?"):
        with_rules([waiver(rule="rule-b")], pack, "waivers")


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, None),
        ({"expires": "2026-11-23"}, "expired"),
        ({"expires": "2026-11-24"}, "expires-soon"),
        ({"expires": "2026-12-08"}, "expires-soon"),
        ({"expires": "2026-12-09"}, None),
        ({"subject": "other"}, "unused"),
        ({"created": "2026-11-26"}, "unused"),
    ],
)
def test_what_is_said_about_a_waiver(more: dict[str, str], state: str | None) -> None:
    said = notes([outcome(rule(), FAIL, DECLARED_PASS)], [waiver(**more)], [], TODAY)
    assert [note["state"] for note in said] == ([state] if state else [])


@pytest.mark.parametrize(
    ("expires", "state"), [("2026-11-23", "expired"), ("2026-11-30", "expires-soon"), ("2027-11-30", None)]
)
def test_what_is_said_about_an_attestation(expires: str, state: str | None) -> None:
    attestation = Attestation("rule-a", "The DPIA is signed", "ann", "https://example.com/1", expires)
    said = notes([outcome(rule(), FAIL)], [], [attestation], TODAY)
    assert [(note["state"], note["subject"]) for note in said] == ([(state, "The DPIA is signed")] if state else [])


def test_attestations_are_checked() -> None:
    valid = {"rule": "a", "statement": "s", "owner": "o", "evidence": "https://x", "expires": "2027-01-31"}
    config = parse_config({"attestations": [valid]}, "x")
    assert config.settings()["attestations"] == [valid]
    for key in valid:
        with pytest.raises(ConfigError, match=f"{key} is missing"):
            parse_config({"attestations": [{k: v for k, v in valid.items() if k != key}]}, "x")
    with pytest.raises(ConfigError, match="no such date"):
        parse_config({"attestations": [{**valid, "expires": "2027-02-30"}]}, "x")


def test_waivers_of_both_places_count(tmp_path: Path) -> None:
    (tmp_path / ".prodworks").mkdir()
    (tmp_path / "prodworks.toml").write_text("")
    add_waiver(tmp_path, waiver(rule="b"))
    assert [w.rule for w in load_config(tmp_path).waivers] == ["b"]
    (tmp_path / ".prodworks" / "waivers.yaml").write_text("waivers: []\nowner: x\n")
    with pytest.raises(ConfigError, match=r"waivers\.yaml: expected the key waivers and nothing else"):
        load_config(tmp_path)


WRITTEN = [
    None,
    "",
    "# ours\nwaivers:\n",
    "# ours\nwaivers: []  # none yet\n",
    "waivers:\n- {rule: a, subject: b}\n",
    "waivers:\n    # why\n    - rule: a\n      subject: b # here\n",
    "waivers:\n- rule: a\n  subject: b",
]


@pytest.mark.parametrize("old", WRITTEN)
def test_a_waiver_is_appended_and_comments_stay(tmp_path: Path, old: str | None) -> None:
    place = tmp_path / ".prodworks" / "waivers.yaml"
    if old is not None:
        place.parent.mkdir()
        place.write_text(old)
    mine = waiver(subject='m["a"] # *', reason='He said: "no"\nand @left', owner="no", approved_by="1e5")
    assert add_waiver(tmp_path, mine) == place
    text = place.read_text()
    for line in (old or "").splitlines():
        assert line.split("#")[-1].strip() in text
    from prodworks_cli.sources.yaml_nodes import read_yaml

    data: Any = read_yaml(text, "x").plain()
    assert Waiver(**data["waivers"][-1]) == mine
    again = add_waiver(tmp_path, waiver())
    data = read_yaml(again.read_text(), "x").plain()
    assert Waiver(**data["waivers"][-1]) == waiver()


@pytest.mark.parametrize(
    "old", ["waivers: [{rule: a}]\n", "waivers: 3\n", "[", "waivers:\n- rule: a\nother: 1\n", "waivers:\n  a: b\n"]
)
def test_a_file_of_another_form_stays_as_it_is(tmp_path: Path, old: str) -> None:
    place = tmp_path / ".prodworks" / "waivers.yaml"
    place.parent.mkdir()
    place.write_text(old)
    with pytest.raises(ConfigError):
        add_waiver(tmp_path, waiver())
    assert place.read_text() == old


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1).filter(str.strip))
def test_any_text_survives_being_written_or_is_refused(subject: str, reason: str) -> None:
    from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml
    from prodworks_cli.waiver_file import HEADER, _appended

    entry = {"subject": subject, "reason": reason}
    try:
        data: Any = read_yaml(_appended(HEADER, [], entry), "x").plain()
    except MalformedYaml:
        return
    assert set(data) == {"waivers"}
    assert len(data["waivers"]) == 1
    assert set(data["waivers"][0]) == {"subject", "reason"}
