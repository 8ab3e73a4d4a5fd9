"""Where texts of people and models go: interpreters, pages and logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Link, Text, To


@dataclass(frozen=True)
class OutputSink(Kind):
    """A place where model output reaches an interpreter, renderer, query or path.

    ``sink`` is exec, eval, shell, sql, pickle, template or html.
    """

    KIND = "repo.output_sink"

    sink: Text
    sanitised: Flag
    source: Annotated[Link, To("repo.model_call")]


@dataclass(frozen=True)
class LogStatement(Kind):
    """A log, print or span attribute that carries prompt, completion or retrieved text.

    ``content`` is prompt, completion, retrieved or event. ``emitted`` says whether production writes records of this
    level; only a statement at debug leaves it open.
    """

    KIND = "repo.log_statement"

    content: Text
    level: Text
    masked: Flag
    sink: Text
    emitted: Flag

    @property
    def leaks(self) -> Flag:
        """Whether the text reaches the log as it is."""
        if self.masked is True:
            return False
        if isinstance(self.emitted, Unknown) or self.emitted is False:
            return self.emitted
        return self.masked if isinstance(self.masked, Unknown) else True
