"""A collection of very many files: how long a first audit takes, and one with the cache warm.

``python benchmarks/collection.py DIRECTORY... [--files 50000] [--runs N]``: copies the files that git tracks in the
directories (repositories of different kinds) into a new repository, again and again under other names, until it has so
many files; then audits it with an empty cache, with a warm one, and after one file was changed. The targets for 50,000
files on two free cores are 60 s and 500 MB, and 6 s with the cache warm.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import OURS, best, once
from prodworks_cli.sources.listings import list_tree


def build(directories: list[Path], root: Path, files: int) -> int:
    """Fill ``root``; how many files it has."""
    listings = [(directory, list_tree(directory).pending) for directory in directories]
    made = 0
    for number in count(1):
        for directory, pending in listings:
            for path, place in (item for item in pending if isinstance(item, tuple) and Path(item[1]).is_file()):
                target = root / str(number) / directory.resolve().name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(place, target, follow_symlinks=False)
                made += 1
                if made >= files:
                    return made
        if not made:
            raise SystemExit("the directories hold no files")
    raise AssertionError("count() ends")


def commit(root: Path) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com"]
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "collection", "--no-verify"]):
        subprocess.run([*git, *command], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "collection", {"PRODWORKS_CACHE_DIR": str(Path(folder) / "cache")}
        made = build(options.directories, root, options.files)
        commit(root)
        audit = [OURS, "audit", str(root), "-q"]
        print(f"{made:,} files, made of {', '.join(d.resolve().name for d in options.directories)}")
        print(f"  {'no cache':26} {best([*audit, '--no-cache'], runs=options.runs)}")
        print(f"  {'cache cold':26} {once(audit, cache)}")
        print(f"  {'cache warm':26} {best(audit, cache, options.runs)}")
        changed = next(p for p in sorted(root.rglob("*.py")) if p.is_file())
        changed.write_bytes(changed.read_bytes() + b"\n")
        print(f"  {'after one file changed':26} {once(audit, cache)}")


if __name__ == "__main__":
    main()
