"""Which path filters start an evaluation when a prompt changes."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.workflows import CiWorkflow
from prodworks_cli.schema import attributes_of


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("**",), True),
        (("prompts/**",), True),
        (("docs/**", "src/prompts/*.txt"), True),
        (("docs/**",), False),
        (("docs/model/**", "README.md"), False),
        ((), False),
        (None, False),
    ],
)
def test_a_filter_that_is_decided(paths: Any, expected: bool) -> None:
    assert workflow(paths).evaluates_prompt_changes is expected


@pytest.mark.parametrize("paths", [("**/*.txt",), ("src/**",), ("docs/**", "src/**"), Unknown("elsewhere")])
def test_a_filter_that_may_cover_the_prompts_is_unknown(paths: Any) -> None:
    assert isinstance(workflow(paths).evaluates_prompt_changes, Unknown)


def workflow(paths: Any) -> CiWorkflow:
    cls: Any = CiWorkflow
    stored = dict.fromkeys(name for name, spec in attributes_of(cls).items() if not spec.derived)
    found: CiWorkflow = cls(**{**stored, "evaluation_paths": paths})
    return found
