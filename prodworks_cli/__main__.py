"""The console script. ``--version`` answers before anything heavy is imported."""

from __future__ import annotations

import sys

from prodworks_cli import __version__


def main() -> None:
    """Run the command line."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"prodworks {__version__}")
        return
    from prodworks_cli.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
