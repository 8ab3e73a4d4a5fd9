"""The command line of the cache: where it is, how large it is, and how to empty it."""

from __future__ import annotations

import typer

from prodworks_cli.cli_values import Commands


def register(app: typer.Typer) -> None:
    """Add the commands."""
    cache = typer.Typer(
        cls=Commands, help="Show and clear what audits keep to be faster the next time.", no_args_is_help=True
    )
    app.add_typer(cache, name="cache")
    cache.command("show", epilog="Example: prodworks cache show")(show)
    cache.command("clear", epilog="Example: prodworks cache clear")(clear)


def show() -> None:
    """Show the folder of the cache (PRODWORKS_CACHE_DIR chooses another), its entries and their size."""
    from prodworks_cli import cache_commands

    raise typer.Exit(cache_commands.show())


def clear() -> None:
    """Remove all entries. No answer changes; the next audit reads every file."""
    from prodworks_cli import cache_commands

    raise typer.Exit(cache_commands.clear())
