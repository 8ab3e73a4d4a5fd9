"""What the formats for machines have in common: open failures, one by one, each with a file to show it at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from prodworks_cli.fingerprint import fingerprint
from prodworks_cli.render import view
from prodworks_cli.report import InventoryEntry, PlaneEntry, Report, RuleEntry, SubjectEntry

CONFIG_FILE = "prodworks.yaml"
_INFRASTRUCTURE = (".tf", ".tf.json", ".yaml", ".yml", ".json", ".template")


@dataclass(frozen=True)
class Problem:
    """A subject that fails a rule and that nobody accepted; ``subject`` is None where the rule fails as a whole.

    ``path`` is a file of the repository: where the subject is, or else where what is missing should be written.
    """

    rule: RuleEntry
    subject: SubjectEntry | None
    path: str
    line: int
    fingerprint: str

    @property
    def identity(self) -> str:
        """What fails."""
        return self.subject["identity"] if self.subject else self.rule["id"]

    @property
    def text(self) -> str:
        """The problem in one sentence, with what was found and on what."""
        found = next((plane["reason"] for plane in self._failing() if plane["reason"]), self.rule["reason"])
        text = f"{self.rule['gap']}: {found}" if found else self.rule["gap"]
        return f"{text} ({self.identity})" if self.subject else text

    def _failing(self) -> list[PlaneEntry]:
        planes = self.subject["planes"].values() if self.subject else ()
        return [plane for plane in planes if plane["status"] == "fail"]


def problems(report: Report) -> list[Problem]:
    """The open failures of a report, the worst first."""
    files = repository_files(report)
    holder = holding_file(report)
    return [problem for rule in view.group_rules(report).gaps for problem in _problems_of(rule, files, holder)]


def _problems_of(rule: RuleEntry, files: frozenset[str], holder: str) -> Iterator[Problem]:
    failing = [subject for subject in rule["subjects"] if subject["status"] == "fail"]
    for subject in failing:
        where = subject["where"]
        path, line = (where, subject["line"] or 1) if where in files and where else (holder, 1)
        yield Problem(rule, subject, path, max(line, 1), subject["fingerprint"])
    if not failing:
        yield Problem(rule, None, holder, 1, fingerprint(rule["id"], "", "", 0))


def repository_files(report: Report) -> frozenset[str]:
    """The places in the report that are files of the repository: no ARNs, no names of settings, no whole workload."""
    declared = {entry["where"] for entry in report["inventory"] if entry["plane"] == "declared"}
    proven: set[str] = set()
    for rule in report["rules"]:
        for subject in rule["subjects"]:
            proofs = subject["planes"]["declared"]["proofs"] if "declared" in subject["planes"] else []
            proven |= {proof["where"] for proof in proofs if proof["where"] and proof["call"] is None}
    found = declared | (proven - {report["target"]["name"]})
    return frozenset(path for path in found if path and not path.startswith("arn:"))


def holding_file(report: Report) -> str:
    """Where to write what is missing: the file that declares most of the infrastructure, or else the config file."""
    declared = Counter(entry["where"] for entry in report["inventory"] if _is_infrastructure(entry))
    return min(declared, key=lambda path: (-declared[path], path)) if declared else CONFIG_FILE


def _is_infrastructure(entry: InventoryEntry) -> bool:
    service = entry["type"].startswith("aws.")
    return service and entry["plane"] == "declared" and entry["where"].endswith(_INFRASTRUCTURE)


def relative_path(path: str) -> str:
    """A path below the repository's root, whatever the text: no root, no drive, no way up."""
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in ("/", "..", ".", "//")]
    return "/".join(parts) or CONFIG_FILE
