"""Roles and their policies.

The policies of a Terraform role are its ``inline_policy`` blocks, ``managed_policy_arns``, ``aws_iam_role_policy`` and
attachments; of a CloudFormation role its properties and ``AWS::IAM::Policy``, ``RolePolicy`` and ``ManagedPolicy``.
A policy that may not be created counts as if it were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources import iam_grants
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, observed, refers, some
from prodworks_cli.resources.iam_policies import Statement, principals_of, statement_nodes, statements_of
from prodworks_cli.schema import Draft, Drafted, Flag, Text, Texts

_RUN_TIME = (
    "lambda.", "edgelambda.", "ecs-tasks.", "bedrock.", "bedrock-agentcore.", "ec2.", "sagemaker.", "tasks.apprunner.",
    "states.", "pods.eks.", "batch.", "cognito-identity.", "oidc.eks.", "apigateway.", "appsync.", "events.",
    "scheduler.", "cognito-idp.", "vpc-flow-logs.",
)  # fmt: skip
_DEPLOYMENT = ("cloudformation.", "codebuild.", "codepipeline.", "codedeploy.", "githubusercontent.com", "gitlab")


@dataclass(frozen=True)
class Role(Kind):
    """A role of the workload, with the statements of all its policies.

    ``managed_policies`` holds the names of AWS-managed policies and of customer-managed ones, whose statements are
    among ``statements``. What is attached but could not be read is an ``Unknown`` in both. ``customer_policies`` are
    those of ``managed_policies`` whose statements were read. ``trusted_services`` and ``trusted_principals`` are from
    the trust policy: service principals, and all others (accounts, users, roles, identity providers).
    """

    KIND = "aws.iam.role"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "can_invoke_models": ("statements", "managed_policies"),
        "model_access_scoped": ("statements", "managed_policies"),
        "is_admin": ("statements", "managed_policies"),
        "has_bedrock_full_access": ("managed_policies",),
        "grants_whole_services": ("statements", "managed_policies"),
        "used_at_run_time": ("trusted_services", "trusted_principals"),
    }

    name: Text
    used_by: Texts
    statements: tuple[Statement | Unknown, ...] | Unknown | None
    managed_policies: Texts
    customer_policies: Texts
    trusted_services: Texts
    trusted_principals: Texts

    @property
    def can_invoke_models(self) -> Flag:
        """Whether some policy allows a model or agent call on Bedrock."""
        return iam_grants.invokes_models(_statements(self), _texts(self.managed_policies), _own(self))

    @property
    def model_access_scoped(self) -> Flag:
        """Whether each grant of model calls names the models, at most with a wildcard for versions and Regions."""
        return iam_grants.is_scoped(_statements(self), _texts(self.managed_policies), _own(self))

    @property
    def invokable_models(self) -> Texts:
        """The names of the foundation models that may be called, with the wildcards of the policies."""
        return iam_grants.models(_statements(self), _texts(self.managed_policies))

    @property
    def is_admin(self) -> Flag:
        """Whether the role has, or can give itself, all rights."""
        return iam_grants.is_administrator(_statements(self), _texts(self.managed_policies), _own(self))

    @property
    def has_bedrock_full_access(self) -> Flag:
        """Whether one of the full-access policies of Bedrock, Mantle, AgentCore or SageMaker is attached."""
        return iam_grants.among(_texts(self.managed_policies), iam_grants.BEDROCK_FULL_ACCESS)

    @property
    def grants_whole_services(self) -> Flag:
        """Whether the role may do everything with all resources of a service, telemetry apart."""
        return iam_grants.whole_services(_statements(self), _texts(self.managed_policies), _own(self))

    @property
    def is_agent_role(self) -> Flag:
        """Whether Bedrock or AgentCore assumes the role."""
        return _trusts(self.trusted_services, ("bedrock.", "bedrock-agentcore."))

    @property
    def used_at_run_time(self) -> Flag:
        """Whether compute or a service at work assumes the role; false when only pipelines and deployments do."""
        everyone = (*_texts(self.trusted_services), *_texts(self.trusted_principals))
        if _trusts(everyone, _RUN_TIME) is True:
            return True
        others = [p for p in everyone if isinstance(p, Unknown) or not any(d in p for d in _DEPLOYMENT)]
        return Unknown("who assumes the role is not known") if others or not everyone else False


def _statements(role: Role) -> tuple[Statement | Unknown, ...]:
    return (role.statements,) if isinstance(role.statements, Unknown) else role.statements or ()


def _own(role: Role) -> frozenset[str]:
    return frozenset(p for p in _texts(role.customer_policies) if isinstance(p, str))


def _texts(values: Texts) -> tuple[str | Unknown, ...]:
    return (values,) if isinstance(values, Unknown) else values or ()


def _trusts(principals: Texts, prefixes: tuple[str, ...]) -> bool | Unknown:
    """Whether a principal's host starts with one of the prefixes; an identity provider's ARN ends in its host."""
    return some(
        p if isinstance(p, Unknown) else p.rpartition("oidc-provider/")[2].startswith(prefixes)
        for p in _texts(principals)
    )


@dataclass
class _Attached:
    """What is collected of one role's policies."""

    statements: list[Drafted]
    managed: list[Drafted]
    customer: list[Drafted]

    def inline(self, policy: Node, declarations: Declarations) -> None:
        self.statements += statements_of(policy, declarations)

    def by_arn(self, arn: Node, declarations: Declarations) -> None:
        """A policy named by ARN: AWS-managed, declared here, or out of sight."""
        block = declarations.named(arn.content.address) if isinstance(arn.content, Reference) else None
        if block is not None and block.type in ("aws_iam_policy", "AWS::IAM::ManagedPolicy"):
            self.own(block, declarations)
            return
        source = block.body.first_of("arn", "name") if block and block.type == "data.aws_iam_policy" else arn
        text = source.unknown or source.text() or ""
        name = iam_grants.managed_name(text) or (text if isinstance(text, str) and source is not arn else None)
        if name:
            self.managed.append(Node(name, arn.location))
        elif source.present:
            unread = Unknown("the policy is not in the repository", present=True)
            self.managed.append(Node(source.unknown or unread, arn.location))
            self.statements.append(Node(source.unknown or unread, arn.location))

    def own(self, block: Block, declarations: Declarations) -> None:
        """A customer-managed policy that is declared: its literal name, else its address."""
        name = block.body.first_of("name", "ManagedPolicyName").text() or block.address
        self.managed.append(Node(name, block.body.location))
        self.customer.append(Node(name, block.body.location))
        self.inline(block.body.first_of("policy", "PolicyDocument"), declarations)


