"""Buckets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    every,
    has,
    observed,
    otherwise,
    pointing,
    some,
    tag_keys,
    terraform_tags,
    truth,
)
from prodworks_cli.resources.iam_policies import open_to_everybody, statement_nodes
from prodworks_cli.schema import Draft, Drafted, Flag, Text, Texts


@dataclass(frozen=True)
class Bucket(Kind):
    """A bucket that holds prompts, completions, knowledge sources, evaluation data or batch results.

    ``holds`` is joined later. ``public_access_blocked`` means all four settings, on the bucket or the account; a
    declared bucket without them is ``Unknown``, since new buckets are private by default. ``is_public`` is true when
    an ACL or a policy opens the bucket. ``tags`` are the keys of its tags. ``kms_key`` of ``None`` means S3's own or
    AWS's managed key.
    """

    KIND = "aws.s3.bucket"

    name: Text
    holds: Texts
    public_access_blocked: Flag
    is_public: Flag
    kms_key: Text
    versioning: Flag
    object_lock: Flag
    tags: Texts


_TERRAFORM_BLOCK = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_BLOCK = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_PRIVATE_BY_DEFAULT = Unknown("no public access block is declared; the account may have one, and defaults are private")


def _complete(config: Node, keys: tuple[str, ...]) -> bool | Unknown:
    return config.unknown or every(truth(config[key]) for key in keys)


def _blocked(configs: Iterable[bool | Unknown]) -> bool | Unknown:
    """The strongest of the declared settings; none declared, or only incomplete account settings, decides nothing."""
    seen = tuple(configs)
    return some(seen) if seen else _PRIVATE_BY_DEFAULT


def _certain(block: Block, value: bool | Unknown) -> bool | Unknown:
    return Unknown(f"{block.address} may not be created") if block.conditional else value


def _opened(acl: Iterable[Node], policies: Iterable[Node], declarations: Declarations) -> bool | Unknown:
    """Whether an ACL or a policy lets everybody in."""
    lists = (node.unknown or (node.text() or "").lower().startswith("public") for node in acl)
    statements = (s for policy in policies for s in statement_nodes(policy, declarations))
    return some((*lists, *(open_to_everybody(statement) for statement in statements)))


def _terraform(block: Block, declarations: Declarations) -> Draft:
    def side(kind: str) -> tuple[Block, ...]:
        return pointing(declarations, (kind,), "bucket", block, "bucket")

    blocks = (*side("aws_s3_bucket_public_access_block"), *declarations.of_type("aws_s3_account_public_access_block"))
    blocked = _blocked(_certain(b, _complete(b.body, _TERRAFORM_BLOCK)) for b in blocks)
    acls = (block.body["acl"], *(b.body["acl"] for b in side("aws_s3_bucket_acl")))
    policies = (block.body["policy"], *(b.body["policy"] for b in side("aws_s3_bucket_policy")))
    own = block.body["server_side_encryption_configuration"]
    encryption = (own, *(b.body for b in side("aws_s3_bucket_server_side_encryption_configuration")))
    locks = side("aws_s3_bucket_object_lock_configuration")
    return declared(
        Bucket,
        block,
        (block.body["bucket"],),
        name=block.body["bucket"],
        holds=None,
        public_access_blocked=blocked,
        is_public=False if blocked is True else _opened(acls, policies, declarations),
        kms_key=_terraform_key(encryption),
        versioning=some(
            (
                truth(block.body.at("versioning", "enabled")),
                *(
                    _certain(b, _enabled(b.body.at("versioning_configuration", "status")))
                    for b in side("aws_s3_bucket_versioning")
                ),
            )
        ),
        object_lock=some((truth(block.body["object_lock_enabled"]), *(_certain(b, True) for b in locks))),
        tags=terraform_tags(block.body),
    )


def _terraform_key(encryption: Iterable[Node]) -> Drafted:
    """The key of the separate resource, or of the bucket's own block in old providers."""
    default = ("rule", "apply_server_side_encryption_by_default", "kms_master_key_id")
    keys = (node.at(*default) for node in encryption)
    return next((key for key in keys if key.present), None)


def _enabled(status: Node) -> bool | Unknown:
    return status.unknown or status.text() == "Enabled"


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    config = body["PublicAccessBlockConfiguration"]
    blocked = _blocked([_complete(config, _BLOCK)] if config.present else [])
    policies = pointing(declarations, ("AWS::S3::BucketPolicy",), "Bucket", block, "BucketName")
    opened = _opened((body["AccessControl"],), (p.body["PolicyDocument"] for p in policies), declarations)
    default = ("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault")
    return declared(
        Bucket,
        block,
        (body["BucketName"],),
        name=body["BucketName"],
        holds=None,
        public_access_blocked=blocked,
        is_public=False if blocked is True else opened,
        kms_key=body.at(*default, "KMSMasterKeyID"),
        versioning=_enabled(body.at("VersioningConfiguration", "Status")),
        object_lock=otherwise(body["ObjectLockEnabled"], False),
        tags=tag_keys(body["Tags"]),
    )


def _observed(record: Record) -> Draft:
    bucket = record.answer("s3:GetPublicAccessBlock")["PublicAccessBlockConfiguration"]
    account = record.answer("s3control:GetPublicAccessBlock")["PublicAccessBlockConfiguration"]
    encryption = record.answer("s3:GetBucketEncryption")["ServerSideEncryptionConfiguration"]
    name = Node(record.identity.rpartition(":")[2], record.answers.location)
    return observed(
        Bucket,
        record,
        (name,),
        name=name,
        holds=None,
        public_access_blocked=some((_complete(bucket, _BLOCK), _complete(account, _BLOCK))),
        is_public=otherwise(record.answer("s3:GetBucketPolicyStatus").at("PolicyStatus", "IsPublic"), False),
        kms_key=encryption.at("Rules", "ApplyServerSideEncryptionByDefault", "KMSMasterKeyID"),
        versioning=_enabled(record.answer("s3:GetBucketVersioning")["Status"]),
        object_lock=has(record.answer("s3:GetObjectLockConfiguration")["ObjectLockConfiguration"]),
        tags=tag_keys(record.answer("s3:GetBucketTagging")["TagSet"]),
    )


TERRAFORM: Mapping[str, Declared] = {"aws_s3_bucket": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::S3::Bucket": _cloudformation}
API: Mapping[str, Observed] = {Bucket.KIND: _observed}
