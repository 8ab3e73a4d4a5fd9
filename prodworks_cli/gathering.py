"""What a command works on: the config and the inventory that its options ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from prodworks_cli import audit as spine
from prodworks_cli import inventory as inventories
from prodworks_cli.cache import Cache, user_cache
from prodworks_cli.complaints import UsageError, say
from prodworks_cli.config import Config, load_config, parse_config
from prodworks_cli.model import Inventory
from prodworks_cli.options import AuditOptions
from prodworks_cli.redact import redacted
from prodworks_cli.sources.files import File
from prodworks_cli.sources.given import AssemblyError, with_assemblies
from prodworks_cli.sources.listings import Listing, list_tree
from prodworks_cli.sources.states import with_states


def config_of(options: AuditOptions) -> Config:
    """The config of what is audited. Raises what ``EXPECTED_ERRORS`` lists."""
    if options.inventory:
        if options.config:
            return load_config(Path(), options.config)
        return parse_config(loaded(options.inventory).settings, str(options.inventory))
    if not options.path.exists():
        raise UsageError(f"{options.path}: no such folder; give the path of a repository")
    if not options.path.is_dir():
        raise UsageError(f"{options.path} is a file; give the folder of a repository")
    return load_config(options.path, options.config)


def cache_of(options: AuditOptions) -> Cache | None:
    """The cache, where the options and the environment allow one."""
    return user_cache() if options.cache else None


def collected(options: AuditOptions, config: Config, errors: spine.Errors) -> Inventory:
    """The inventory that the options ask for. Raises what ``EXPECTED_ERRORS`` lists."""
    if options.inventory:
        refuse_beside("--from", options)
        found = loaded(options.inventory)
    else:
        found = read(listing_of(options, config), options, config, errors)
    if options.evidence:
        found = joined(found, loaded(options.evidence))
    if options.account:
        from prodworks_cli.account import read_account

        found = joined(found, read_account(options.account, found, errors, say).inventory)
    return redacted(found) if options.redact else found


def refuse_beside(given: str, options: AuditOptions) -> None:
    """Refuse what is read beside code where something else is audited. Raises ``UsageError``."""
    if flag := options.beside_code:
        raise UsageError(f"{flag} is read together with the repository; give its path instead of {given}")


def joined(found: Inventory, account: Inventory) -> Inventory:
    """What was found, with what another inventory observed in the account."""
    from prodworks_cli.planes import with_account

    return with_account(found, account)


def read(listing: Listing, options: AuditOptions, config: Config, errors: spine.Errors) -> Inventory:
    """What listed files hold, with the plans and state that the options name."""
    listing = replace(listing, plans=tuple(_plan(path, options.path) for path in options.plans))
    found = spine.collect_listing(listing, config.settings(), errors, say, options.unit, cache_of(options))
    return with_states(found, options.path, options.states)


def listing_of(options: AuditOptions, config: Config) -> Listing:
    """The files of the folder, and the cloud assemblies that the options name."""
    try:
        return with_assemblies(list_tree(options.path, config.ignore), options.assemblies)
    except AssemblyError as error:
        raise UsageError(f"--cdk-out {error}") from error


def _plan(path: Path, root: Path) -> File:
    from prodworks_cli.sources.terraform.plan import PlanError, read_plan

    try:
        return read_plan(path, root)
    except PlanError as error:
        raise UsageError(f"--plan {error}") from error


def loaded(path: Path) -> Inventory:
    """An inventory that was written earlier."""
    return inventories.load(path.read_text(encoding="utf-8"))
