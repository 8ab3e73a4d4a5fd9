"""How identity pools and the policies of the organization are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader
from prodworks_cli.resources.identity_pools import IdentityPool
from prodworks_cli.resources.organization_policies import OrganizationPolicies

_POOLS = Read("cognito-identity", "ListIdentityPools", "cognito-identity:ListIdentityPools")
_POOL = Read("cognito-identity", "DescribeIdentityPool", "cognito-identity:DescribeIdentityPool")
_ROLES = Read("cognito-identity", "GetIdentityPoolRoles", "cognito-identity:GetIdentityPoolRoles")
_NO_ORGANIZATION = frozenset({"AWSOrganizationsNotInUseException"})
ORGANIZATION = Read(
    "organizations", "DescribeOrganization", "organizations:DescribeOrganization", absent=_NO_ORGANIZATION
)
_ATTACHED = Read("organizations", "ListPoliciesForTarget", "organizations:ListPoliciesForTarget")
_PARENTS = Read("organizations", "ListParents", "organizations:ListParents")
_POLICY = Read("organizations", "DescribePolicy", "organizations:DescribePolicy")
# Units nest five deep under a root.
_STEPS = 7


def _pools(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_POOLS, "IdentityPools", MaxResults=60), lambda pool: _pool(reader, pool))


def _pool(reader: Reader, summary: Node) -> Record | None:
    name = summary["IdentityPoolId"].text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:cognito-identity:{reader.region}:{reader.account}:identitypool/{name}"
    answers = {read: reader.get(read, arn, IdentityPoolId=name) for read in (_POOL, _ROLES)}
    return reader.record(arn, answers)


def _guest(pool: IdentityPool) -> Iterable[Ref]:
    """A pool whose guests get a role of the workload, which can invoke models, belongs to it."""
    return (pool.guest_role,) if isinstance(pool.guest_role, Ref) else ()


def _may_be_ours(pool: IdentityPool) -> bool | Unknown:
    """Not by itself; but a role of guests that could not be read may be one of the workload."""
    return pool.guest_role if isinstance(pool.guest_role, Unknown) and pool.guests_allowed is not False else False


def _policies(reader: Reader) -> Iterable[Record]:
    """The policies of the account and of all above it; none without an organization."""
    identity = f"service-control-policies/{reader.account}"
    organization = reader.get(ORGANIZATION, identity)
    if not organization.present:
        return
    steps: list[Node] = []
    managing = organization.at("Organization", "MasterAccountId").text()
    if managing is not None and managing != reader.account:
        steps = list(_upwards(reader, identity))
    ids = {p["Id"].text(): p for step in steps for p in step["Policies"].items() if p["AwsManaged"].content is not True}
    documents = [reader.get(_POLICY, identity, PolicyId=name) for name in ids if name]
    place = Location(identity, None, _ATTACHED.name)
    answers = {_ATTACHED: Node(tuple(steps), place), _POLICY: Node(tuple(documents), place)}
    yield reader.record(identity, {ORGANIZATION: organization, **answers})


def _upwards(reader: Reader, at: str) -> Iterable[Node]:
    target: str | None = reader.account
    for _ in range(_STEPS):
        if target is None:
            return
        yield reader.listing(_ATTACHED, "Policies", at, TargetId=target, Filter="SERVICE_CONTROL_POLICY")
        if target.startswith("r-"):
            return
        above = reader.listing(_PARENTS, "Parents", at, ChildId=target)
        if above.unknown:
            yield above
        target = next((p["Id"].text() for p in above["Parents"].items()), None)


COLLECT = (
    Collector(
        IdentityPool.KIND, (_POOLS, _POOL, _ROLES), _pools, root=_may_be_ours, beside=_guest, sources=("aws.iam.role",)
    ),
    Collector(OrganizationPolicies.KIND, (ORGANIZATION, _ATTACHED, _PARENTS, _POLICY), _policies, regional=False),
)
