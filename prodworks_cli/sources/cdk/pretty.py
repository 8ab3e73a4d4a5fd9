"""Values as jest writes them into a snapshot: one entry a line, a comma after each, quotes in texts as they are.

Most lines are JSON but for a comma too many. The others become JSON one by one, and JSON's own parser reads it all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

MOST_LINES = 200_000
MOST_DEPTH = 100
_JSON_SCALAR = r"\{\}?|\[\]?|true|false|null|-?[\d.eE+-]+"
# Each of these starts with the end of a line, which is quick to look for.
_NO_JSON = re.compile(
    rf'\n(?! *+(?:"[^"\\\n]*+"(?:: (?:"[^"\\\n]*+"|{_JSON_SCALAR}))?|[}}\]]|{_JSON_SCALAR}),?\n)(?=[^\n])'
)
_ONE_TOO_MANY = re.compile(r",\n(?= *+[}\]])")
_OPENED = re.compile(r"\n(?<=([{\[])\n)( *+)")
_KEY = re.compile(r'"(.*?)": (.*)', re.S)
_NO_TEXT = re.compile(r'": (?:(?:Object |Array )?(?:\{\}?|\[\]?)|true|false|null|undefined|-?[\d.eE+-]+),?$')
_WORDS = {"undefined": "null", "Object {": "{", "Array [": "[", "Object {}": "{}", "Array []": "[]"}


def parsed(text: str) -> object:
    """The value. Raises ``ValueError`` for what is none."""
    if text.count("\n") > MOST_LINES or " " * 2 * MOST_DEPTH in text:
        raise ValueError("larger than a template")
    try:
        found: object = json.loads(_ONE_TOO_MANY.sub("\n", "".join(_as_json(f"\n{text}\n"))))
    except RecursionError as error:
        raise ValueError("nests too deeply") from error
    return found


def _as_json(text: str) -> Iterator[str]:
    """A text of whole lines in pieces of JSON that have a comma too many at the end of what they hold."""
    lists: dict[str, bool] = {}
    start = 0
    while (match := _NO_JSON.search(text, start)) is not None:
        entry, end = _entry(text, match.end())
        value = entry.lstrip(" ")
        indentation = entry.removesuffix(value)
        before = text[start : match.end()] + indentation
        _note(lists, before)
        made = _json(value, lists.get(indentation, False))
        _note(lists, f"{made}\n{indentation}  ")
        yield before + made
        start = end
    yield text[start:]


def _note(lists: dict[str, bool], plain: str) -> None:
    """Remember by the indentation of entries whether what holds them is a list."""
    for opened, indentation in _OPENED.findall(plain):
        lists[indentation] = opened == "["


def _entry(text: str, start: int) -> tuple[str, int]:
    """The entry that starts at a line, and its end; a text that holds line ends is one entry."""
    end = _end_of_line(text, start)
    first = text[start:end]
    if first.lstrip(" ").startswith('"') and not _NO_TEXT.search(first):
        depth = len(first) - len(first.lstrip(" "))
        while not _ends(text, start, end, depth):
            if end >= len(text):
                raise ValueError("a text that does not end")
            end = _end_of_line(text, end + 1)
    return text[start:end], end


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _ends(text: str, start: int, end: int, depth: int) -> bool:
    """Whether a text ends with its last line: what follows is the next entry, or closes what holds the text."""
    if not text.endswith('",', start, end):
        return False
    after = text[end + 1 : _end_of_line(text, end + 1)]
    following = len(after) - len(after.lstrip(" "))
    closes = following == depth - 2 and after.strip(" ,") in ("}", "]")
    return closes or (following == depth and after != "")


def _json(entry: str, listed: bool) -> str:
    """An entry as JSON, with a comma where it has one."""
    key, value = ("", entry) if listed or not entry.startswith('"') else _keyed(entry)
    comma = "," if value.endswith(",") else ""
    value = value.removesuffix(",")
    is_text = value.startswith('"') and value.endswith('"') and len(value) > 1
    return (json.dumps(key) + ": " if key else "") + (_text(value) if is_text else _WORDS.get(value, value)) + comma


def _keyed(entry: str) -> tuple[str, str]:
    match = _KEY.match(entry)
    if match is None:
        raise ValueError("an entry without a name")
    return match[1], match[2]


def _text(quoted: str) -> str:
    try:
        return json.dumps(json.loads(quoted, strict=False))
    except ValueError:
        return json.dumps(quoted[1:-1])
