"""Places that read or set a Bedrock API key as a bearer token: whether the key is a long-term one cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.api_keys import ApiKey
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import CODE, suffix_of

_VARIABLE = "AWS_BEARER_TOKEN_BEDROCK"
# Names of AWS's generators of tokens that live for a session.
_GENERATED = re.compile(r"aws[-_]bedrock[-_]token[-_]generator|BedrockTokenGenerator|\bprovide_token\b")
_COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|--|;|<!--)")
_SETS_UP = frozenset((".yaml", ".yml", ".json", ".toml", ".sh", ".env", ".template", ".tfvars"))


def read(files: Iterable[File]) -> tuple[Draft, ...]:
    """One key of unknown kind for each production file that names the variable outside a comment."""
    return tuple(d for file in files if file.part is Part.PRODUCTION for d in _in_file(file))


def _in_file(file: File) -> Iterable[Draft]:
    if not file.holds((_VARIABLE.encode(),)):
        return
    text = file.text or ""
    name = file.path.rpartition("/")[2]
    configures = suffix_of(file.path) in CODE | _SETS_UP or name.startswith((".env", "Dockerfile"))
    if not text or not configures or _GENERATED.search(text):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if _VARIABLE in line and not _COMMENT.match(line):
            yield _key(Location(file.path, number))
            return


def _key(at: Location) -> Draft:
    hidden = Unknown(f"{at.where} takes a bearer token whose kind cannot be seen", present=True)
    described = draft(
        ApiKey, at, user=hidden, status=hidden, created_at=hidden, expires_at=hidden, lifetime_days=hidden
    )
    return replace(described, identity=f"{at.where}:{_VARIABLE}")
