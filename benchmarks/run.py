"""Speed and memory of prodworks beside checkov, side by side in one run, as ratios.

``python benchmarks/run.py REPOSITORY... [--checkov PATH]``: each tool runs three times on each repository, and the best
run counts. Without repositories it measures the examples. checkov is not a dependency: install it in an environment of
its own and name its program.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of a command, the best of three runs."""
    return min(once(command) for _ in range(3))


def once(command: list[str]) -> tuple[float, float]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="*", type=Path)
    parser.add_argument("--checkov", default="checkov")
    options = parser.parse_args()
    ours = str(Path(sys.executable).parent / "prodworks")
    checkov = options.checkov
    try:
        subprocess.run([checkov, "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        checkov = None
        print("checkov is not installed: our numbers only")
    rows = [("--version", [ours, "--version"], [checkov, "--version"])]
    for path in options.repositories or [ROOT / "examples" / "poc", ROOT / "examples" / "ready"]:
        theirs = [checkov, "-d", str(path), "--quiet", "--compact", "--skip-download"]
        rows.append((path.name, [ours, "audit", str(path), "-q"], theirs))
    print(f"{'':28} {'prodworks':>18} {'checkov':>18} {'time':>8} {'memory':>8}")
    for name, mine, theirs in rows:
        seconds, memory = measure(mine)
        line = f"{name[:28]:28} {seconds:8.2f} s {memory:4.0f} MB"
        if checkov:
            other_seconds, other_memory = measure(theirs)
            line += f" {other_seconds:8.2f} s {other_memory:4.0f} MB"
            line += f" {seconds / other_seconds:8.3f} {memory / other_memory:8.2f}"
        print(line)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


if __name__ == "__main__":
    main()
