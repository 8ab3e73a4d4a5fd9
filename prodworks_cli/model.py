"""The nouns of prodworks: planes, statuses, three kinds of nothing, resources, proofs and findings. No logic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar


class Plane(StrEnum):
    """Where evidence comes from, weakest first."""

    ATTESTED = "attested"
    DECLARED = "declared"
    OBSERVED = "observed"


class Status(StrEnum):
    """The outcome of a rule for one subject, best to worst."""

    NOT_APPLICABLE = "not-applicable"
    PASS = "pass"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    FAIL = "fail"


@dataclass(frozen=True)
class Unknown:
    """A value that could not be read: denied, throttled, unparsed, or not resolved.

    ``present`` says that the value is known to exist (an id that is known only after deployment); without it the
    value may as well be absent. ``shape`` is the known part of a text, with each unresolved part written as
    ``${...}``: enough to decide that a resource is not ``*``, never to be shown as the value itself. ``blocks`` are the
    addresses of the declared blocks whose attributes the text holds (an ARN put together around that of a function).
    """

    reason: str
    present: bool = False
    shape: str | None = None
    blocks: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Ref:
    """A value that names another resource: its kind and a key (identity, name, id or ARN) to look it up by."""

    kind: str
    key: str


@dataclass(frozen=True, order=True)
class Location:
    """Where a fact was read: a file and line, or an ARN (or account and region) and the API call that gave it."""

    where: str
    line: int | None = None
    call: str | None = None


@dataclass(frozen=True)
class Gap:
    """A listing that failed, so that "there is none" becomes "we cannot say".

    ``kind`` is the kind of resource that may be missing, as a glob (``aws.*`` for an IaC file that does not parse).
    ``action`` is the IAM action to grant, where that is what would help. A ``minor`` gap (a module kept elsewhere, a
    language that is not analysed and names no model) matters only for kinds of which nothing at all was seen. One that
    is ``unrelated`` names no model service: what it hides belongs to a GenAI workload only where there is one.
    """

    kind: str
    plane: Plane
    scope: str
    reason: str
    line: int | None = None
    action: str | None = None
    minor: bool = False
    unrelated: bool = False


class Kind:
    """Base of the frozen dataclasses that hold what is known of one resource; see ``prodworks_cli.resources``.

    ``EVIDENCE`` names, for an attribute that has no place of its own, the attributes from which it follows.
    """

    KIND: ClassVar[str]
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def idle(self) -> str | None:
        """Why the resource is listed but is no subject of any rule (dead code); ``None`` for all others."""
        return None


@dataclass(frozen=True)
class Deployment:
    """What a record of a deployment says that a declared resource became: its names, ids and ARN in the account.

    ``record`` is the stack or the Terraform state that says so, ``region`` where the stack is, or "".
    """

    record: str
    keys: tuple[str, ...]
    region: str = ""


@dataclass(frozen=True)
class Resource:
    """One thing of the workload as one plane shows it.

    ``identity`` joins the planes. ``aliases`` are other keys (name, id, ARN) under which references find it.
    ``locations`` maps a path below ``value`` (``content_filters[0].input_strength``; ``""`` for the whole) to a place.
    ``deployments`` are what stacks and states say that a declared resource became: more than one where a template is
    deployed several times.
    """

    identity: str
    plane: Plane
    value: Kind
    locations: Mapping[str, Location]
    aliases: tuple[str, ...] = ()
    deployments: tuple[Deployment, ...] = ()

    @property
    def kind(self) -> str:
        """The kind's name, such as ``aws.bedrock.guardrail``."""
        return self.value.KIND


@dataclass(frozen=True)
class Skipped:
    """A file that was listed but not judged, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What was looked at: the basis of "what was not seen". ``owners`` maps paths of evidence to their code owners,
    ``account_read_at`` is an ISO 8601 time, ``None`` when no account was read. ``units`` are the folders (``poc-a/``)
    of the workloads of a collection, none for a repository of one workload. ``left_out`` counts by kind what the
    account has besides the workload, and was not judged. ``templates`` are the resources of each CloudFormation
    template, as ``logical id type``: what its stacks are known by."""

    target: str
    commit: str | None = None
    dirty: bool | None = None
    files_read: int = 0
    skipped: tuple[Skipped, ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    calls_made: int = 0
    account_read_at: str | None = None
    note: str | None = None
    units: tuple[str, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    templates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Inventory:
    """All that was collected, what was looked at, and what could not be seen."""

    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...]
    scan: Scan
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """One comparison that the engine made: the unit of explanation. ``actual`` is safe to print."""

    path: str
    operator: str
    expected: Any
    actual: str
    location: Location | None = None


@dataclass(frozen=True)
class Verdict:
    """What one plane says about one rule and one subject."""

    status: Status
    reason: str
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A rule judged for one subject on each plane that shows it."""

    rule: str
    identity: str
    kind: str
    verdicts: Mapping[Plane, Verdict]

    @cached_property
    def status(self) -> Status:
        """The most direct plane that knows decides: observed, then declared, then attested."""
        for plane in (Plane.OBSERVED, Plane.DECLARED, Plane.ATTESTED):
            verdict = self.verdicts.get(plane)
            if verdict and verdict.status in (Status.PASS, Status.FAIL):
                return verdict.status
        known = {v.status for v in self.verdicts.values()}
        return Status.UNKNOWN if Status.UNKNOWN in known else Status.NOT_APPLICABLE

    @property
    def drifted(self) -> bool:
        """The repository and the account disagree."""
        shown = {v.status for p, v in self.verdicts.items() if p is not Plane.ATTESTED}
        return {Status.PASS, Status.FAIL} <= shown
