"""What a budget does by itself when it is exceeded."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.iam_grants import MODEL_ACTIONS, managed_name, matches
from prodworks_cli.resources.iam_policies import statement_nodes
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, draft


@dataclass(frozen=True)
class Action(Item):
    """An element of ``actions``. ``denies_model_invocation`` is false for an action that only stops EC2 or RDS."""

    type: Text
    approval: Text
    denies_model_invocation: Flag


def terraform_action(block: Block, declarations: Declarations) -> Draft:
    """An ``aws_budgets_budget_action``."""
    definition = block.body.at("definition")
    policy = definition.at("iam_action_definition", "policy_arn")
    target = policy if policy.present else definition.at("scp_action_definition", "policy_id")
    return _action(block.body, block.body["action_type"], block.body["approval_model"], target, declarations)


def cloudformation_action(block: Block, declarations: Declarations) -> Draft:
    """An ``AWS::Budgets::BudgetsAction``."""
    return _of(block.body, declarations)


def observed_action(entry: Node) -> Draft:
    """An element of DescribeBudgetActionsForBudget; the policy's text is not part of the answer."""
    return _of(entry, Declarations(()))


def _of(entry: Node, declarations: Declarations) -> Draft:
    definition = entry["Definition"]
    policy = definition.at("IamActionDefinition", "PolicyArn")
    target = policy if policy.present else definition.at("ScpActionDefinition", "PolicyId")
    return _action(entry, entry["ActionType"], entry["ApprovalModel"], target, declarations)


def _action(at: Node, kind: Node, approval: Node, policy: Node, declarations: Declarations) -> Draft:
    denies = False if kind.text() == "RUN_SSM_DOCUMENTS" else _denies(policy, declarations)
    return draft(Action, at, type=kind, approval=approval, denies_model_invocation=denies)


_POLICIES = (
    "aws_iam_policy",
    "AWS::IAM::ManagedPolicy",
    "aws_organizations_policy",
    "AWS::Organizations::Policy",
)


def _denies(policy: Node, declarations: Declarations) -> Drafted:
    """Whether the policy that the action attaches denies model calls; unknown when its text is out of sight."""
    if managed_name(policy.text() or "") == "AWSDenyAll":
        return True
    block = declarations.named(policy.content.address) if isinstance(policy.content, Reference) else None
    if block is None or block.type not in _POLICIES:
        return Unknown("the policy's text is not in sight", present=True)
    text = block.body.first_of("policy", "PolicyDocument", "content", "Content")
    return some(_denied(statement) for statement in statement_nodes(text, declarations))


def _denied(statement: Node) -> bool | Unknown:
    if statement.unknown:
        return statement.unknown
    patterns = [action.unknown or action.text() or "" for action in statement["Action"].items()]
    effect = statement["Effect"]
    denies = effect.unknown or effect.text() == "Deny"
    return every((denies, some(matches(p, action) for p in patterns for action in MODEL_ACTIONS)))