def _role(block: Block, name: Node, attached: _Attached, trust: Node, declarations: Declarations) -> Draft:
    services, principals = principals_of(statement_nodes(trust, declarations))
    return declared(
        Role,
        block,
        (name,),
        name=name,
        used_by=_users(block, declarations),
        statements=_elements(attached.statements),
        managed_policies=tuple(attached.managed),
        customer_policies=tuple(attached.customer),
        trusted_services=services,
        trusted_principals=principals,
    )


def _elements(statements: Iterable[Drafted]) -> Drafted:
    return tuple(s.unknown if isinstance(s, Node) else s for s in statements)


_USERS = {
    "aws_lambda_function": "role",
    "aws_ecs_task_definition": "task_role_arn",
    "aws_bedrockagent_agent": "agent_resource_role_arn",
    "aws_bedrockagentcore_agent_runtime": "role_arn",
    "AWS::Lambda::Function": "Role",
    "AWS::Serverless::Function": "Role",
    "AWS::ECS::TaskDefinition": "TaskRoleArn",
    "AWS::Bedrock::Agent": "AgentResourceRoleArn",
    "AWS::BedrockAgentCore::Runtime": "RoleArn",
}


def _users(role: Block, declarations: Declarations) -> Drafted:
    """The addresses of the compute and agents whose role this certainly is."""
    candidates = declarations.of_type(*_USERS)
    return tuple(b.address for b in candidates if _uses(b, role))


def _uses(block: Block, role: Block) -> bool:
    """Whether the block names the role, or is the SAM function whose implied role this is."""
    named = block.body[_USERS[block.type]]
    implied = block.type == "AWS::Serverless::Function" and not named.present
    return refers(named, role) is True or (implied and role.address == f"{block.address}Role")


