"""Lists of models to choose from: menus, and lists of what is supported or allowed. Being listed is no call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prodworks_cli.lazy import regex

# Names of a list or table that holds what may be chosen. What is called options may be those of one request, so only
# a list counts, and no table.
_MANY = r"(?i:supported|available|allowed|permitted|selectable)"
_MAY = r"(?i:options|choices|menu|dropdown|catalog(?:ue)?)"
_TYPE = r"(?:\s{0,4}:[^=\n]{1,80})?"
_MADE = r"(?:Set|frozenset|set|tuple|list|(?:Set|List)\.of|Arrays\.asList|Object\.freeze)"
_CALL = rf"(?:new\s+)?{_MADE}(?:<[\w, |]{{1,40}}>)?\s{{0,4}}"
_LIST = regex(
    rf"""(?:\b\w{{0,60}}?{_MANY}\w{{0,60}}["']?{_TYPE}\s{{0,4}}[:=]\s{{0,4}}(?:{_CALL})?[\[{{(]"""
    rf"""|\b\w{{0,60}}?{_MAY}\w{{0,20}}["']?{_TYPE}\s{{0,4}}[:=]\s{{0,4}}(?:{_CALL})?[\[(]"""
    r"""|\benum\(\s*\[|\bLiteral\[|\b(?:selectbox|multiselect|radio|select_slider|pills)\([^)\n]{0,200}?\[)"""
)
# What is taken where nobody chooses is used; such a line is no part of a list, to be sure.
_DEFAULT = regex(r"""\bdefault\w{0,20}["']?\s{0,4}[=:]\s{0,4}["'`]""")
_COMMENT = regex(r"\s*(?:#|//|\*)")
_MENU_ITEM = regex(r"<(?:option|Option|SelectItem|MenuItem|Select\.Option|ListboxOption)\b")
# One of several records, each with an id and what a person reads.
_ID = regex(r"""(?:^|[\s{,])["']?(?:id|value|modelId|model_id|key)["']?\s{0,4}[:=]\s{0,4}["'`]""")
_LABEL = regex(
    r"""(?:^|[\s{,])["']?(?:name|label|title|text|display_?[nN]ame|description)["']?\s{0,4}[:=]\s{0,4}(?:[\w.]{0,40}\(\s?)?["'`]"""
)
_FEWEST = 3
_MOST_LINES = 500
_LONGEST = 2000


def offering_lines(text: str) -> frozenset[int]:
    """The numbers of the lines that are part of a list of models to choose from."""
    lines = text.splitlines()
    found = {*_listed(lines), *_recorded(lines)}
    return frozenset(number for number in found if not _DEFAULT.search(lines[number - 1][:_LONGEST]))


def _listed(lines: Sequence[str]) -> Iterator[int]:
    """Lines of lists whose name, or what takes them, says that they are for choosing."""
    depth = since = 0
    for number, line in enumerate(lines, 1):
        if depth > 0:
            yield number
            depth = depth + _balance(line) if number - since < _MOST_LINES else 0
            continue
        found = _LIST.search(line) if len(line) <= _LONGEST and not _COMMENT.match(line) else None
        if found is not None:
            yield number
            depth, since = 1 + _balance(line[found.end() :]), number
        elif _MENU_ITEM.search(line[:_LONGEST]):
            yield number


def _balance(line: str) -> int:
    """How many brackets a line opens more than it closes."""
    return sum(line.count(c) for c in "[{(") - sum(line.count(c) for c in "]})")


def _recorded(lines: Sequence[str]) -> Sequence[int]:
    """Lines of records with an id and a label, where a file has a few of them: one alone is a setting."""
    found = [number for number, line in enumerate(lines, 1) if _is_record(lines, number - 1, line[:_LONGEST])]
    return found if len(found) >= _FEWEST else ()


def _is_record(lines: Sequence[str], index: int, line: str) -> bool:
    identified = _ID.search(line)
    if identified is None:
        return False
    around = (line[: identified.start()], line[identified.end() :], *(n[:_LONGEST] for n in _beside(lines, index)))
    return any(_LABEL.search(part) for part in around)


def _beside(lines: Sequence[str], index: int) -> Sequence[str]:
    """The lines before and after one, where they are parts of the same record."""
    before = lines[index - 1] if index else ""
    after = lines[index + 1] if index + 1 < len(lines) else ""
    return ("" if "{" in before or "}" in before else before, "" if "}" in lines[index] or "{" in after else after)
