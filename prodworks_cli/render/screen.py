"""A terminal screen: its width, its signs, and how texts are fitted to columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.text import Text

# Each sign has an ASCII twin for terminals that cannot show the other.
_SIGNS = {
    "fail": ("✗", "x"),
    "partly": ("✗", "x"),
    "pass": ("✓", "+"),
    "unknown": ("?", "?"),
    "waived": ("=", "="),
    "not-applicable": ("-", "-"),
    "proven": ("█", "#"),
    "unverified": ("▒", "/"),
    "accepted": ("=", "="),
    "gap": ("·", "."),
    "milestone": ("▸", ">"),
    "dots": ("…", "..."),
}
STYLES = {
    "fail": "red",
    "partly": "red",
    "pass": "green",
    "unknown": "yellow",
    "waived": "cyan",
    "not-applicable": "dim",
    "proven": "green",
    "unverified": "yellow",
    "accepted": "cyan",
    "gap": "red",
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "answer-yes": "green",
    "answer-partly": "yellow",
    "answer-no": "red",
    "answer-cannot-tell": "yellow",
}


@dataclass(frozen=True)
class Screen:
    """``width`` in columns, and whether signs beyond ASCII can be shown."""

    width: int
    unicode: bool

    def sign(self, name: str) -> str:
        """The sign for a status, a share of the bar, or an ellipsis."""
        return _SIGNS[name][0 if self.unicode else 1]

    def fit(self, text: str, width: int) -> str:
        """``text`` in exactly ``width`` columns: padded, or cut with an ellipsis."""
        if cell_len(text) <= width:
            return set_cell_size(text, width)
        dots = self.sign("dots")
        return set_cell_size(set_cell_size(text, max(width - len(dots), 0)) + dots, width)

    def wrap(self, text: str, indent: int, limit: int = 100, hang: int = 0) -> list[Text]:
        """``text`` wrapped and indented, at most ``limit`` lines, the last one then cut. Words are never broken."""
        lines = textwrap.wrap(
            text, max(self.width - indent - hang, 20), break_long_words=False, break_on_hyphens=False
        ) or [""]
        if len(lines) > limit:
            lines = [*lines[: limit - 1], self.fit(" ".join(lines[limit - 1 :]), self.width - indent - hang)]
        return [Text(" " * (indent + (hang if number else 0)) + line) for number, line in enumerate(lines)]


def style(name: str) -> str:
    """The rich style for a status, severity or answer; empty where it has none."""
    return STYLES.get(name, "")


def line(*parts: str | tuple[str, str]) -> Text:
    """One line from texts and (text, style) pairs. Markup in a text is never interpreted."""
    return Text.assemble(*parts)


def beside(left: Sequence[Text], right: Sequence[Text], width: int) -> list[Text]:
    """Two blocks side by side, the left one ``width`` columns wide."""
    rows = []
    for first, second in zip_longest(left, right, fillvalue=None):
        row = Text() if first is None else first.copy()
        if second is not None:
            row.pad_right(max(width - row.cell_len, 0))
            row.append_text(second)
        rows.append(row)
    return rows
