"""Speed and memory of prodworks beside checkov, and beside merely reading and parsing, in one run, as ratios.

``python benchmarks/run.py REPOSITORY... [--checkov PATH] [--runs N]``: each tool runs several times on each repository,
and the best numbers count. prodworks runs without its cache, and with it when it is warm. Without repositories it
measures the examples. checkov is not a dependency: install it in an environment of its own and name its program.

On a busy machine the ratios of CPU time say more than those of wall time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import OURS, Run, best, once

ROOT = Path(__file__).resolve().parent.parent
PARSE = str(Path(__file__).with_name("parse.py"))


def checkov_of(wanted: str) -> str | None:
    try:
        subprocess.run([wanted, "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        print("checkov is not installed: our numbers only")
        return None
    return wanted


def line(name: str, run: Run, beside: Run | None = None) -> str:
    ratios = (
        f"{run.wall / beside.wall:8.3f} {run.cpu / beside.cpu:8.3f} {run.memory / beside.memory:8.2f}" if beside else ""
    )
    return f"  {name:26} {run} {ratios}"


def repository(path: Path, checkov: str | None, runs: int) -> None:
    print(path.name)
    audit = [OURS, "audit", str(path), "-q"]
    theirs = best([checkov, "-d", str(path), "--quiet", "--compact", "--skip-download"], runs=runs) if checkov else None
    if theirs:
        print(line("checkov", theirs))
    print(line("reading and parsing", best([sys.executable, PARSE, str(path)], runs=runs), theirs))
    with tempfile.TemporaryDirectory() as folder:
        print(line("prodworks, no cache", best([*audit, "--no-cache"], runs=runs), theirs))
        warm = {"PRODWORKS_CACHE_DIR": folder}
        once(audit, warm)
        print(line("prodworks, cache warm", best(audit, warm, runs), theirs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="*", type=Path)
    parser.add_argument("--checkov", default="checkov")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    checkov = checkov_of(options.checkov)
    print(f"{'':28} {'wall':>10} {'CPU':>10} {'memory':>8}  as a share of checkov's")
    print(line("prodworks --version", best([OURS, "--version"], runs=options.runs)))
    for path in options.repositories or [ROOT / "examples" / "poc", ROOT / "examples" / "ready"]:
        repository(path, checkov, options.runs)


if __name__ == "__main__":
    main()
