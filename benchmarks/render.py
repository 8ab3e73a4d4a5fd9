"""How long each format takes on 500 and 2,000 findings, and how large it gets.

``python benchmarks/render.py``: the best of five runs, without starting Python. Imports happen before the first run.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from prodworks_cli.render import RENDERERS, Renderer
from prodworks_cli.report import Report
from tests.render import samples

CASES = ((50, 10), (500, 1), (100, 20))  # rules, and subjects of each
RUNS = 5


def once(render: Renderer, report: Report) -> float:
    started = time.perf_counter()
    render(report)
    return time.perf_counter() - started


def main() -> None:
    for rules, subjects in CASES:
        report = samples.large(rules, subjects)
        print(f"{rules} rules, {rules * subjects:,} subjects")
        for form, render in RENDERERS.items():
            size = len(render(report).encode())
            seconds = min(once(render, report) for _ in range(RUNS))
            print(f"  {form:12} {size / 1000:10,.0f} kB {seconds:8.3f} s")


if __name__ == "__main__":
    main()
