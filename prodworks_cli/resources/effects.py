"""What an action does to the world, by its name and description: it reads, writes, deletes, pays, sends, executes."""

from __future__ import annotations

import re

from prodworks_cli.lazy import regex

# What a tool says of itself by a word of its name.
_NAMED = tuple(
    (effect, regex("|".join(names.split())))
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
_NO_NAME = regex(r"^_|^(?:invoke|run|call|wrapper|inner|func|tool|handler|execute|main)$")
_WORD = regex(r"[A-Za-z]+")
# Verbs stand early in a description: "Creates a claim", "This function will send a reminder".
_EARLY = 8


def named_effect(name: str) -> str | None:
    """The effect that a name says: of its first word, or of a later one for ``orders_delete``."""
    if _NO_NAME.search(name):
        return None
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_").split("_")
    return _first((*words[:1], *words[-1:], *words[1:-1]))


def described_effect(text: str) -> str | None:
    """The effect that the first verb of a description says, in the base form or that of a third person."""
    words = [word.lower() for word in _WORD.findall(text[:400])[:_EARLY]]
    return _first([form for word in words for form in _forms(word)])


def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("ies"):
        return word, f"{word[:-3]}y"
    return (word, word[:-1], word[:-2]) if word.endswith("es") else (word, word.removesuffix("s"))


def _first(words: tuple[str, ...] | list[str]) -> str | None:
    found = (effect for word in words for effect, pattern in _NAMED if pattern.fullmatch(word))
    return next(found, None)
