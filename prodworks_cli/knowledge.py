"""What prodworks knows without asking: lifecycle, limits and prices of models, and the Regions of geographies.

What is known of models comes from ``data/models.yaml``, each row with its source and date. It stands in where no
account says it, and grows old; see ``stale``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from prodworks_cli.model import Unknown

DATA = Path(__file__).resolve().parent / "data" / "models.yaml"
OLD_AFTER_DAYS = 90
_CHECKED = "checked:"

# Regions of each geography of a cross-Region inference profile, as in the Amazon Bedrock user guide.
GEOGRAPHIES: Mapping[str, tuple[str, ...]] = {
    "us": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    "us-gov": ("us-gov-east-1", "us-gov-west-1"),
    "ca": ("ca-central-1", "ca-west-1"),
    "eu": (
        "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
    ),
    "jp": ("ap-northeast-1", "ap-northeast-3"),
    "au": ("ap-southeast-2", "ap-southeast-4"),
    "apac": (
        "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
        "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
        "ap-southeast-7",
    ),
}  # fmt: skip
ANYWHERE = "global"

# Attribute of a model's reference, and the table and column that tell it.
SIZE_AND_PRICE: Mapping[str, tuple[str, str]] = {
    "context_tokens": ("limits", "context"),
    "answer_tokens": ("limits", "output"),
    "input_price": ("prices", "input"),
    "output_price": ("prices", "output"),
}

# ``anthropic.claude-3-haiku-20240307-v1:0:200k`` is the same model with another context length.
_CONTEXT = re.compile(r":(?:\d+k|mm)$")


@dataclass(frozen=True)
class Lifecycle:
    """A row of the list: ``legacy`` and ``end_of_life`` are dates, or ``None`` where none was announced."""

    legacy: date | None
    end_of_life: date | None

    def status(self, today: date) -> str:
        """ACTIVE, LEGACY or RETIRED on a day."""
        if self.end_of_life and self.end_of_life <= today:
            return "RETIRED"
        return "LEGACY" if self.legacy and self.legacy <= today else "ACTIVE"

    def days_left(self, today: date) -> int | None:
        """Days until the announced end, negative after it; ``None`` where no end was announced."""
        return (self.end_of_life - today).days if self.end_of_life else None


@cache
def _document() -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: Mapping[str, Any] = yaml.load(DATA.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return loaded


@cache
def _lifecycles() -> Mapping[str, Lifecycle]:
    return {row["id"]: Lifecycle(row.get("legacy"), row.get("end_of_life")) for row in _document()["models"]}


@cache
def checked() -> date:
    """The day on which the list was last compared with its sources. Every audit asks for it, most for nothing else."""
    with DATA.open(encoding="utf-8") as lines:
        said = next(line for line in lines if line.startswith(_CHECKED))
    return date.fromisoformat(said.removeprefix(_CHECKED).strip())


def lifecycle(base_model_id: str) -> Lifecycle | Unknown:
    """What the list says of a model, named without a geography."""
    found = _lifecycles().get(base_model_id) or _lifecycles().get(_CONTEXT.sub("", base_model_id))
    return found or Unknown(f"{base_model_id} is not in the list of models that was checked on {checked()}")


def _row(table: str, base_model_id: str) -> Mapping[str, Any]:
    rows = _rows(table)
    return rows.get(base_model_id) or rows.get(_CONTEXT.sub("", base_model_id)) or {}


@cache
def _rows(table: str) -> Mapping[str, Mapping[str, Any]]:
    return {row["id"]: row for row in _document()[table]}


def size_and_price(base_model_id: str) -> Mapping[str, float | Unknown]:
    """Tokens that a request and an answer can hold, and the list prices of a million tokens in USD, where known."""
    unlisted = Unknown(f"{base_model_id} is not in the list of models that was checked on {checked()}", present=True)
    return {name: _row(table, base_model_id).get(column, unlisted) for name, (table, column) in SIZE_AND_PRICE.items()}


def stale(today: date) -> str | None:
    """The announcement that the list is old, or ``None``."""
    age = (today - checked()).days
    if age <= OLD_AFTER_DAYS:
        return None
    return f"the list of model lifecycles is {age} days old (checked on {checked()}); a newer prodworks may know more"


def outside(regions: Iterable[str | Unknown] | Unknown | None, allowed: Iterable[str]) -> tuple[str | Unknown, ...]:
    """Those of ``regions`` (or whole geographies) that ``allowed`` does not cover; unknown where it covers a part.

    ``allowed`` holds Regions and geographies (``eu``, ``us``); ``global`` allows every Region.
    """
    permitted = set(allowed)
    if ANYWHERE in permitted:
        return ()
    named = {region for name in permitted for region in GEOGRAPHIES.get(name, (name,))}
    listed = (regions,) if isinstance(regions, Unknown) else tuple(regions or ())
    return tuple(found for region in listed if (found := _outside(region, permitted, named)) is not None)


def _outside(region: str | Unknown, permitted: set[str], named: set[str]) -> str | Unknown | None:
    if isinstance(region, Unknown):
        return region
    members = set(GEOGRAPHIES.get(region, (region,)))
    if region in permitted or (region != ANYWHERE and members <= named):
        return None
    if members & named:
        return Unknown(f"which Regions of {region} serve this profile is known to the account only", present=True)
    return region
