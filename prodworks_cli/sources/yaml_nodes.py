"""YAML and JSON text as located nodes.

Texts are untrusted: depth, size and the expansion of aliases are bounded, and no tag creates an object. Mapping keys
keep their source text, so the ``on:`` of a GitHub workflow stays ``on``. A member of a mapping has the line of its
key, an element of a list the line where it starts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import yaml
from yaml import events

from prodworks_cli.model import Location
from prodworks_cli.node import Node, Scalar, node_of

MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 100
MAX_NODES = 500_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "<<"
_CORE_TAG = "tag:yaml.org,2002:"

# The short forms of CloudFormation's functions (AWS::LanguageExtensions and rule functions included).
_FUNCTIONS = (
    *("And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAZs"),
    *("GetAtt", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub"),
    *("ToJsonString", "Transform", "ValueOf", "ValueOfAll"),
)
_LONG_FORMS = {"!Ref": "Ref", "!Condition": "Condition"} | {f"!{name}": f"Fn::{name}" for name in _FUNCTIONS}

_WORDS: dict[str, Scalar] = {
    spelling: value
    for word, value in {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.items()
    for spelling in (word, word.capitalize(), word.upper())
} | dict.fromkeys(("", "~", "null", "Null", "NULL"))
# A leading zero keeps an account id a text; sexagesimal and octal numbers of YAML 1.1 stay texts too.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?")


class MalformedYaml(ValueError):
    """A text that is not YAML or JSON, or that exceeds a bound. ``line`` counts from one."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


def read_yaml(text: str, path: str) -> Node:
    """The one document of ``text``; an absent node when there is none. Raises ``MalformedYaml``."""
    documents = read_yaml_all(text, path)
    if len(documents) > 1:
        raise MalformedYaml(path, documents[1].location.line or 1, "more than one document")
    return documents[0] if documents else Node(None, Location(path, 1))


def read_yaml_all(text: str, path: str) -> tuple[Node, ...]:
    """All documents of ``text``, YAML or JSON. Raises ``MalformedYaml``."""
    if len(text) > MAX_CHARACTERS:
        raise MalformedYaml(path, 1, f"larger than {MAX_CHARACTERS} characters")
    if "\n" not in text and text[:1] == "{":
        with suppress(MalformedYaml):  # JSON on one line, as programs write it: much faster, and has all its lines
            return (_read_json(text, path, MalformedYaml(path, 1, "not JSON")),)
    try:
        return _compose(text, path)
    except MalformedYaml as error:
        if text.lstrip()[:1] not in ("{", "["):
            raise
        return (_read_json(text, path, error),)


def _compose(text: str, path: str) -> tuple[Node, ...]:
    try:
        return tuple(_Composer(text, path).documents())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MalformedYaml(path, line, error.problem or error.context or "not YAML") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise MalformedYaml(path, 1, "a character that YAML does not allow") from error


def _read_json(text: str, path: str, error: MalformedYaml) -> Node:
    """JSON that YAML refuses (surrogate pairs, long keys): all nodes have line 1."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise error from None
    if not _within_depth(data):
        raise MalformedYaml(path, 1, f"nested deeper than {MAX_DEPTH} levels")
    return node_of(data, Location(path, 1))


def _within_depth(data: object) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [c for d in level for c in (d.values() if isinstance(d, dict) else d if isinstance(d, list) else ())]
        if not level:
            return True
    return False


@dataclass(frozen=True)
class _Anchored:
    """What an alias repeats, with the nodes and levels that it adds."""

    node: Node
    nodes: int
    levels: int


class _Composer:
    """Builds nodes from the parser's events. The library's own composer bounds neither depth nor aliases."""

    def __init__(self, text: str, path: str) -> None:
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=_LOADER)
        self._path = path
        self._anchors: dict[str, _Anchored | None] = {}
        self._nodes = 0
        self._deepest = 0

    def documents(self) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, events.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events), 1)

    def _node(self, event: events.Event, depth: int, place: Location | None = None) -> Node:
        place = place or Location(self._path, _line(event))
        if isinstance(event, events.AliasEvent):
            return Node(self._repeat(event, depth).content, place)
        anchor = event.anchor if isinstance(event, events.NodeEvent) else None
        if anchor is None:
            return self._tagged(event, depth, place)
        self._anchors[anchor] = None
        nodes, deepest, self._deepest = self._nodes, self._deepest, depth
        node = self._tagged(event, depth, place)
        self._anchors[anchor] = _Anchored(node, self._nodes - nodes, self._deepest - depth)
        self._deepest = max(deepest, self._deepest)
        return node

    def _repeat(self, event: events.AliasEvent, depth: int) -> Node:
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise MalformedYaml(self._path, _line(event), "an alias of nothing, or of a value that contains it")
        self._enter(event, depth + target.levels, target.nodes)
        return target.node

    def _enter(self, event: events.Event, depth: int, nodes: int = 1) -> None:
        self._nodes += nodes
        self._deepest = max(self._deepest, depth)
        if depth > MAX_DEPTH:
            raise MalformedYaml(self._path, _line(event), f"nested deeper than {MAX_DEPTH} levels")
        if self._nodes > MAX_NODES:
            raise MalformedYaml(self._path, _line(event), f"expands to more than {MAX_NODES} values")

    def _tagged(self, event: events.Event, depth: int, place: Location) -> Node:
        """A value; with a function's tag, the mapping that the tag is short for. Other tags are dropped."""
        long_form = _LONG_FORMS.get(getattr(event, "tag", None) or "")
        if long_form is None:
            return self._untagged(event, depth, place)
        self._enter(event, depth)
        return Node({long_form: self._untagged(event, depth + 1, place)}, place)

    def _untagged(self, event: events.Event, depth: int, place: Location) -> Node:
        self._enter(event, depth)
        if isinstance(event, events.MappingStartEvent):
            return Node(self._members(depth), place)
        if isinstance(event, events.SequenceStartEvent):
            return Node(tuple(self._elements(depth)), place)
        return Node(_typed(event), place)

    def _elements(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _members(self, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            key = self._key(event)
            value = self._node(next(self._events), depth + 1, Location(self._path, _line(event)))
            if key == _MERGE and getattr(event, "implicit", (False,))[0]:
                merged.extend(value.items())
            else:
                members[key] = value
        for source in merged:
            for key, value in source.members():
                members.setdefault(key, value)
        return members

    def _key(self, event: events.Event) -> str:
        if isinstance(event, events.ScalarEvent):
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchored(Node(event.value, Location(self._path, _line(event))), 1, 0)
            return str(event.value)
        text = self._repeat(event, 1).text() if isinstance(event, events.AliasEvent) else None
        if text is None:
            raise MalformedYaml(self._path, _line(event), "a key that is not a text")
        return text


def _line(event: events.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _typed(event: events.Event) -> Scalar:
    """A scalar: typed when it is plain or tagged with a type of YAML's core, else a text."""
    text, tag = str(getattr(event, "value", "")), getattr(event, "tag", None)
    core = tag is not None and tag.startswith(_CORE_TAG) and tag != _CORE_TAG + "str"
    plain = getattr(event, "implicit", (False,))[0]
    return _resolve(text) if plain or core else text


def _resolve(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text
