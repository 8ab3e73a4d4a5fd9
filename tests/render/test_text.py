import pytest

from prodworks_cli.render.text import BLOCK_LIMIT, LINE_LIMIT, clean, clean_block, clean_line, clean_report, shorten
from tests.render import samples
from tests.render.hostile import HOSTILE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("caf\u00e9 \u6f22\u5b57", "caf\u00e9 \u6f22\u5b57"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b", "a\\u2028b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u00a0", "\\xa0"),
        ("\x00", "\\x00"),
    ],
)
def test_clean_shows_what_would_act(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_clean_can_stay_ascii() -> None:
    assert clean("caf\u00e9", ascii_only=True) == "caf\\xe9"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_clean_line_is_one_printable_bounded_line(text: str) -> None:
    cleaned = clean_line(text)
    assert cleaned.isprintable()
    assert len(shorten(cleaned, LINE_LIMIT)) < LINE_LIMIT + 40
    assert clean_line(cleaned) == cleaned or len(text) > LINE_LIMIT


def test_line_breaks_become_spaces() -> None:
    assert clean_line(" a\r\n\tb  c\n") == "a b c"


def test_a_cut_says_how_much_is_missing() -> None:
    assert shorten("x" * 1_500, 10) == "xxxxxxxxxx... (+1,490 characters)"


def test_a_block_keeps_its_lines_and_indentation() -> None:
    assert clean_block("a {\n\tb = \x1b\n}\r\n") == "a {\n    b = \\x1b\n}"
    assert clean_block("x\n" * BLOCK_LIMIT).endswith("(+8,000 characters)") is False
    assert "characters)" in clean_block("x" * (BLOCK_LIMIT + 5))


def test_a_clean_report_has_clean_keys_and_keeps_snippet_lines() -> None:
    report = clean_report(samples.hostile("\x1b\u202e"))
    rule = report["rules"][0]
    assert list(rule["fix"]["snippets"]) == [f"\\x1b\\u202e{form}" for form in ("cli", "cloudformation", "terraform")]
    assert rule["fix"]["snippets"]["\\x1b\\u202eterraform"].count("\n") == 10
    assert rule["id"] == "\\x1b\\u202eguardrail-blocks-prompt-attacks"


def test_cleaning_leaves_the_report_alone() -> None:
    report = samples.hostile("\x1b")
    clean_report(report)
    assert report == samples.hostile("\x1b")
