"""The roles that SAM makes for functions without ``Role``, as blocks like any declared role."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, node_of

_FUNCTION = "AWS::Serverless::Function"
_TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
_AWS = "arn:aws:iam::aws:policy/"


def implied_roles(declarations: Declarations) -> tuple[Block, ...]:
    """One ``AWS::IAM::Role`` block, ``<function>Role``, for each SAM function that names no role of its own.

    ``Policies`` of a function are names or ARNs of managed policies, policy documents, or SAM policy templates. No
    template grants model calls or administration, so templates add no statement.
    """
    functions = declarations.of_type(_FUNCTION)
    return tuple(_role(function) for function in functions if not function.body["Role"].present)


def _role(function: Block) -> Block:
    at = function.body.location
    policies = [p for p in function.body["Policies"].items() if p.present]
    managed = tuple(_arn(p) for p in policies if not isinstance(p.content, Mapping))
    documents = tuple(Node({"PolicyDocument": p}, p.location) for p in policies if p["Statement"].present)
    body = {
        "AssumeRolePolicyDocument": _trust(function),
        "ManagedPolicyArns": Node(managed, at),
        "Policies": Node(tuple(d for d in documents if not d["PolicyDocument"].unknown), at),
    }
    return Block("AWS::IAM::Role", f"{function.address}Role", Node(body, at), function.conditional)


def _trust(function: Block) -> Node:
    own = function.body["AssumeRolePolicyDocument"]
    return own if own.present else node_of(_TRUST, function.body.location)


def _arn(policy: Node) -> Node:
    text = policy.text()
    if text and not text.startswith("arn:"):
        return Node(f"{_AWS}{text}", policy.location)
    return policy if text or policy.unknown else Node(Unknown("not a policy", present=True), policy.location)
