"""Runs of commands with what they took: wall time, CPU time and memory. Shared by the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OURS = str(Path(sys.executable).parent / "prodworks")


@dataclass(frozen=True, order=True)
class Run:
    """Seconds of wall and of CPU (children included), and the largest resident memory of one process in MB."""

    wall: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s {self.cpu:8.2f} s {self.memory:5.0f} MB"


def once(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """One run; its output is dropped. Byte code is kept, as it is for users."""
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**clean, **(environment or {})}, **quiet)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def best(command: Sequence[str], environment: Mapping[str, str] | None = None, runs: int = 3) -> Run:
    """The best of several runs, each number on its own."""
    found = [once(command, environment) for _ in range(runs)]
    return Run(*(min(getattr(run, name) for run in found) for name in ("wall", "cpu", "memory")))
