"""Globs of kinds mean what they mean to ``fnmatch``."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from prodworks_cli.globs import covers
from prodworks_cli.resources.registry import kinds

GLOBS = (
    "*",
    "aws.*",
    "aws.bedrock.*",
    "repo.model_*",
    "*.guardrail",
    "aws.*.role",
    "aws.iam.rol?",
    "[ar]*",
    "",
    "repo",
)


@pytest.mark.parametrize("glob", [*GLOBS, "aws.iam.role", "knowledge", "state"])
def test_a_glob_covers_what_fnmatch_says(glob: str) -> None:
    names = [*kinds(), "", "aws.", "aws.bedrock.", "aws.bedrock", "knowledge", "aws.bedrock.*", "repo"]
    assert [covers(glob, name) for name in names] == [fnmatchcase(name, glob) for name in names]
