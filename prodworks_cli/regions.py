"""Which Regions are read: those asked for, else those that the config or the repository names, else those in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import wait
from functools import partial
from typing import Any

from prodworks_cli.model import Gap, Inventory, Kind, Plane
from prodworks_cli.resources.collecting import REGIONS, SIGNS_OF_USE, Sign
from prodworks_cli.schema import attributes_of
from prodworks_cli.sources.account.scan import Scan

FALLBACK = "us-east-1"
_NAME = re.compile(
    r"(?<![a-z0-9-])(?:us|eu|ap|ca|sa|me|af|il|mx|cn)(?:-gov|-iso[a-z]?)?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d(?![0-9a-z])"
)
# Where requests may be routed to, and what is allowed, is not where the workload is.
_ELSEWHERE = ("destination_regions", "allowed_regions")


def named_regions(declared: Inventory) -> tuple[str, ...]:
    """The Regions that the code and IaC of a repository name."""
    found: set[str] = set()
    for resource in declared.resources:
        if resource.plane is Plane.DECLARED and resource.kind != "workload":
            found.update(name for text in _texts(resource.value) for name in _NAME.findall(text))
    return tuple(sorted(found))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _texts(element)
    elif isinstance(value, Kind):
        for name, attribute in attributes_of(type(value)).items():  # type: ignore[arg-type]
            if not attribute.derived and name not in _ELSEWHERE:
                yield from _texts(getattr(value, name))


def regions_in_use(scan: Scan, home: str) -> tuple[tuple[str, ...], tuple[Gap, ...]]:
    """The enabled Regions in which a cheap call shows GenAI use, and the home Region where none does.

    Where the Regions cannot be listed only the home Region is read, and a gap says so.
    """
    answer = scan.calls.once(REGIONS, home, {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]}, pages=True)
    if answer.failure:
        reason = answer.failure.reason(REGIONS.name, REGIONS.action)
        action = REGIONS.action if answer.failure.denied else None
        why = f"only {home} was read: {reason}"
        return (home,), (Gap("aws.*", Plane.OBSERVED, "other Regions", why, action=action, minor=True),)
    names = [str(entry["RegionName"]) for entry in (answer.response or {}).get("Regions", ())]
    used = _with_signs(scan, names)
    return tuple(sorted(used)) or (home,), ()


def _with_signs(scan: Scan, names: Sequence[str]) -> set[str]:
    tries = {scan.background(partial(_shows, scan, sign, name)): name for name in names for sign in SIGNS_OF_USE}
    while not scan.clock.stopped and wait(tries, timeout=0.1).not_done:
        continue
    return {name for attempt, name in tries.items() if attempt.done() and attempt.result()}


def _shows(scan: Scan, sign: Sign, region: str) -> bool:
    """Whether the Region has something of the kind; one that does not answer has nothing to show."""
    response = scan.calls.once(sign.read, region, dict(sign.params), pages=False).response
    return bool(response and response.get(sign.member))


def each_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names in order, each once."""
    return tuple(dict.fromkeys(names))
