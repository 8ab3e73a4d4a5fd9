"""Who may read or write a vector store: data access policies of OpenSearch Serverless, and resource policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.lazy import regex
from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Declarations, Node, Reference
from prodworks_cli.resources.adapter import some
from prodworks_cli.resources.iam_policies import statement_nodes
from prodworks_cli.schema import Drafted, Flag, Item, Links, Texts, To, draft

# A principal that is everybody: anybody at all, an account, or every role or user of one.
_EVERYBODY = regex(r"^\*$|^\d{12}$|^arn:[^:]*:iam::[^:]*:(?:root|\*|(?:role|user)/\*)$")
_WRITES = regex(
    r"^(?:\*|(?:aoss|es|s3vectors):(?:\*|\w*\*|WriteDocument|UpdateIndex|DeleteIndex|"
    r"PutVectors|DeleteVectors|ESHttp(?:Put|Post|Patch|Delete)))$",
    re.IGNORECASE,
)
_READ_PATTERN = regex(r"^(?:aoss:(?:Describe|Read)|s3vectors:(?:Get|List|Query)|es:(?:Describe|List|ESHttpGet))", re.I)
_ROLE = regex(r"^arn:[^:]*:iam::\d+:role/")
NOT_JOINED = Unknown("whether those who may write only ingest is not known")


@dataclass(frozen=True)
class Access(Item):
    """An element of ``access``: who may do what.

    ``everybody`` says that a principal is a wildcard or a whole account; it is kept beside the names, since those may
    be masked. ``roles`` are those of ``principals`` that may be roles. ``ingestion_only`` follows from seeing the roles
    together with what uses them (``prodworks_cli.vector_writers``): that none of them serves callers.
    """

    principals: Texts
    permissions: Texts
    everybody: Flag
    roles: Annotated[Links, To("aws.iam.role")]
    ingestion_only: Flag

    @property
    def writes(self) -> Flag:
        """Whether a permission lets documents be written or deleted."""
        if isinstance(self.permissions, Unknown):
            return self.permissions
        return some(_writes(permission) for permission in self.permissions or ())


def _everybody(principal: Node) -> bool | Unknown:
    """A value that only deployment tells is that of one declared role or user."""
    if principal.unknown:
        return False if principal.unknown.present else principal.unknown
    return bool(_EVERYBODY.match(principal.text() or ""))


def _writes(permission: str | Unknown) -> bool | Unknown:
    if isinstance(permission, Unknown):
        return permission
    return bool(_WRITES.match(permission)) and not _READ_PATTERN.match(permission)


def access(at: Node, principals: Iterable[Node], permissions: Iterable[Node]) -> Drafted:
    """One entry of ``access``."""
    who = tuple(principals)
    return draft(
        Access,
        at,
        principals=who,
        permissions=tuple(permissions),
        everybody=some(_everybody(principal) for principal in who),
        roles=tuple(role for principal in who if (role := _role(principal)) is not None),
        ingestion_only=NOT_JOINED,
    )


def _role(principal: Node) -> Ref | Unknown | None:
    if isinstance(principal.content, Reference):
        return Ref("aws.iam.role", principal.content.address)
    text = principal.text()
    if text is None:
        return principal.unknown
    return Ref("aws.iam.role", text) if _ROLE.match(text) else None


def statements_as_access(policy: Node, declarations: Declarations) -> tuple[Drafted, ...]:
    """What the statements of a resource policy allow."""
    return tuple(found for s in statement_nodes(policy, declarations) if (found := _statement(s)) is not None)


def _statement(statement: Node) -> Drafted:
    if statement.unknown:
        return statement.unknown
    if statement["Effect"].text() == "Deny":
        return None
    principal = statement["Principal"]
    names = [principal] if principal.text() or principal.unknown else []
    names += [name for _, node in principal.members() for name in node.items()]
    actions = statement["Action"].items()
    if statement["NotAction"].present:
        actions = (Node(Unknown("NotAction: all but those it names", present=True), statement.location),)
    return access(statement, names, actions)


def data_access(entries: Sequence[tuple[Node, bool | Unknown]]) -> Drafted:
    """The entries of data access policies that are about a collection; one that may be is an unknown of the list."""
    return tuple(_entry(entry, about) for entry, about in entries)


def _entry(entry: Node, about: bool | Unknown) -> Drafted:
    if entry.unknown or isinstance(about, Unknown):
        return entry.unknown or Unknown("whether this policy is about the collection is not known")
    permissions = [p for rule in entry["Rules"].items() for p in rule["Permission"].items()]
    return access(entry, entry["Principal"].items(), permissions)
