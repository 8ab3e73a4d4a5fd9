"""The live account as an inventory: which Regions and collectors, and what of it belongs to the workload."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from prodworks_cli.audit import Errors, Say, now
from prodworks_cli.deployments import with_stacks
from prodworks_cli.model import Gap, Inventory, Plane, Resource, Scan
from prodworks_cli.narrowing import narrowing_of
from prodworks_cli.planes import inventory_of_account, observed, resource_of
from prodworks_cli.regions import FALLBACK, each_once, named_regions, regions_in_use
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import IDENTITY, Collector
from prodworks_cli.resources.registry import collectors, observed_adapters, reads
from prodworks_cli.scope import scope_of
from prodworks_cli.sources.account.failures import Failure
from prodworks_cli.sources.account.scan import Caller
from prodworks_cli.sources.account.scan import Scan as AccountScan
from prodworks_cli.sources.account.session import Access, AccountError, Limits, open_session
from prodworks_cli.unreached import unreached

# References lead from functions to log groups to keys; each round follows them one step.
_ROUNDS = 5


@dataclass(frozen=True)
class AccountOptions:
    """How to get into the account and what to read of it."""

    access: Access = field(default_factory=Access)
    regions: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Reading:
    """One reading of an account: the inventory, and what a doctor wants to know."""

    inventory: Inventory
    caller: Caller | Failure
    regions: tuple[str, ...]
    scan: AccountScan


def read_account(
    options: AccountOptions,
    declared: Inventory,
    errors: Errors,
    say: Say,
    chosen: Sequence[Collector] | None = None,
) -> Reading:
    """The observed plane of the account. ``declared`` is what the repository says, for Regions and references.

    Raises :class:`AccountError` when the account cannot be read at all.
    """
    session = open_session(options.access, (read.name for read in reads()))
    home = session.get_config_variable("region") or FALLBACK
    scan = AccountScan(session, options.limits, say, errors.attempt)
    try:
        asked = each_once((*options.regions, *(() if options.regions else declared.settings.get("regions", ()))))
        caller = scan.caller((asked or (home,))[0])
        if isinstance(caller, Failure):
            return Reading(_unread(caller), caller, asked, scan)
        regions = asked or named_regions(declared)
        gaps: tuple[Gap, ...] = ()
        if not regions:
            say("looking for the Regions in use")
            regions, gaps = regions_in_use(scan, home)
        say(f"reading account {caller.account} in {', '.join(regions)} as {caller.arn}")
        wanted = [c for c in collectors() if c.needed(declared)] if chosen is None else chosen
        found = _gathered(scan, caller, regions, declared, wanted, errors)
        collected = {c.kind for c in collectors()}
        unread = not_collected(caller.account, observed_adapters(), collected) if chosen is None else []
        seen = replace(found, gaps=(*found.gaps, *gaps, *unread))
        return Reading(seen, caller, regions, scan)
    finally:
        scan.close()


def _unread(failure: Failure) -> Inventory:
    """An account of which nothing could be read."""
    reason = failure.reason(IDENTITY.name, IDENTITY.action)
    action = IDENTITY.action if failure.denied else None
    gap = Gap("aws.*", Plane.OBSERVED, "the account", reason, action=action)
    return inventory_of_account([], [gap], Scan("account", account_read_at=now().isoformat()))


def _gathered(
    scan: AccountScan,
    caller: Caller,
    regions: tuple[str, ...],
    declared: Inventory,
    chosen: Sequence[Collector],
    errors: Errors,
) -> Inventory:
    """Roots first, then what they reference, round by round until nothing new is named."""
    narrowing, gaps = narrowing_of(declared.settings.get("scope") or {}, scan, caller, regions)
    scope = scope_of(declared, chosen, narrowing)
    adapted = _Adapted(errors)
    scan.run([c for c in chosen if c.first], caller, regions, scope.wanted)
    scope.add_deployed(with_stacks([*declared.resources, *adapted.all(scan.haul.records)], declared.scan.templates))
    scan.run([c for c in chosen if not c.referenced and not c.first], caller, regions, scope.wanted)
    kept = scope.members(adapted.all(scan.haul.records))
    for _ in range(_ROUNDS):
        known = scope.size
        scan.run([c for c in chosen if c.referenced], caller, regions, scope.wanted)
        kept = scope.members(adapted.all(scan.haul.records))
        if scope.size == known or scan.clock.stopped:
            break
    looked_at = Scan(
        "account",
        accounts=(caller.account,),
        regions=tuple(sorted(regions)),
        calls_made=scan.calls.made,
        account_read_at=now().isoformat(),
        left_out=scope.left_out(adapted.all(scan.haul.records), kept),
    )
    seen = [*scan.haul.gaps, *adapted.gaps, *gaps]
    return inventory_of_account(kept, [*seen, *unreached(chosen, kept, seen, caller.account)], looked_at)


def not_collected(account: str, shown: Collection[str], collected: Collection[str]) -> list[Gap]:
    """Kinds that only evidence files can show so far: their absence from a scan says nothing."""
    kinds = sorted(set(shown) - set(collected))
    return [Gap(kind, Plane.OBSERVED, account, "not read from a live account yet") for kind in kinds]


class _Adapted:
    """Records as resources, each adapted once; an adapter that crashes leaves a gap of its kind."""

    def __init__(self, errors: Errors) -> None:
        self._errors = errors
        self._resources: dict[int, tuple[Record, Sequence[Resource]]] = {}
        self.gaps: list[Gap] = []

    def all(self, records: Sequence[Record]) -> list[Resource]:
        """The resources of all records."""
        return [resource for record in list(records) for resource in self._one(record)]

    def _one(self, record: Record) -> Sequence[Resource]:
        if id(record) not in self._resources:
            what = f"the adapter of {record.identity}"
            found, crashes = self._errors.attempt(
                what, lambda: ([resource_of(d, Plane.OBSERVED) for d in observed([record])], ())
            )
            self.gaps += [replace(g, kind=record.kind, plane=Plane.OBSERVED) for g in crashes]
            self._resources[id(record)] = (record, found)
        return self._resources[id(record)][1]


__all__ = ["Access", "AccountError", "AccountOptions", "Limits", "Reading", "read_account"]
