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
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import OURS, Run, once

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
class Read:
    """One run of one tool, and what it asked the account, by the service that requests are signed for."""

    run: Run
    requests: Mapping[str, int]
    failed: int

    def asked(self, services: Sequence[str] = ()) -> int:
        """The requests, of all services or of some."""
        return sum(n for name, n in self.requests.items() if not services or name in services)


def read(command: Sequence[str], url: str) -> Read:
    """Run a tool to its end; whatever its exit code says of the account is no matter here."""
    counted(url)
    run = once(command, {**ENVIRONMENT, "AWS_ENDPOINT_URL": url})
    told = counted(url)
    return Read(run, told["requests"], told["failed"])


def counted(url: str) -> dict[str, Any]:
    """The requests since this was last asked, and how many of them failed."""
    with build_opener(ProxyHandler({})).open(f"{url}/_count") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def median(reads: Sequence[Read]) -> Read:
    """The one with the median wall time."""
    return sorted(reads, key=lambda read: read.run.wall)[len(reads) // 2]


def line(name: str, found: Read, services: Sequence[str] = ()) -> str:
    of_services = f", {found.asked(services)} to the services named" if services else ""
    return f"{name:22} {found.run}  {found.asked()} requests ({found.failed} failed){of_services}"


def ratios(name: str, mine: Read, theirs: Read, services: Sequence[str] = ()) -> str:
    """Of the requests both ways: those to the services named by both, and those against all that the peer made."""
    both = mine.asked(services) / (theirs.asked(services) or 1)
    whole = mine.asked(services) / (theirs.asked() or 1)
    one, other = mine.run, theirs.run
    return (
        f"prodworks / {name:12} wall {one.wall / other.wall:.2f}, CPU {one.cpu / other.cpu:.2f}, memory "
        f"{one.memory / other.memory:.2f}, requests {both:.2f}"
        + (f" ({whole:.2f} of its whole run)" if services else "")
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
    repository = str(options.repository.resolve())
    try:
        with tempfile.TemporaryDirectory() as folder:

            def measured(command: Sequence[str]) -> Read:
                return median([read(command, url) for _ in range(options.runs)])

            reports = [part for name in ("html", "json", "csv") for part in ("-o", f"{name}={folder}/r.{name}")]
            mine = measured([OURS, "audit", repository, "--aws", "--region", HOME, *reports])
            print(line("prodworks", mine))
            if options.prowler:
                for names in (("bedrock",), tuple(SERVICES)):
                    signed = [name for service in names for name in SERVICES[service]]
                    flags = ("-f", HOME, "-M", "csv", "json-ocsf", "html", "-o", f"{folder}/prowler", "--no-banner")
                    theirs = measured([options.prowler, "aws", "--service", *names, *flags])
                    print(line(f"prowler, {len(names)} services", theirs, signed))
                    print(ratios("prowler", mine, theirs, signed))
            if options.cloud_audit:
                theirs = measured([options.cloud_audit, "scan", "-r", HOME, "-f", "html", "-o", f"{folder}/ca.html"])
                print(line("cloud-audit", theirs))
                print(ratios("cloud-audit", mine, theirs))
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
