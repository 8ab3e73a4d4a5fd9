"""Write ``evidence.json`` of each example: the inventory that the hand-made answers in ``account.yaml`` give.

Run from the top of the repository: ``python examples/evidence.py``. The answers have the shapes of the AWS API; the
account does not exist and nothing was recorded from one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from prodworks_cli.inventory import dump
from prodworks_cli.model import Location
from prodworks_cli.node import Node, node_of
from prodworks_cli.planes import account_inventory
from prodworks_cli.resources.adapter import Record

EXAMPLES = Path(__file__).parent


def evidence(folder: Path) -> str:
    """The inventory of an example's ``account.yaml`` as JSON text."""
    account: dict[str, Any] = yaml.safe_load((folder / "account.yaml").read_text(encoding="utf-8"))
    records = [_record(entry, str(account["account"]), account["region"]) for entry in account["resources"]]
    return dump(account_inventory(records, account["read_at"], note=account["note"]))


def _record(entry: dict[str, Any], account: str, region: str) -> Record:
    arn = entry["identity"]
    answers = {name: node_of(answer, Location(arn, None, name)) for name, answer in entry["answers"].items()}
    return Record(entry["kind"], arn, account, region, Node(answers, Location(arn)))


if __name__ == "__main__":
    for name in ("poc", "ready"):
        (EXAMPLES / name / "evidence.json").write_text(evidence(EXAMPLES / name), encoding="utf-8")
