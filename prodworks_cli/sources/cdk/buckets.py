"""What CDK code adds to buckets: policies, their own key, the function that sets up notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child, own_key
from prodworks_cli.sources.cdk.iam import statement
from prodworks_cli.sources.cdk.perhaps import perhaps_a_statement
from prodworks_cli.sources.cdk.providers import emptied, notifying
from prodworks_cli.sources.cdk.settle import reference
from prodworks_cli.sources.cdk.values import Construct, External, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_OWN_KEY = (".KMS", ".DSSE")


def bucket(library: Library, evaluator: Evaluator, made: Construct) -> None:
    """A bucket's own key, its policy when everybody may read it, and the function that empties it."""
    at, encryption = made.at, made.given["encryption"]
    content: Any = encryption.content
    if isinstance(content, External) and content.symbol.endswith(_OWN_KEY) and not made.given["encryptionKey"].present:
        key = own_key(library, evaluator, made)
        rule = {"SSEAlgorithm": Node("aws:kms", at), "KMSMasterKeyID": node(reference(key, "Arn"), at)}
        listed = node((node({"ServerSideEncryptionByDefault": node(rule, at)}, at),), at)
        made.parts.setdefault("set", {})["BucketEncryption"] = node({"ServerSideEncryptionConfiguration": listed}, at)
    if made.given["publicReadAccess"].content is True:
        open_bucket(library, evaluator, made, (), at)
    elif made.given["publicReadAccess"].unknown:
        _policy(library, evaluator, made, unknown("whether everybody may read the bucket", at))
    emptied(library, evaluator, made)


def open_bucket(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``bucket.grantPublicAccess()``"""
    if of.type == "AWS::S3::Bucket":
        members = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"}
        _policy(library, evaluator, of, node({k: Node(v, at) for k, v in members.items()}, at))
    return Node(None, at)


def add_to_bucket_policy(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``bucket.addToResourcePolicy(statement)``"""
    if of.type == "AWS::S3::Bucket":
        for one in arguments:
            _policy(library, evaluator, of, one)
    return Node(None, at)


def _policy(library: Library, evaluator: Evaluator, of: Construct, one: Node) -> None:
    """One more statement in the policy of a bucket."""
    policy = of.parts.get("policy")
    if not isinstance(policy, Construct):
        given = {"bucket": node(of, of.at)}
        policy = of.parts["policy"] = child(library, evaluator, of, "aws-s3.CfnBucketPolicy", "Policy", given, of.at)
    made = statement(one, library.table)
    made = made if evaluator.surely(policy) else perhaps_a_statement(made)
    policy.parts.setdefault("added", {}).setdefault("PolicyDocument.Statement", []).append(made)


def notify(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``bucket.addEventNotification(event, destination)`` is set up by a function."""
    if of.type == "AWS::S3::Bucket":
        notifying(library, evaluator, of)
    return Node(None, at)
