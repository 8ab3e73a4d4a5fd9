"""What collectors look like: which operations a kind needs, and how they become :class:`Record`s for its adapter.

A :class:`Read` declares one operation, once: the list of all reads is the least-privilege policy, what the session may
send, and which rules need which permission. A collector never sees an error: what could not be read is an ``Unknown``
node, what the service calls "not configured" an absent one, and a listing of subjects that failed becomes a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from prodworks_cli.model import Inventory, Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record


@dataclass(frozen=True)
class Read:
    """One read-only operation of a service.

    ``service`` is the client's name in botocore, ``action`` the IAM action that allows the call. ``absent`` are the
    modelled error codes that mean "not configured". ``shown`` are the names of members that AWS's model marks as
    sensitive and that are needed nevertheless; all others of that mark are masked (see ``sources/account/mask.py``).
    """

    service: str
    operation: str
    action: str
    absent: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The key of the answer in a record: ``bedrock:GetGuardrail``."""
        return f"{self.service}:{self.operation}"


class Reader(Protocol):
    """One account and Region, as the collector of one kind sees it. Equal calls are made once for all collectors."""

    @property
    def account(self) -> str:
        """The account's id."""

    @property
    def region(self) -> str:
        """The Region that is read; for a service without Regions the one that the scan began with."""

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""

    def get(self, read: Read, at: str | None = None, **params: Any) -> Node:
        """The answer of one call. ``at`` is the ARN or name of what it is about, for locations."""

    def listing(self, read: Read, key: str, at: str | None = None, **params: Any) -> Node:
        """The answer of a listing with the elements of ``key`` from all pages; a later page that failed leaves an
        ``Unknown`` as the last element."""

    def found(self, read: Read, key: str, **params: Any) -> Sequence[Node]:
        """The elements of a listing that says which subjects exist. A failure is a gap of the collector's kind."""

    def each(self, items: Iterable[Node], describe: Callable[[Node], Record | None]) -> Iterator[Record]:
        """A record for each element, read in parallel, in the order of the elements; ``None`` leaves it out."""

    def record(self, identity: str, answers: Mapping[Any, Node]) -> Record:
        """A record of the collector's kind, with answers by :class:`Read`. An answer that was cut out of another
        operation's goes by the operation that gives it singly (``iam:GetRole``)."""

    def wanted(self, *names: str | None) -> bool:
        """Whether a resource with one of these names, ids or ARNs belongs to the workload: something read before or
        the repository names it. Only for collectors with ``referenced=True``."""

    def pinned(self, *names: str) -> bool:
        """Whether the repository uses a resource in one version: names and ARNs, each with ``:`` and the version."""


# The kind under which a scope keeps versions that are used: ``<id or ARN>:<version>``.
VERSION = "version"


def always(_: Any) -> bool:
    """What is GenAI by its kind belongs to the workload."""
    return True


def never(_: Any) -> bool:
    """What belongs to the workload only where something names it."""
    return False


@dataclass(frozen=True)
class Collector:
    """How the resources of one kind are found and read, and which of them belong to the workload.

    ``regional`` collectors run once for each Region. ``referenced`` ones run after all others and read only what those
    or the repository name (:meth:`Reader.wanted`): an account's buckets are not all of this workload.

    What is read belongs to the workload if the repository or a resource of the workload names it, if ``root`` does not
    say no to it by itself (a role that can invoke models), or if it stands ``beside`` a resource of the workload (an
    alarm on its function). ``sources`` are kinds that decide about this one without an attribute that leads here.

    A ``first`` collector runs before all others: what it finds tells which resources the repository's became.
    ``needed`` says whether a repository gives any reason to read the kind at all.
    ``home`` is the Region of a service that exists in one only, and whose Region botocore does not know.
    """

    kind: str
    reads: tuple[Read, ...]
    collect: Callable[[Reader], Iterable[Record]]
    regional: bool = True
    referenced: bool = False
    root: Callable[[Any], bool | Unknown] = always
    beside: Callable[[Any], Iterable[Ref]] | None = None
    sources: tuple[str, ...] = ()
    first: bool = False
    needed: Callable[[Inventory], bool] = always
    home: str = ""


def narrowed(read: Read, key: str, element: Node, at: str) -> Node:
    """The answer of a listing with one element: for kinds whose listing already tells all."""
    place = Location(at, None, read.name)
    return Node({key: Node((moved(element, place),), place)}, place)


def moved(node: Node, place: Location) -> Node:
    """The node and all within it at another place."""
    if isinstance(node.content, Mapping):
        return Node({key: moved(value, place) for key, value in node.content.items()}, place)
    if isinstance(node.content, tuple):
        return Node(tuple(moved(element, place) for element in node.content), place)
    return Node(node.content, place)


IDENTITY = Read("sts", "GetCallerIdentity", "sts:GetCallerIdentity")
REGIONS = Read("account", "ListRegions", "account:ListRegions")
TAGGED = Read("resourcegroupstaggingapi", "GetResources", "tag:GetResources")
STACKS = Read("cloudformation", "ListStacks", "cloudformation:ListStacks")
# A stack that is in another Region.
STACK_RESOURCES = Read(
    "cloudformation", "ListStackResources", "cloudformation:ListStackResources", frozenset({"ValidationError"})
)


@dataclass(frozen=True)
class Sign:
    """A cheap call that shows whether a Region has GenAI in use: the member of its answer that is not empty then."""

    read: Read
    member: str
    params: tuple[tuple[str, Any], ...] = ()


SIGNS_OF_USE = (
    Sign(
        Read("cloudwatch", "ListMetrics", "cloudwatch:ListMetrics"),
        "Metrics",
        (("Namespace", "AWS/Bedrock"), ("MetricName", "Invocations")),
    ),
    Sign(Read("bedrock", "ListGuardrails", "bedrock:ListGuardrails"), "guardrails", (("maxResults", 1),)),
    Sign(
        Read("bedrock-agentcore-control", "ListAgentRuntimes", "bedrock-agentcore:ListAgentRuntimes"),
        "agentRuntimes",
        (("maxResults", 1),),
    ),
)
BASE_READS = (IDENTITY, REGIONS, TAGGED, STACK_RESOURCES, *(sign.read for sign in SIGNS_OF_USE))
