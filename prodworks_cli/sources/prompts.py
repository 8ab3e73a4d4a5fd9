"""Prompts kept in the repository: prompt files, prompts in files of settings, and literals in TypeScript and Java.

Those in Python are found by the reader of Python, which knows what reaches a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prodworks_cli.model import Gap
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.prompt_texts import SHORTEST, SPEAKS_TO_MODEL, is_prompt_file, prompt_draft
from prodworks_cli.sources.prompts_in_code import written_prompts
from prodworks_cli.sources.prompts_in_settings import prompts_in_settings
from prodworks_cli.sources.typescript import SUFFIXES


def read(files: Iterable[File], owners: Owners) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Prompts in the production files of ``files``. Their text is measured and dropped."""
    drafts: list[Draft] = []
    for file in files:
        text = file.text if file.part is Part.PRODUCTION else None
        if text is None:
            continue
        if is_prompt_file(file.path) and text.strip():
            drafts.append(prompt_draft(file.path, file.path, 1, "file", text, owners))
        elif file.path.endswith((*SUFFIXES, ".java")):
            drafts += _in_code(file, owners)
        elif file.path.endswith((".yaml", ".yml", ".json")):
            drafts += prompts_in_settings(file, owners)
    return tuple(drafts), ()


def _in_code(file: File, owners: Owners) -> Iterator[Draft]:
    """Texts of TypeScript, JavaScript and Java that speak to a model, or whose place says that they are prompts."""
    used: dict[str, int] = {}
    for found in written_prompts(file):
        if len(found.text) <= SHORTEST or not (found.certain or SPEAKS_TO_MODEL.search(found.text)):
            continue
        used[found.label] = used.get(found.label, 0) + 1
        number = f"#{used[found.label]}" if used[found.label] > 1 else ""
        origin = "file" if found.in_module else "inline"
        yield prompt_draft(f"{file.path}:{found.label}{number}", file.path, found.line, origin, found.text, owners)
