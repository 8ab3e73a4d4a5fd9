"""The service control policies that bind an account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Declarations, Node
from prodworks_cli.resources.adapter import Observed, Record, observed, some
from prodworks_cli.resources.iam_grants import MODEL_ACTIONS, matches
from prodworks_cli.resources.iam_policies import statement_nodes
from prodworks_cli.schema import Draft, Flag


@dataclass(frozen=True)
class OrganizationPolicies(Kind):
    """The service control policies on the way from the account to the root of its organization.

    ``readable`` says whether they could be read, which an account of its own right often may not. ``model_deny`` is a
    Deny on model calls outside a list of models; policies do not bind the management account.
    """

    KIND = "aws.organizations.policies"

    readable: Flag
    model_deny: Flag


def _observed(record: Record) -> Draft:
    organization = record.answer("organizations:DescribeOrganization")["Organization"]
    managing = organization["MasterAccountId"]
    if managing.text() == record.account:
        return observed(OrganizationPolicies, record, readable=True, model_deny=False)
    steps = record.answer("organizations:ListPoliciesForTarget").items()
    unread = organization.unknown or next((s.unknown for s in steps if s.unknown), None)
    policies = record.answer("organizations:DescribePolicy").items()
    denied = some((*(_denies(p) for p in policies), *([unread] if unread else [])))
    readable = not unread and not any(p.unknown for p in policies)
    return observed(OrganizationPolicies, record, readable=readable, model_deny=denied)


def _denies(policy: Node) -> bool | Unknown:
    content = policy.at("Policy", "Content")
    return some(_denied(statement) for statement in statement_nodes(content, Declarations(())))


def _denied(statement: Node) -> bool | Unknown:
    """Whether a statement denies some model calls by model. One on a Region, or on everything, keeps no list."""
    if statement.unknown:
        return statement.unknown
    if statement["Effect"].text() != "Deny" or not _names_models(statement):
        return False
    if statement["NotAction"].present:
        return False
    patterns = [action.unknown or action.text() or "" for action in statement["Action"].items()]
    return some(matches(pattern, action) for pattern in patterns for action in MODEL_ACTIONS)


_MODEL = re.compile(r":(?:foundation-model|inference-profile|provisioned-model)/(?!\*$)")


def _names_models(statement: Node) -> bool:
    """By resources, by all resources but some, or by the condition key of the model."""
    listed = [r.text() or "" for key in ("Resource", "NotResource") for r in statement[key].items()]
    keys = [key.lower() for _, tested in statement["Condition"].members() for key, _ in tested.members()]
    return "bedrock:modelid" in keys or any(_MODEL.search(text) for text in listed)


API: Mapping[str, Observed] = {OrganizationPolicies.KIND: _observed}
