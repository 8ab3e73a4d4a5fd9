"""The doctor: what of an account can be read, what cannot and why, and which rules that leaves undecided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prodworks_cli.account import Reading
from prodworks_cli.resources.collecting import Read
from prodworks_cli.sources.account.scan import Caller


@dataclass(frozen=True)
class Reach:
    """One operation in one Region: how often it answered, and the first failure."""

    service: str
    operation: str
    action: str
    region: str
    answered: int
    failed: int
    code: str | None
    denied: bool

    @property
    def tried(self) -> int:
        """How often it was called."""
        return self.answered + self.failed


@dataclass(frozen=True)
class Diagnosis:
    """All that a doctor says."""

    account: str | None
    identity: str | None
    problem: str | None
    regions: tuple[str, ...]
    reached: tuple[Reach, ...]
    missing: Mapping[str, Sequence[str]]
    unread: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether everything that was tried could be read."""
        return self.problem is None and not any(r.failed for r in self.reached)


def diagnose(reading: Reading, reads: Iterable[Read], rules: Mapping[str, Sequence[str]]) -> Diagnosis:
    """What a reading showed. ``rules`` are the ids of the rules that need an IAM action."""
    by_name = {read.name: read for read in reads}
    reached = tuple(
        Reach(
            by_name[name].service,
            by_name[name].operation,
            by_name[name].action,
            region,
            tally.answered,
            tally.failed,
            tally.first.code if tally.first else None,
            bool(tally.first and tally.first.denied),
        )
        for (name, region), tally in sorted(reading.scan.calls.tallies.items())
        if name in by_name
    )
    tried = {f"{r.service}:{r.operation}" for r in reached}
    denied = sorted({r.action for r in reached if r.denied})
    caller = reading.caller
    who = caller if isinstance(caller, Caller) else None
    return Diagnosis(
        account=who.account if who else None,
        identity=who.arn if who else None,
        problem=None if isinstance(caller, Caller) else f"{caller.code} {caller.detail}".strip(),
        regions=reading.regions,
        reached=reached,
        missing={action: list(rules.get(action, ())) for action in denied},
        unread=tuple(sorted(name for name in by_name if name not in tried)),
    )


def plain(diagnosis: Diagnosis) -> dict[str, Any]:
    """For ``--format json``."""
    return {**asdict(diagnosis), "healthy": diagnosis.healthy}


def lines(diagnosis: Diagnosis) -> list[str]:
    """For people: who, what is reachable in each service and Region, what to grant and for which rules."""
    out = [f"account   {diagnosis.account or 'not known'}", f"identity  {diagnosis.identity or 'not known'}"]
    if diagnosis.problem:
        out.append(f"problem   {diagnosis.problem}")
    out += [f"regions   {', '.join(diagnosis.regions) or 'none'}", ""]
    out += _table(diagnosis.reached)
    if diagnosis.missing:
        out += ["", "Permissions to grant, and the rules that are undecided without them"]
        out += [f"  {action}: {', '.join(ids) or 'no rule yet'}" for action, ids in diagnosis.missing.items()]
    others = [r for r in diagnosis.reached if r.failed and not r.denied]
    if others:
        out += ["", "Not readable for another reason"]
        out += [f"  {r.service}:{r.operation} in {r.region}: {r.code}, {r.failed} of {r.tried}" for r in others]
    if diagnosis.unread:
        out += ["", f"Not tried, since nothing led there: {', '.join(diagnosis.unread)}"]
    return [*out, "", "everything that was tried can be read" if diagnosis.healthy else "not everything can be read"]


def _table(reached: Sequence[Reach]) -> list[str]:
    """A line for each service, a column for each Region."""
    regions = sorted({r.region for r in reached})
    services = sorted({r.service for r in reached})
    width = max((len(s) for s in services), default=7) + 2
    rows = ["service".ljust(width) + "".join(region.ljust(20) for region in regions)]
    for service in services:
        cells = [_cell([r for r in reached if (r.service, r.region) == (service, region)]) for region in regions]
        rows.append(service.ljust(width) + "".join(cell.ljust(20) for cell in cells))
    return [row.rstrip() for row in rows]


def _cell(reached: Sequence[Reach]) -> str:
    answered, failed = sum(r.answered for r in reached), sum(r.failed for r in reached)
    parts = ([f"{answered} read"] if answered else []) + ([f"{failed} not"] if failed else [])
    return ", ".join(parts) or "-"
