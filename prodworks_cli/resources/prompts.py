"""Prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class Prompt(Kind):
    """A system prompt or template, wherever it lives.

    ``secrets`` are types of credentials, ``personal_data`` is what numbers of people it holds (of a card, an account,
    social security), and ``hidden_characters`` are code points that nobody sees; none of them is kept.
    """

    KIND = "repo.prompt"

    origin: Text
    path: Text
    tracked: Flag
    length: Number
    owners: Texts
    secrets: Texts
    personal_data: Texts
    hidden_characters: Texts
    managed_prompt: Annotated[Link, To("aws.bedrock.prompt")]
