"""The words that are looked for before a file is searched for model ids are those that ids begin with."""

from __future__ import annotations

import re

from prodworks_cli.sources.calls import model_ids


def test_each_family_of_models_has_its_provider() -> None:
    written = set(re.findall(r"([a-z0-9]+\\\.)", model_ids._FAMILIES))
    assert {p.replace("\\", "").encode() for p in written} == set(model_ids.PROVIDERS)
