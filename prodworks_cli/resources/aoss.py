"""Security policies of OpenSearch Serverless, which name the collections they are about by pattern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import Record, parsed, some, truth
from prodworks_cli.schema import Drafted

_COLLECTIONS = (
    "aws_opensearchserverless_collection",
    "awscc_opensearchserverless_collection",
    "AWS::OpenSearchServerless::Collection",
)
_POLICIES = (
    "aws_opensearchserverless_security_policy",
    "awscc_opensearchserverless_security_policy",
    "AWS::OpenSearchServerless::SecurityPolicy",
)
_ACCESS = (
    "aws_opensearchserverless_access_policy",
    "awscc_opensearchserverless_access_policy",
    "AWS::OpenSearchServerless::AccessPolicy",
)
_ELSEWHERE = Unknown("no network policy of the collection was found; it may be set elsewhere")
_PREFIX = "collection/"
# A pattern of indexes names the collection first: index/docs/*.
_INDEX = "index/"

# A policy entry with whether it is about the collection.
Entry = tuple[Node, "bool | Unknown"]


def declared_policies(block: Block, declarations: Declarations, kind: str) -> list[Entry]:
    """Entries of the declared policies of a kind (``network``, ``encryption``, ``data``) that are, or may be, about a
    block."""
    scope = _scope(block)
    only_one = sum(_scope(b) == scope for b in declarations.of_type(*_COLLECTIONS)) == 1
    name = block.body.first_of("name", "Name")
    found = []
    for policy in declarations.of_type(*(_ACCESS if kind == "data" else _POLICIES)):
        alone = only_one and _scope(policy) == scope
        if policy.body.first_of("type", "Type").text() == kind:
            found += list(_entries(policy.body.first_of("policy", "Policy"), name, block.address, alone))
    return found


def _scope(block: Block) -> str:
    """The template, or the Terraform module, that a block is written in."""
    template, mark, _ = block.address.rpartition("#")
    return template if mark else block.address.rpartition(block.type)[0]


def observed_policies(record: Record, name: Node) -> list[Entry]:
    """Entries of the network policies that the account has, about the collection of that name."""
    return _observed(record.answer("opensearchserverless:GetSecurityPolicy"), "securityPolicyDetail", "network", name)


def observed_access(record: Record, name: Node) -> list[Entry]:
    """Entries of the data access policies that the account has, about the collection of that name."""
    return _observed(record.answer("opensearchserverless:GetAccessPolicy"), "accessPolicyDetail", "data", name)


def _observed(answers: Node, key: str, kind: str, name: Node) -> list[Entry]:
    if answers.unknown:
        return [(answers, answers.unknown)]
    details = [answer[key] for answer in answers.items()]
    policies = [d["policy"] for d in details if d.unknown or d["type"].text() in (None, kind)]
    return [entry for policy in policies for entry in _entries(policy, name, "", alone=False)]


def _entries(policy: Node, name: Node, address: str, alone: bool) -> Iterator[Entry]:
    document = parsed(policy)
    if document.unknown:
        yield document, True if alone else document.unknown
        return
    # A network policy is a list of entries, an encryption policy is one.
    for entry in document.items():
        rules = [r for r in entry["Rules"].items() if r["ResourceType"].text() in (None, "collection", "index")]
        patterns = [pattern for rule in rules for pattern in rule["Resource"].items()]
        matches = some(_matches(pattern, name, address, alone) for pattern in patterns)
        if matches is not False:
            yield entry, matches


def _matches(pattern: Node, name: Node, address: str, alone: bool) -> bool | Unknown:
    """Whether a pattern such as ``collection/docs-*`` is about the collection.

    One whose name is not known is about the only collection of its template or module.
    """
    if isinstance(pattern.content, Reference):
        return pattern.content.address == address or alone
    hidden = pattern.unknown or name.unknown
    text = pattern.text()
    if text is not None and text.startswith(_INDEX):
        text = _PREFIX + text.removeprefix(_INDEX).partition("/")[0]
    if text == f"{_PREFIX}*":
        return True
    if hidden or text is None:
        return True if alone else hidden or Unknown("not a pattern", present=True)
    return fnmatchcase(f"{_PREFIX}{name.text()}", text)


def public(entries: Sequence[Entry]) -> bool | Unknown:
    """Whether some network policy lets the internet reach the collection; a closed one says that it is private."""
    if not entries:
        return _ELSEWHERE
    return some(_opens(entry, about) for entry, about in entries)


def _opens(entry: Node, about: bool | Unknown) -> bool | Unknown:
    """A policy for VPC endpoints or for AWS services opens nothing to the internet."""
    if entry.unknown:
        return entry.unknown
    limited = bool(entry["SourceVPCEs"].items() or entry["SourceServices"].items())
    opened = False if limited else truth(entry["AllowFromPublic"])
    return about if opened is True and isinstance(about, Unknown) else opened


def key(entries: Sequence[Entry]) -> Drafted:
    """The key of the encryption policy; none stands for a key that AWS owns."""
    if not entries:
        return Unknown("no encryption policy of the collection was found; it may be set elsewhere")
    certain = [entry for entry, about in entries if about is True]
    return certain[0]["KmsARN"] if certain else Unknown("which encryption policy is meant is not known")
