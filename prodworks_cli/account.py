"""The live account as an inventory: which Regions and collectors, and what of it belongs to the workload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prodworks_cli.audit import Errors, Say, now
from prodworks_cli.collect import account_inventory
from prodworks_cli.model import Gap, Inventory, Plane
from prodworks_cli.resources.collecting import IDENTITY, Collector
from prodworks_cli.resources.registry import collectors, reads
from prodworks_cli.sources.account.failures import Failure
from prodworks_cli.sources.account.scan import Caller, Scan
from prodworks_cli.sources.account.session import Access, AccountError, Limits, open_session

FIRST_REGION = "us-east-1"


@dataclass(frozen=True)
class AccountOptions:
    """How to get into the account and what to read of it."""

    access: Access = field(default_factory=Access)
    regions: Sequence[str] = ()
    limits: Limits = field(default_factory=Limits)


def read_account(
    options: AccountOptions,
    declared: Inventory,
    errors: Errors,
    say: Say,
    chosen: Sequence[Collector] | None = None,
) -> Inventory:
    """The observed plane of the account. ``declared`` is what the repository says, for Regions and references.

    Raises :class:`AccountError` when the account cannot be read at all.
    """
    session = open_session(options.access, (read.name for read in reads()))
    regions = list(options.regions) or [session.get_config_variable("region") or FIRST_REGION]
    everything = collectors() if chosen is None else chosen
    scan = Scan(session, options.limits, say, errors.attempt)
    try:
        caller = scan.caller(regions[0])
        if isinstance(caller, Caller):
            say(f"reading account {caller.account} in {', '.join(regions)} as {caller.arn}")
            for referenced in (False, True):
                group = [c for c in everything if c.referenced is referenced]
                scan.run(group, caller, regions, lambda kind, names: True)
    finally:
        scan.close()
    return _inventory(scan, caller, regions)


def _inventory(scan: Scan, caller: Caller | Failure, regions: Sequence[str]) -> Inventory:
    read_at = now().isoformat()
    if isinstance(caller, Failure):
        reason = caller.reason(IDENTITY.name, IDENTITY.action)
        return account_inventory([], read_at, [Gap("aws.*", Plane.OBSERVED, "the account", reason)])
    found = account_inventory(scan.haul.records, read_at, scan.haul.gaps)
    seen = replace(found.scan, accounts=(caller.account,), regions=tuple(sorted(regions)), calls_made=scan.calls.made)
    return replace(found, scan=seen)


__all__ = ["Access", "AccountError", "AccountOptions", "Limits", "read_account"]
