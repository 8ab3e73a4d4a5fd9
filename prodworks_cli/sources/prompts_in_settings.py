"""Prompts in files of settings: YAML and JSON whose keys say prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.prompt_texts import ASKS, SHORTEST, SPEAKS_TO_MODEL, prompt_draft
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

_KEY = regex(
    rb"(?i)(?:^|[{,])[ \t-]{0,80}[\"']?[\w-]{0,40}(?:prompt|instructions?|backstory)[\w-]{0,40}[\"']?[ \t]*:", re.M
)
_NAMED = regex(
    r"(?i)(?:^|_)(?:system_?)?(?:prompts?|instructions?|system_message)(?:_(?:template|text|\d+))?$|^backstory$"
)
# A text of this name asks for something; so do the texts that forms show about one, under longer names.
_ASKING = regex(r"(?i)^prompt(?:_?(?:template|text))?$")
_ANSWERS = frozenset(
    {"answer", "assistant", "completion", "expected", "expected_output", "ideal", "output", "reference", "response"}
)
_CERTAIN = regex(r"(?i)(?:^|_)(?:system|task|user)_?prompt$|^backstory$")
# Templates of infrastructure, pipelines and clusters, and descriptions of APIs, have readers of their own.
_OTHER = regex(
    rb"(?m)^(?:AWSTemplateFormatVersion|Resources:|apiVersion:|openapi:|swagger:|on:|jobs:)|\"Resources\"\s*:"
)
_OTHER_NAMES = regex(
    r"(^|/)(package(-lock)?|tsconfig[^/]*|cdk|openapi[^/]*|composer|manifest)\.json$"
    r"|(^|/)(i18n|locales?|seed\w*|traces?)/"
)
LARGEST = 1_000_000


def prompts_in_settings(file: File, owners: Owners) -> Iterator[Draft]:
    """The long texts of a file whose key names a prompt. A file that cannot be parsed has none."""
    if (
        len(file.data) > LARGEST
        or not _KEY.search(file.data)
        or _OTHER.search(file.data)
        or _OTHER_NAMES.search(file.path)
    ):
        return
    try:
        root = read_yaml(file.text or "", file.path)
    except MalformedYaml:
        return
    for path, node in _texts(root):
        text = node.text() or ""
        if len(text) > SHORTEST and _is_prompt(path.rpartition(".")[2], text):
            yield prompt_draft(f"{file.path}:{path}", file.path, node.location.line or 1, "file", text, owners)


def _is_prompt(key: str, text: str) -> bool:
    asks = _ASKING.match(key) and ASKS.search(text)
    return bool(_CERTAIN.search(key) or SPEAKS_TO_MODEL.search(text) or asks)


def _is_example(node: Node) -> bool:
    """A question beside its answer: a record of a data set, or one of several shots."""
    return isinstance(node.content, Mapping) and not _ANSWERS.isdisjoint(key.lower() for key, _ in node.members())


def _texts(root: Node) -> Iterator[tuple[str, Node]]:
    """Texts whose key names a prompt, or that stand in a list or mapping under such a key."""
    stack: list[tuple[str, Node]] = [("", root)]
    while stack:
        path, node = stack.pop()
        if isinstance(node.content, Mapping):
            members = [] if _is_example(node) else list(node.members())
            stack.extend((f"{path}.{key}" if path else key, value) for key, value in reversed(members))
        elif isinstance(node.content, tuple):
            stack.extend((f"{path}[{index}]", value) for index, value in reversed(list(enumerate(node.content))))
        elif isinstance(node.content, str) and _NAMED.search(re.sub(r"\[\d+\]$", "", path.rpartition(".")[2])):
            yield path, node
