"""Model ids in scripts that deploy or start the workload: what they hand over is what production uses.

A script that asks a model itself (``aws bedrock-runtime invoke-model``) names one, and makes no call of the workload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHELL = (".sh", ".bash", ".mk")
_NAMES = frozenset(("makefile", "gnumakefile"))
_IMAGE = re.compile(r"(?:^|[.-])(?:docker|container)file(?:$|[.-])", re.I)
# By its path a script of deployment or start, and by no part of it one of trying things out.
_DEPLOYS = re.compile(
    r"(?:^|[/_.-])(?:deploy(?:ment)?s?|release|provision|entrypoint|start|run|launch)(?=[/_.-]|$)", re.I
)
_TRIES = re.compile(
    r"(?:^|[/_.-])(?:local|dev|tests?|smoke|demos?|preflight|seed|sandbox|bench(?:mark)?s?|debug)(?=[/_.-]|$)", re.I
)
_ID = r"((?:[a-z]{2,7}\.)?[a-z][a-z0-9]*\.[A-Za-z0-9][A-Za-z0-9._:-]{4,100})"
# ``MODEL_ID="${MODEL_ID:-id}"``, ``--model-id id``, ``-var model_id=id``, ``model: id`` of a text that is written out.
_GIVEN = re.compile(
    r"""(?:--[\w-]{0,40}model[\w-]{0,40}[ =]\s{0,4}|[\w.-]{0,60}model[\w.-]{0,60}["']?\s{0,4}(?:[:?+]?=|:)\s{0,4})"""
    r"""["']?"""
    rf"""(?:\$\{{\w{{1,60}}:-)?{_ID}(?=["'\s}},;]|$)""",
    re.I,
)
_SAYS = re.compile(r"^\s{0,80}(?:#|@?(?:echo|printf|warn|info|log\w{0,20}|print)\b)")
_LONGEST = 2000


def hands_over(path: str) -> bool:
    """Whether a file is a script, a Makefile or an image that deploys or starts the workload, told by its path."""
    name = path.rpartition("/")[2].lower()
    if _IMAGE.search(name):
        return not _TRIES.search(path)
    if name in _NAMES:
        return True
    return name.endswith(_SHELL) and bool(_DEPLOYS.search(path)) and not _TRIES.search(path)


def given(text: str) -> Iterator[tuple[int, str]]:
    """What is given as a model, with the numbers of the lines."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) <= _LONGEST and not _SAYS.match(line):
            yield from ((number, match[1]) for match in _GIVEN.finditer(line))
