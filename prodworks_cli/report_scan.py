"""What the report says of the audit itself: the program, what was read, what was found and what is deployed."""

# Annotations are no texts here: of a text, each class would have to be compiled anew for every field.

from typing import NotRequired, TypedDict

from prodworks_cli.report_terms import DeploymentState, Grade, VerdictValue


class Tool(TypedDict):
    """The program that wrote the report."""

    name: str
    version: str


class Pack(TypedDict):
    """The rules that judged: their version and the digest of all rule files."""

    id: str
    sha256: str


class UnitEntry(TypedDict):
    """One workload of a collection, by the folder it lies in, scored as if it were alone."""

    name: str
    model_calls: int
    score: int
    grade: Grade
    verdict: VerdictValue


class Target(TypedDict):
    """What was audited. ``units`` are the workloads of a collection; a repository of one workload has none.

    ``environment`` is the one that the config names.
    """

    name: str
    commit: str | None
    dirty: bool | None
    units: list[UnitEntry]
    accounts: list[str]
    regions: list[str]
    environment: NotRequired[str]


class SkippedFile(TypedDict):
    """A file that was listed but not read, or did not parse."""

    path: str
    reason: str


class Files(TypedDict):
    """How many files were read, and which were not."""

    read: int
    skipped: list[SkippedFile]
    failed: list[SkippedFile]


class GapEntry(TypedDict):
    """Something that could not be seen. ``action`` is the IAM action to grant, where that helps."""

    type: str
    plane: str
    scope: str
    line: int | None
    reason: str
    action: str | None


class Denied(TypedDict):
    """A read that the account refused: the IAM action to grant, where, and the rules that need it."""

    action: str
    region: str
    rules: list[str]


class Calls(TypedDict):
    """The calls to the account: how many answered for, and which were refused."""

    made: int
    denied: list[Denied]


class ScanEntry(TypedDict):
    """What was looked at, and what could not be. ``account_read_at`` is an ISO 8601 time, None without an account.

    ``left_out`` counts by kind what the account has besides the workload, and was not judged.
    """

    files: Files
    calls: Calls
    account_read_at: str | None
    note: str | None
    left_out: NotRequired[dict[str, int]]
    gaps: list[GapEntry]


class InventoryEntry(TypedDict):
    """One resource that was found, for the list of what the workload consists of."""

    type: str
    identity: str
    plane: str
    where: str
    line: int | None
    summary: str


class PlaceEntry(TypedDict):
    """A file with its line, or an ARN with the call that showed it."""

    where: str
    line: int | None
    call: str | None


class DifferenceEntry(TypedDict):
    """One setting that the account has otherwise than the repository declares it, with both places."""

    attribute: str
    declared: str
    deployed: str
    declared_at: PlaceEntry
    deployed_at: PlaceEntry


class DeploymentEntry(TypedDict):
    """A resource of AWS as declared and as deployed; a ``missing`` one is only named, and not in the account.

    ``by`` says how the two were told to be one: a stack, a state, a name. ``reason`` says why it is not known, or where
    it was looked for.
    """

    type: str
    identity: str
    state: DeploymentState
    by: str
    reason: str
    declared: PlaceEntry | None
    deployed: PlaceEntry | None
    differences: list[DifferenceEntry]
