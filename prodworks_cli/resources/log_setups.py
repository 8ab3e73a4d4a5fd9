"""How logging of the application is set up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from prodworks_cli.model import Kind
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Parts, otherwise
from prodworks_cli.schema import Draft, Flag, Text, Texts, draft


@dataclass(frozen=True)
class Logging(Kind):
    """One way in which logging is set up: by a framework in code, by a file, or by Lambda's own settings.

    ``level`` is the least that is written: debug, info, warning, error, critical or off. ``structured`` says that
    records are written as JSON. ``masks`` names what is taken out of records before they are written: keys, paths with
    ``*``, or ``text like EMAIL`` where a pattern of that name is replaced in any text. ``logs_event`` says that the
    whole event of each invocation is written. Set-ups that are alike are one.
    """

    KIND = "repo.logging"

    framework: Text
    level: Text
    structured: Flag
    masks: Texts
    logs_event: Flag


_LEVELS: Mapping[str, str] = {"TRACE": "debug", "WARN": "warning", "FATAL": "critical"}
# Where each type keeps Lambda's own settings: the block, the format, and the least level that is let through.
_SETTINGS: Mapping[str, tuple[str, str, str]] = {
    "aws_lambda_function": ("logging_config", "log_format", "application_log_level"),
    "AWS::Lambda::Function": ("LoggingConfig", "LogFormat", "ApplicationLogLevel"),
    "AWS::Serverless::Function": ("LoggingConfig", "LogFormat", "ApplicationLogLevel"),
}
FUNCTIONS = tuple(_SETTINGS)


def least_of(block: Block) -> Node:
    """The least level that Lambda lets a function write, which is set, and INFO by default, only for JSON; absent where
    it lets through everything."""
    name, format_, level = _SETTINGS[block.type]
    settings = next(iter(block.body[name].items()), Node(None, block.body.location))
    if settings[format_].content == "JSON":
        return settings[level] if settings[level].present else Node("INFO", settings.location)
    return Node(settings[format_].unknown, settings.location)


def _of_function(block: Block, _: Declarations) -> Iterator[Draft]:
    """Lambda's own settings, where a function has some."""
    name, format_, _level = _SETTINGS[block.type]
    for settings in (s for s in block.body[name].items() if s[format_].present):
        described = draft(
            Logging,
            settings,
            framework="lambda",
            level=least_of(block).map(lambda text: _LEVELS.get(str(text), str(text).lower())),
            structured=otherwise(settings[format_].map(lambda text: text == "JSON"), False),
            masks=(),
            logs_event=False,
        )
        yield replace(described, identity=f"{block.address} logging")


PARTS: Mapping[str, Parts] = dict.fromkeys(_SETTINGS, _of_function)
