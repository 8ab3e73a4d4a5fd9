"""Composite alarms: whoever a composite alarm tells, hears of the alarms that its rule names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.cloudwatch import Alarm

# ``OK(...)`` tells of the opposite.
_IN_ALARM = re.compile(r"\bALARM\s*\(\s*[\"']?([^\"')]+)[\"']?\s*\)", re.IGNORECASE)


def with_composites(resources: Sequence[Resource]) -> list[Resource]:
    """The resources, each alarm with the recipients that a composite alarm of its plane has for it."""
    composites = [r for r in resources if isinstance(r.value, Alarm) and r.value.rule is not None]
    return [_told(r, composites) if composites and isinstance(r.value, Alarm) else r for r in resources]


def _told(resource: Resource, composites: Iterable[Resource]) -> Resource:
    alarm = cast(Alarm, resource.value)
    others = [c for c in composites if c is not resource and c.plane is resource.plane]
    reached = [alarm.confirmed_recipients or 0, *(_through(cast(Alarm, c.value), resource) for c in others)]
    best = _best(reached)
    return resource if best == reached[0] else replace(resource, value=replace(alarm, confirmed_recipients=best))


def _through(composite: Alarm, resource: Resource) -> int | float | Unknown:
    """Who hears of the alarm through a composite one."""
    if composite.actions_enabled is False or composite.confirmed_recipients in (0, None):
        return 0
    if isinstance(composite.rule, Unknown):
        return Unknown("a composite alarm may name it: " + composite.rule.reason)
    named = set(_IN_ALARM.findall(composite.rule or ""))
    if named.isdisjoint((resource.identity, *resource.aliases)):
        return 0
    return composite.actions_enabled if isinstance(composite.actions_enabled, Unknown) else _count(composite)


def _count(composite: Alarm) -> int | float | Unknown:
    return 0 if composite.confirmed_recipients is None else composite.confirmed_recipients


def _best(reached: Sequence[int | float | Unknown]) -> int | float | Unknown:
    """The largest number that is known to reach somebody, else what is not known, else none."""
    known = max((n for n in reached if not isinstance(n, Unknown)), default=0)
    unknown = next((n for n in reached if isinstance(n, Unknown)), None)
    return known if known >= 1 or unknown is None else unknown
