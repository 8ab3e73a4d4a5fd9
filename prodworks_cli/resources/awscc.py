"""Blocks of the ``awscc`` provider, which has the types of CloudFormation under names of its own spelling.

Each becomes a block of the CloudFormation type, so that the adapters of that type read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from prodworks_cli.node import Block, Node
from prodworks_cli.resources.adapter import pascal
from prodworks_cli.resources.registry import adapting

_PREFIX = "awscc_"
# Arguments whose members are named by the user.
_FREE = frozenset(("variables", "environmentvariables", "options", "stagevariables"))
# Types that adapters read under the names of Terraform.
_READ_AS_TERRAFORM = frozenset(
    (
        "awscc_bedrock_guardrail_version",
        "awscc_bedrock_prompt_version",
        "awscc_opensearchserverless_security_policy",
        "awscc_s3vectors_vector_bucket_policy",
        "awscc_logs_query_definition",
    )
)


class Spelled(Mapping[str, Node]):
    """Arguments that are found under the names of CloudFormation: ``kms_key_arn`` as ``KmsKeyArn``."""

    def __init__(self, members: Mapping[str, Node]) -> None:
        self._members = members
        self._names = {_plain(name): name for name in members}

    def __getitem__(self, key: str) -> Node:
        name = key if key in self._members else self._names[_plain(key)]
        node = self._members[name]
        return node if _plain(name) in _FREE else spelled(node)

    def __iter__(self) -> Iterator[str]:
        return (name if name != name.lower() else pascal(name) for name in self._members)

    def __len__(self) -> int:
        return len(self._members)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def spelled(node: Node) -> Node:
    """The value with the names of CloudFormation."""
    if isinstance(node.content, Mapping):
        return Node(Spelled(node.content), node.location)
    if isinstance(node.content, tuple):
        return Node(tuple(spelled(item) for item in node.content), node.location)
    return node


def as_cloudformation(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks, those of ``awscc`` with the types and names of CloudFormation."""
    listed = tuple(blocks)
    if not any(block.type.startswith(_PREFIX) for block in listed):
        return listed
    kept = {kind for module in adapting() for kind in getattr(module, "TERRAFORM", {})} | _READ_AS_TERRAFORM
    adapted = {kind for module in adapting() for kind in getattr(module, "CLOUDFORMATION", {})}
    known = {kind for kind in adapted if kind.startswith("AWS::")}  # a custom resource has no type in awscc
    types = {_type_name(kind): kind for kind in known}
    services = {kind.split("::")[1].lower(): kind.split("::")[1] for kind in known}
    return tuple(b if b.type in kept else _translated(b, types, services) for b in listed)


def _type_name(kind: str) -> tuple[str, str]:
    _, service, resource = kind.split("::")
    return service.lower(), resource.lower()


def _translated(block: Block, types: Mapping[tuple[str, str], str], services: Mapping[str, str]) -> Block:
    if not block.type.startswith(_PREFIX):
        return block
    service, _, resource = block.type.removeprefix(_PREFIX).partition("_")
    kind = types.get((service, _plain(resource)))
    if kind is None and service in services:
        kind = f"AWS::{services[service]}::{pascal(resource)}"
    return replace(block, type=kind, body=spelled(block.body)) if kind else block
