"""Prompts kept in the repository: prompt files, prompts in files of settings, and literals in TypeScript and Java.

Those in Python are found by the reader of Python, which knows what reaches a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prodworks_cli.model import Gap
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.prompt_texts import (
    ASKS,
    SPEAKS_TO_MODEL,
    is_invented,
    is_prompt_file,
    prompt_draft,
    shortest,
)
from prodworks_cli.sources.prompts_in_code import Written, is_named, written_prompts
from prodworks_cli.sources.prompts_in_settings import prompts_in_settings
from prodworks_cli.sources.typescript import SUFFIXES


def read(files: Iterable[File], owners: Owners) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Prompts in the production files of ``files``. Their text is measured and dropped."""
    drafts: list[Draft] = []
    for file in files:
        if file.part is not Part.PRODUCTION or is_invented(file.path):
            continue
        if is_prompt_file(file.path) and (text := file.text or "").strip():
            drafts.append(prompt_draft(file.path, file.path, 1, "file", text, owners))
        elif file.path.endswith((*SUFFIXES, ".java")):
            drafts += _in_code(file, owners)
        elif file.path.endswith((".yaml", ".yml", ".json")):
            drafts += prompts_in_settings(file, owners)
    return tuple(drafts), ()


# A text of this length with places to fill in is no label of a form.
_LONG = 200


def _is_prompt(found: Written) -> bool:
    """The place makes it one, or what it says: to whom, or, where it is called a prompt, what it asks for."""
    if found.certain or SPEAKS_TO_MODEL.search(found.text):
        return True
    filled = len(found.text) > _LONG and "{" in found.text
    return filled and is_named(found.label) and ASKS.search(found.text) is not None


def _in_code(file: File, owners: Owners) -> Iterator[Draft]:
    """Texts of TypeScript, JavaScript and Java that speak to a model, or whose place says that they are prompts."""
    used: dict[str, int] = {}
    for found in written_prompts(file):
        if len(found.text) <= shortest(found.certain, found.text) or not _is_prompt(found):
            continue
        used[found.label] = used.get(found.label, 0) + 1
        number = f"#{used[found.label]}" if used[found.label] > 1 else ""
        origin = "file" if found.in_module else "inline"
        yield prompt_draft(f"{file.path}:{found.label}{number}", file.path, found.line, origin, found.text, owners)
