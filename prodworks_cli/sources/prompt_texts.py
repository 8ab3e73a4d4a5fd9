"""What makes a text a prompt, in files and in code of every language: its name, its place, and whom it speaks to."""

from __future__ import annotations

import re
from dataclasses import replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location
from prodworks_cli.resources.prompts import Prompt
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.personal_data import kinds_in
from prodworks_cli.sources.secrets import types_in

SHORTEST = 80
"""Characters; a shorter literal is a label or a fragment."""
SHORTEST_CERTAIN = 24
"""Characters of a text in a place that takes nothing but prompts, and that tells a model what to be or to do."""
FILE_SUFFIXES = (".txt", ".md", ".yaml", ".yml", ".jinja", ".jinja2", ".j2", ".prompt", ".xml", ".tmpl")
PROMPT_FOLDERS = frozenset(("prompts", "prompt", "prompt_templates", "prompt-templates", "system_prompts"))
_SYSTEM_FILE = regex(r"system[_-]?prompt[^/]*\.(txt|md|j2|jinja2?|xml)$")
_NOT_PROMPTS = regex(r"^(readme|index|requirements|changelog)\b|^_")
# A template is a prompt when it speaks to a model.
SPEAKS_TO_MODEL = regex(
    r"\b(?:you are (?:an?|the)\b|your (?:task|role|job)\b|assistant\b|answer the|as an ai\b|respond (?:in|with|only))"
    r"|<(?:context|instructions?)>|\bHuman:",
    re.I,
)
ASKS = regex(
    r"\b(?:following|below|above|based on|summari[sz]e|extract|analy[sz]e|evaluate|compare|identify|classify|translate"
    r"|generate|rewrite|rephrase|please|do not|json|context|question|provide|act as)\b",
    re.I,
)
"""What a request asks for, in words; a text that is led to a model, or is called a prompt, is one when it does."""
_TELLS = regex(
    r"\byou are (?:an?|the)\b|\b(?:answer|respond|reply|translate|summari[sz]e|please|do not|act as)\b", re.I
)
_FILLED = regex(r"\{[^}]*\}")
_INVENTED = regex(
    r"(?:^|/)(?:seed(?:s|er|ers)?|fixtures?|(?:__)?mocks?(?:__)?|cassettes|snapshots)/|[-_.]fixtures?\.\w+$", re.I
)
# Marks of direction are normal beside Hebrew and Arabic.
_RIGHT_TO_LEFT = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DIRECTIONS = frozenset("\u200e\u200f")
_HIDDEN = regex("[\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\U000e0000-\U000e007f]")


def is_prompt_file(path: str) -> bool:
    """A text that is a prompt by its folder, name or extension."""
    *folders, name = path.lower().split("/")
    if name.endswith((".prompt", ".agent.md")) or _SYSTEM_FILE.search(name):
        return True
    in_folder = not PROMPT_FOLDERS.isdisjoint(folders) and suffix_of(name) in FILE_SUFFIXES
    return in_folder and not _NOT_PROMPTS.search(name)


def is_invented(path: str) -> bool:
    """A file of made-up records, whose prompts are data that a demonstration shows."""
    return bool(_INVENTED.search(path))


def shortest(certain: bool, text: str) -> int:
    """How long a prompt must be; a place that takes nothing but prompts makes a short one a prompt as well."""
    return SHORTEST_CERTAIN if certain and _TELLS.search(_FILLED.sub("", text)) else SHORTEST


def hidden_characters(text: str) -> tuple[str, ...]:
    """Code points that a reviewer does not see (``U+200B``): zero width, bidirectional control, tag characters.

    Zero-width joiners are left out: they are normal in emoji and in Indic and Persian text. So are the tag characters
    of a flag emoji, and marks of direction in a text that is written from right to left.
    """
    visible = re.sub("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f", "", text)
    found = set(_HIDDEN.findall(visible))
    if found & _DIRECTIONS and _RIGHT_TO_LEFT.search(visible):
        found -= _DIRECTIONS
    return tuple(sorted(f"U+{ord(c):04X}" for c in found))


def prompt_draft(identity: str, path: str, line: int, origin: str, text: str, owners: Owners) -> Draft:
    """A prompt; its text is measured and dropped."""
    described = draft(
        Prompt,
        Location(path, line),
        origin=origin,
        path=path,
        tracked=True,
        length=len(text),
        owners=owners.of(path),
        secrets=types_in(text),
        personal_data=kinds_in(text),
        hidden_characters=hidden_characters(text),
        managed_prompt=None,
    )
    return replace(described, identity=identity)
