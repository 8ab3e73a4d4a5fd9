"""Reading an account beside prowler and cloud-audit, against one moto server, as ratios.

``python benchmarks/peers.py --prowler PROGRAM --cloud-audit PROGRAM``: prowler restricted to the services that
prodworks reads, cloud-audit over the whole account, each run three times, the median counts. Neither is a dependency:
install them in environments of their own, byte-compiled as pip does, and name their programs. Requests are counted by
the server, by the service they are signed for. What moto does not implement it answers with 500, to all alike, and all
of them try again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parent.parent
HOME = "us-east-1"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": HOME,
    "AWS_REGION": HOME,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}
# What prowler calls the services that prodworks reads, and under which names their requests are signed.
SERVICES = {
    "bedrock": ("bedrock", "bedrock-agentcore"),
    "cloudtrail": ("cloudtrail",),
    "cloudwatch": ("logs", "monitoring"),
    "s3": ("s3",),
    "iam": ("iam",),
    "awslambda": ("lambda",),
    "kms": ("kms",),
}


@dataclass(frozen=True)
class Run:
    """One run of one tool."""

    wall: float
    cpu: float
    memory: float
    requests: Mapping[str, int]
    failed: int

    def asked(self, services: Sequence[str] = ()) -> int:
        """The requests, of all services or of some."""
        return sum(n for name, n in self.requests.items() if not services or name in services)


def once(command: Sequence[str], url: str, folder: str) -> Run:
    """Run a tool to its end; whatever its exit code says of the account is no matter here."""
    counted(url)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {**ENVIRONMENT, "AWS_ENDPOINT_URL": url}
    started = time.perf_counter()
    process = subprocess.Popen(
        list(command), env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    told = counted(url)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, told["requests"], told["failed"])


def counted(url: str) -> dict[str, Any]:
    """The requests since this was last asked, and how many of them failed."""
    with build_opener(ProxyHandler({})).open(f"{url}/_count") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def median(runs: Sequence[Run]) -> Run:
    """The run with the median wall time, with the largest memory of all."""
    middle = sorted(runs, key=lambda run: run.wall)[len(runs) // 2]
    memory = statistics.median(run.memory for run in runs)
    return Run(middle.wall, middle.cpu, memory, middle.requests, middle.failed)


def line(name: str, run: Run, services: Sequence[str] = ()) -> str:
    of_services = f" {run.asked(services):5} of them" if services else ""
    return (
        f"{name:24} {run.wall:6.1f} s {run.cpu:6.1f} s CPU {run.memory:5.0f} MB {run.asked():5} requests"
        f" ({run.failed} failed){of_services}"
    )


def ratios(name: str, mine: Run, theirs: Run, services: Sequence[str] = ()) -> str:
    requests = mine.asked(services) / (theirs.asked(services) or 1)
    return (
        f"prodworks / {name:12} wall {mine.wall / theirs.wall:.2f}, CPU {mine.cpu / theirs.cpu:.2f}, "
        f"memory {mine.memory / theirs.memory:.2f}, requests {requests:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prowler")
    parser.add_argument("--cloud-audit")
    parser.add_argument("--repository", type=Path, default=ROOT / "examples" / "poc")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "moto_account.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    ours = str(Path(sys.executable).parent / "prodworks")
    repository = str(options.repository.resolve())
    try:
        with tempfile.TemporaryDirectory() as folder:

            def measured(command: Sequence[str]) -> Run:
                return median([once(command, url, folder) for _ in range(options.runs)])

            reports = ("-o", "html=r.html", "-o", "json=r.json", "-o", "csv=r.csv")
            mine = measured([ours, "audit", repository, "--aws", "--region", HOME, *reports])
            print(line("prodworks", mine))
            if options.prowler:
                for names in (("bedrock",), tuple(SERVICES)):
                    signed = [name for service in names for name in SERVICES[service]]
                    flags = ("-f", HOME, "-M", "csv", "json-ocsf", "html", "-o", "prowler", "--no-banner")
                    theirs = measured([options.prowler, "aws", "--service", *names, *flags])
                    print(line(f"prowler, {len(names)} services", theirs, signed))
                    print(ratios("prowler", mine, theirs, signed))
            if options.cloud_audit:
                theirs = measured([options.cloud_audit, "scan", "-r", HOME, "-f", "html", "-o", "ca.html"])
                print(line("cloud-audit", theirs))
                print(ratios("cloud-audit", mine, theirs))
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
