"""How roles and their policies are read from the account: all at once, which spares four calls for each role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, moved
from prodworks_cli.resources.iam import Role

_ALL = Read("iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails")
_KINDS = ["Role", "LocalManagedPolicy"]
# Roles that services make for themselves; nobody can change their policies.
_SERVICE_LINKED = "/aws-service-role/"


def _roles(reader: Reader) -> Iterable[Record]:
    roles = reader.found(_ALL, "RoleDetailList", Filter=_KINDS)
    policies = reader.listing(_ALL, "Policies", Filter=_KINDS)
    documents = {arn: text for p in policies["Policies"].items() if (arn := p["Arn"].text()) and (text := _default(p))}
    kept = (role for role in roles if not (role["Path"].text() or "").startswith(_SERVICE_LINKED))
    return reader.each(kept, lambda role: _role(reader, role, documents))


def _default(policy: Node) -> Node | None:
    """The version of a policy that is in force."""
    versions = policy["PolicyVersionList"].items()
    return next((v for v in versions if v["IsDefaultVersion"].content is True), None)


def _role(reader: Reader, role: Node, documents: Mapping[str, Node]) -> Record | None:
    """The parts of one element under the names of the operations that give them singly."""
    arn = role["Arn"].text()
    if arn is None:
        return None
    place = Location(arn, None, _ALL.name)
    inline, attached = moved(role["RolePolicyList"], place), moved(role["AttachedManagedPolicies"], place)
    names = Node(tuple(policy["PolicyName"] for policy in inline.items()), place)
    return reader.record(
        arn,
        {
            "iam:GetRole": Node({"Role": moved(role, place)}, place),
            "iam:ListAttachedRolePolicies": Node({"AttachedPolicies": Node(attached.items(), place)}, place),
            "iam:ListRolePolicies": Node({"PolicyNames": names}, place),
            "iam:GetRolePolicy": Node(inline.items(), place),
            "iam:GetPolicyVersion": Node(tuple(_documents(attached, documents, place)), place),
        },
    )


def _documents(attached: Node, documents: Mapping[str, Node], place: Location) -> Iterable[Node]:
    """The documents of the account's own policies; AWS's are known by their names."""
    for policy in attached.items():
        arn = policy["PolicyArn"].text() or ""
        if ":iam::aws:policy/" in arn:
            continue
        found = documents.get(arn)
        missing = Node(Unknown(f"the policy {arn} was not among what was read", present=True), place)
        yield Node({"PolicyVersion": moved(found, place)}, place) if found else missing


def _calls_models(role: Role) -> bool | Unknown:
    return role.can_invoke_models or False


COLLECT = (Collector(Role.KIND, (_ALL,), _roles, regional=False, root=_calls_models),)
