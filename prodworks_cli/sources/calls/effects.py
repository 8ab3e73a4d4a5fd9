"""What a tool does to the world, as its name or a statement of SQL says it: for the readers of all languages."""

from __future__ import annotations

import re

from prodworks_cli.model import Unknown

NOT_TOLD = Unknown("the effect of the tool cannot be told from its source")
# The effects, strongest first.
ORDER = ("money", "delete", "execute", "message", "write")
SQL = (
    ("delete", re.compile(r"^\s*(?:DELETE|DROP|TRUNCATE)\b", re.IGNORECASE)),
    ("write", re.compile(r"^\s*(?:INSERT|UPDATE|MERGE|ALTER|CREATE)\b", re.IGNORECASE)),
)
# What a tool says of itself by the first word of its name.
_NAMED = tuple(
    (effect, re.compile("|".join(names.split())))
    for effect, names in (
        (
            "read",
            r"""get list search find fetch look lookup query read retrieve describe check calc calculate count
            summari[sz]e analy[sz]e compare convert format validate current weather is show view explain compute detect
            extract classify translate recommend suggest estimate evaluate forecast predict plot render parse web
            knowledge retriev\w* calculator think load identify assess review score rank track monitor verify generate
            research answer""",
        ),
        ("delete", "delete remove drop purge terminate destroy cancel revoke"),
        ("money", "pay refund charge transfer purchase buy withdraw deposit checkout"),
        ("message", "send email mail notify publish message sms tweet alert"),
        ("execute", "run execute exec shell eval invoke deploy python"),
        (
            "write",
            """create update set add book submit place schedule assign close approve modify edit save write insert put
            post open register reserve store upload make change start stop restart enable disable resolve reject
            apply""",
        ),
    )
)
# Names of functions that say nothing about the tool that they stand for.
_NO_NAME = re.compile(r"^_|^(?:invoke|run|call|wrapper|inner|func|tool|handler|execute|main|callback|unnamed)$")


def said(name: str) -> str | Unknown:
    """The effect that a name says: of its first word, or of a later one for ``orders_delete``."""
    if not name or _NO_NAME.search(name):
        return NOT_TOLD
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").split("_")
    for word in (*parts[:1], *parts[-1:], *parts[1:-1]):
        for effect, pattern in _NAMED:
            if pattern.fullmatch(word):
                return effect
    return NOT_TOLD


def strongest(found: set[str], name: str) -> str | Unknown:
    """The effect of code with some effects that runs for a tool of a name."""
    effect = next((e for e in ORDER if e in found), None)
    spoken = said(name)
    if effect == "write" and spoken == "read":
        return Unknown("it is named like a tool that reads, and writes something")
    return effect if effect is not None else spoken
