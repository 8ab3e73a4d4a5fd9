"""Model ids that stand in code and configuration as a value of their own, whatever reads them.

Works on lines, for any language: a quoted text that is nothing but a model id, or the value of a setting. Not a use of
a model, and left out: comments, keys of a table (prices, limits, capabilities), members of a test for a name, and ARNs,
which in code are nearly always permissions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.model_ids import FAMILY, PROVIDERS, read_model_id
from prodworks_cli.sources.files import File
from prodworks_cli.sources.handed_over import given, hands_over
from prodworks_cli.sources.offers import offering_lines
from prodworks_cli.sources.parts import suffix_of

_CODE = frozenset((".py", ".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs", ".java", ".kt", ".scala", ".go", ".cs"))
_CONFIG = frozenset((".json", ".yaml", ".yml", ".toml", ".properties", ".env", ".ini", ".cfg"))
_LONGEST_LINE = 2000
# What LiteLLM and others write before the id of a model, to say who runs it.
_PROVIDER = r"(?:litellm/)?(?:amazon_)?bedrock(?:_converse)?[/:](?:converse/|invoke/)?"
_PREFIX = regex(_PROVIDER)
_QUOTED = regex(
    rf"""(["'`])((?:{_PROVIDER})?[a-z][a-z0-9-]*\.[A-Za-z0-9._:-]{{4,100}})\1(?P<after>\s*[:\]]?)(?P<arrow>\s*=>)?"""
)
_SETTING = regex(
    r"""^\s*(?:-\s*)?(?:export\s+)?[\w.\[\]-]+\s*[:=]\s*([a-z][a-z0-9-]*\.[A-Za-z0-9._:-]{4,100})\s*(?:#.*)?$"""
)
# A name with a provider before it stands in tables of prices as well; as a setting, the key says that it is a model.
_SETTING_OF_PROVIDER = regex(
    rf"""^\s*(?:-\s*)?(?:export\s+)?[\w.-]*(?i:model)[\w.-]*\s*[:=]\s*["']?({_PROVIDER}[a-z][a-z0-9-]*\.[A-Za-z0-9._:-]{{4,100}})"""
    r"""["']?\s*(?:#.*)?$"""
)
_MODEL_KEY = regex(r"""(?i)model[\w.-]{0,40}["']?\s*[:=]\s*\[?\s*$""")
# Languages whose comments may be of several lines.
_BLOCK_COMMENTS = frozenset(
    (".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", ".cjs", ".java", ".kt", ".scala", ".go", ".cs")
)
_COMMENT = regex(r"""^\s*(?:#|//|/?\*|<!--|--\s|;)""")
_TRAILING = regex(r"""(?:^|\s)(?:#|//)\s""")
# The line compares with the id, looks it up, or says what it costs.
_ABOUT = regex(
    r"""(?:[!=]==?\s*$|\bin\s*[\[(]?\s*$|\bcase\s+$|(?:starts|ends)_?[wW]ith\(\s*$|includes\(\s*$|placeholder\s*[:=]\s*\{?$|\.get\(\s*$)"""
)
# Prose around the id, in a text of its own: "for example 'amazon.nova-lite-v1:0'".
_PROSE = regex(r"""[A-Za-z.]\s+$""")
# A list or table that says what a model can do, costs or may be, and not which one is used.
_ASIDE = regex(
    r"""^(?P<indent>\s{0,80})(?:export\s+|const\s+|public\s+|private\s+|static\s+|final\s+|readonly\s+){0,5}"""
    r"""(?:[\w.]{1,20}(?:<[\w, ]{1,30}>|\[\])?\s+)?[\w.]{0,60}"""
    r"""(?i:[a-z]_?supported|supports|supporting|capab|without|deprecat|legacy|retired|blocked|pric|cost|limit|window)\w{0,60}"""
    r"""(?:\s*:[^=]{1,60})?\s*[:=]\s*"""
    r"""(?:[\[{(]|(?:new\s+)?(?:Set|Map|frozenset|set|tuple|list|dict|(?:Set|List|Map)\.of|Arrays\.asList|Object\.freeze)"""
    r"""(?:<[\w, |]{1,40}>)?\(\s*[\[{]?)\s*(?:#.*|//.*)?$"""
)
# A bracket that looks a name up, and does not begin a list.
_LOOKUP = regex(r"[\w)\]]\[\s*$")
_BRACKETS = ("[", "{", "(")
_TABLE_FILE = regex(r"pric(?:e|ing)|costs?(?:[_-]|$|\.)|tariff|quota|rate[_-]?card", re.IGNORECASE)
_DEPLOYMENT = regex(r"^\s*(?:AWSTemplateFormatVersion|Resources|Transform)\s*:|\"Resources\"\s*:", re.MULTILINE)
_TOOLS = frozenset(("package.json", "tsconfig.json", "prodworks.yaml", "prodworks.yml"))
# Records of the past, and declarations of types.
_NO_USE = regex(r"(?:^|/)migrations/|\.d\.[cm]?ts$|\.stories\.")
_FAMILY = regex(r"claude-[\d-]+-(?:sonnet|haiku|opus)(?:-v\d)?$|claude-(?:sonnet|haiku|opus)-4$|[-.:]$")
_DIGIT = regex(r"\d")


@dataclass(frozen=True)
class Literal:
    """A model id with its place: whether it stands in ``code`` or in ``config``, and whether it is ``offered`` only,
    as one of those that a list in code lets somebody choose from."""

    node: Node
    source: str
    offered: bool


def read(files: Iterable[File]) -> Iterator[Literal]:
    """Each model id that stands in code and configuration."""
    for file in files:
        source = _source(file) if file.holds(PROVIDERS) else None
        text = file.text if source else None
        if source and text is not None:
            if hands_over(file.path):
                yield from (Literal(node, source, False) for node in _handed_over(file.path, text))
                continue
            found = list(_of_text(file.path, text, source)) if FAMILY.search(text) else []
            if source == "config":
                yield from (Literal(_plain(node), source, False) for node in found)
            elif found:
                offers = offering_lines(text)
                yield from (Literal(node, source, node.location.line in offers) for node in found)


def _handed_over(path: str, text: str) -> Iterator[Node]:
    return (Node(model, Location(path, number)) for number, model in given(text) if _names_model(model))


def _plain(node: Node) -> Node:
    """The id as Bedrock has it: configuration often names a model twice, with and without its provider."""
    return node.map(lambda text: _PREFIX.sub("", str(text), count=1))


def _source(file: File) -> str | None:
    name = file.path.rpartition("/")[2].lower()
    suffix = suffix_of(file.path)
    if _TABLE_FILE.search(name) or _NO_USE.search(file.path):
        return None
    if suffix in _CODE:
        return "code"
    if hands_over(file.path):
        return "config"
    if suffix in _CONFIG or name.startswith(".env"):
        text = file.text or ""
        return None if _DEPLOYMENT.search(text) or _no_settings(file.path, text) else "config"
    return None


def _no_settings(path: str, text: str) -> bool:
    """Files that steer tools, and what prodworks itself wrote or reads."""
    name = path.rpartition("/")[2]
    ours = '"format": "prodworks-' in text[:200] or "- kind: aws." in text
    return path.startswith((".github/", ".gitlab")) or name in _TOOLS or ours


def _of_text(path: str, text: str, source: str) -> Iterator[Node]:
    inside = commented = False
    blocks = suffix_of(path) in _BLOCK_COMMENTS
    aside: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        docstring = line.count('"""') + line.count("'''")
        if inside or docstring == 1:
            inside = inside != (docstring % 2 == 1)
            continue
        if blocks and (commented or "/*" in line):
            commented, skip = _comment(line, commented)
            if skip:
                continue
        if aside is not None:
            aside = None if _closes(line, aside) else aside
            continue
        opened = _ASIDE.match(line) if any(bracket in line for bracket in _BRACKETS) else None
        if opened is not None:
            aside = opened["indent"]
            continue
        if len(line) <= _LONGEST_LINE and "." in line and not _COMMENT.match(line):
            yield from (Node(found, Location(path, number)) for found in _of_line(line, source))


def _closes(line: str, indent: str) -> bool:
    """The line ends a list or table that began with an indentation, by a bracket or because it is no part of one."""
    inner = line.strip()
    return bool(inner) and (line.startswith(indent) and not line[len(indent) :].startswith((" ", "\t")))


def _comment(line: str, inside: bool) -> tuple[bool, bool]:
    """Whether a comment of several lines goes on after a line, and whether the line is part of one."""
    if inside:
        return "*/" not in line, True
    opened = line.lstrip().startswith("/*")
    return opened and "*/" not in line, opened


def _of_line(line: str, source: str) -> Iterator[str]:
    setting = _SETTING.match(line) or _SETTING_OF_PROVIDER.match(line)
    if setting and _names_model(setting.group(1)):
        yield setting.group(1)
        return
    for match in _QUOTED.finditer(line):
        before = line[: match.start()]
        after = match["after"].strip()
        keyed = after == ":" or (after == "]" and _LOOKUP.search(before) is not None)
        if match["arrow"] or keyed or _ABOUT.search(before) or _TRAILING.search(before):
            continue
        if source == "config" and _PREFIX.match(match.group(2)) and not _MODEL_KEY.search(before):
            continue
        if _PROSE.search(before) and _quoted(before, match.group(1)):
            continue
        if _names_model(match.group(2)):
            yield match.group(2)


def _quoted(before: str, own: str) -> bool:
    """The place after ``before`` lies in a text, between quotes of another kind than its own."""
    return any(before.count(quote) % 2 == 1 for quote in "\"'`" if quote != own)


def _names_model(text: str) -> bool:
    """Whether a text is a whole id; ``anthropic.claude-3-sonnet`` is a name that people use for a family."""
    text = _PREFIX.sub("", text, count=1)
    return read_model_id(text) is not None and bool(_DIGIT.search(text)) and not _FAMILY.search(text)
