"""What the commands of the cache do."""

from __future__ import annotations

from prodworks_cli.cache import Cache, cache_folder, user_cache
from prodworks_cli.complaints import UsageError, complain


def show() -> int:
    """Print the folder, the number of entries and their size."""
    folder = cache_folder()
    if folder is None:
        print("no cache: the system names no folder for it; set PRODWORKS_CACHE_DIR")
        return 0
    sizes = [info.st_size for _, info in Cache(folder).entries()]
    state = "" if user_cache() else ", switched off by PRODWORKS_NO_CACHE"
    print(f"{folder}: {len(sizes)} entries, {sum(sizes) / 1e6:.1f} MB{state}")
    return 0


def clear() -> int:
    """Remove the entries."""
    folder = cache_folder()
    if folder is None:
        return complain(UsageError("the system names no folder for a cache; set PRODWORKS_CACHE_DIR"))
    try:
        removed = Cache(folder).clear()
    except OSError as error:
        return complain(error)
    print(f"removed {removed} entries of {folder}")
    return 0
