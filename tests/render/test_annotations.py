"""Annotations: commands that a runner understands, the worst first, and nothing in a name that ends one."""

from __future__ import annotations

import re

import pytest

from prodworks_cli.render.annotations import render
from tests.render.hostile import HOSTILE
from tests.render.samples import hostile, large, not_ready, ready

COMMAND = re.compile(r"::(error|warning) file=[^,:\n]*,line=\d+,title=prodworks%3A [^:,\n]*::[^\r\n]*")


def test_each_gap_is_a_command_at_its_place() -> None:
    lines = render(not_ready()).splitlines()
    assert lines
    assert all(COMMAND.fullmatch(line) for line in lines if not line.startswith("::notice"))
    assert any(line.startswith("::error ") for line in lines)


def test_what_is_accepted_or_proven_is_not_said() -> None:
    report = ready()
    report["rules"] = [rule for rule in report["rules"] if rule["status"] in ("pass", "waived")]
    assert report["rules"]
    assert [line.split("::")[1] for line in render(report).splitlines()] == ["notice title=prodworks"]


def test_a_runner_shows_ten_of_a_kind_and_the_rest_is_counted() -> None:
    lines = render(large()).splitlines()
    assert sum(line.startswith("::error ") for line in lines) <= 10
    assert sum(line.startswith("::warning ") for line in lines) <= 10
    assert re.search(r"proven\. \d+ more gaps are in the report\.", lines[-1])


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_names_end_no_command(name: str) -> None:
    for line in render(hostile(HOSTILE[name])).splitlines():
        assert COMMAND.fullmatch(line) or line.startswith("::notice title=prodworks::")
        assert line.isprintable()