def _terraform(block: Block, declarations: Declarations) -> Draft:
    attached = _Attached([], [], [])
    for inline in block.body["inline_policy"].items():
        attached.inline(inline["policy"], declarations)
    for arn in block.body["managed_policy_arns"].items():
        attached.by_arn(arn, declarations)
    _gather(block, _TERRAFORM_POLICIES, ("name",), attached, declarations)
    return _role(block, block.body["name"], attached, block.body["assume_role_policy"], declarations)


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    attached = _Attached([], [], [])
    for inline in block.body["Policies"].items():
        attached.inline(inline["PolicyDocument"], declarations)
    for arn in block.body["ManagedPolicyArns"].items():
        attached.by_arn(arn, declarations)
    _gather(block, _CLOUDFORMATION_POLICIES, ("RoleName",), attached, declarations)
    trust = block.body["AssumeRolePolicyDocument"]
    return _role(block, block.body["RoleName"], attached, trust, declarations)


_Attach = Callable[[_Attached, Block, Declarations], None]

# Blocks that attach a policy: the argument that names the role or roles, and how the policy is read.
_TERRAFORM_POLICIES: Mapping[str, tuple[str, _Attach]] = {
    "aws_iam_role_policy": ("role", lambda a, b, d: a.inline(b.body["policy"], d)),
    "aws_iam_role_policy_attachment": ("role", lambda a, b, d: a.by_arn(b.body["policy_arn"], d)),
    "aws_iam_policy_attachment": ("roles", lambda a, b, d: a.by_arn(b.body["policy_arn"], d)),
}
_CLOUDFORMATION_POLICIES: Mapping[str, tuple[str, _Attach]] = {
    "AWS::IAM::Policy": ("Roles", lambda a, b, d: a.inline(b.body["PolicyDocument"], d)),
    "AWS::IAM::RolePolicy": ("RoleName", lambda a, b, d: a.inline(b.body["PolicyDocument"], d)),
    "AWS::IAM::ManagedPolicy": ("Roles", lambda a, b, d: a.own(b, d)),
}


def _gather(
    role: Block,
    table: Mapping[str, tuple[str, _Attach]],
    names: tuple[str, ...],
    attached: _Attached,
    declarations: Declarations,
) -> None:
    """Add the policies of the blocks that name the role; one of the same folder that may name it adds an unknown."""
    for block in declarations.of_type(*table):
        key, attach = table[block.type]
        named = some(refers(node, role, *names) for node in block.body[key].items())
        if named is True:
            attach(attached, block, declarations)
        elif isinstance(named, Unknown) and _folder(block) == _folder(role):
            unread = Node(Unknown(f"{block.address} may be a policy of this role", present=False), block.body.location)
            attached.statements.append(unread)


def _folder(block: Block) -> str:
    return block.address.rpartition("/")[0]


def _observed(record: Record) -> Draft:
    role = record.answer("iam:GetRole")["Role"]
    attachments = record.answer("iam:ListAttachedRolePolicies")["AttachedPolicies"]
    services, principals = principals_of(statement_nodes(role["AssumeRolePolicyDocument"], Declarations(())))
    unread = role["AssumeRolePolicyDocument"].unknown
    return observed(
        Role,
        record,
        (role["RoleName"], role["Arn"], role["RoleId"]),
        name=role["RoleName"],
        used_by=Unknown("joined with compute later"),
        statements=_elements(_observed_statements(record, attachments)),
        managed_policies=attachments.unknown or tuple(p["PolicyName"] for p in attachments.items()),
        customer_policies=() if attachments.unknown else tuple(p["PolicyName"] for p in _customer(attachments)),
        trusted_services=unread or services,
        trusted_principals=unread or principals,
    )


def _customer(attachments: Node) -> list[Node]:
    return [p for p in attachments.items() if not iam_grants.managed_name(p["PolicyArn"].text() or "")]


def _observed_statements(record: Record, attachments: Node) -> list[Drafted]:
    """Statements of inline policies and of the managed policies whose documents were read.

    A customer-managed policy without its document, and anything denied, leaves one unknown.
    """
    nothing = Declarations(())
    names = record.answer("iam:ListRolePolicies")["PolicyNames"]
    found: list[Drafted] = [unread for unread in (names.unknown, attachments.unknown) if unread]
    if not names.unknown and names.items():
        for answer in record.answer("iam:GetRolePolicy").items():
            found += statements_of(answer["PolicyDocument"], nothing)
    if not attachments.unknown and (_customer(attachments) or record.answers["iam:GetPolicyVersion"].present):
        for answer in record.answer("iam:GetPolicyVersion").items():
            found += statements_of(answer["PolicyVersion"]["Document"], nothing)
    return found


TERRAFORM: Mapping[str, Declared] = {"aws_iam_role": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::IAM::Role": _cloudformation}
API: Mapping[str, Observed] = {Role.KIND: _observed}
