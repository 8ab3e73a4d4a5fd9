import json

import pytest

from prodworks_cli.render.json_ import render
from tests.render import samples
from tests.render.golden import check_golden
from tests.render.hostile import HOSTILE


def test_golden() -> None:
    check_golden("not-ready.json", render(samples.not_ready()))


def test_contract_order_is_kept() -> None:
    assert list(json.loads(render(samples.not_ready())))[:5] == [
        "schema_version",
        "tool",
        "pack",
        "score_model",
        "generated",
    ]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_round_trips_and_prints_safely(text: str) -> None:
    report = samples.hostile(text)
    shown = render(report)
    assert json.loads(shown) == report
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_letters_stay_readable() -> None:
    report = samples.not_ready()
    report["target"]["name"] = "caf\u00e9 \u6f22\u5b57 \U0001f600"
    assert "caf\u00e9 \u6f22\u5b57 \U0001f600" in render(report)


def test_numbers_that_json_cannot_hold_are_refused() -> None:
    report = samples.not_ready()
    report["score"]["gap"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        render(report)
