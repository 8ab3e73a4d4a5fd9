from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block
from tests.resources.support import DENIED, block, declare, declared, observe, ref

FOUR = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
EVERYBODY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}


def side(kind: str, body: dict[str, object], conditional: bool = False) -> Block:
    return block(f"aws_s3_{kind}", f"infra/{kind}", {"bucket": ref("infra/b", "id"), **body}, conditional=conditional)


def bucket(*sides: Block, **body: object) -> Any:
    return declare(block("aws_s3_bucket", "infra/b", {"bucket": "logs", **body}), *sides)


@pytest.mark.parametrize(
    ("sides", "blocked", "public"),
    [
        ((), None, False),
        ((side("bucket_public_access_block", dict.fromkeys(FOUR, True)),), True, False),
        ((side("bucket_public_access_block", {"block_public_acls": True}),), False, False),
        ((side("bucket_public_access_block", dict.fromkeys(FOUR, True), conditional=True),), None, False),
        ((side("bucket_policy", {"policy": EVERYBODY}),), None, True),
        ((side("bucket_policy", {"policy": Unknown("templatefile")}),), None, None),
        ((side("bucket_acl", {"acl": "public-read"}),), None, True),
        (
            (
                side("bucket_policy", {"policy": EVERYBODY}),
                side("bucket_public_access_block", dict.fromkeys(FOUR, "true")),
            ),
            True,
            False,
        ),
        ((block("aws_s3_account_public_access_block", "a", dict.fromkeys(FOUR, True)),), True, False),
    ],
)
def test_terraform_privacy(sides: tuple[Block, ...], blocked: bool | None, public: bool | None) -> None:
    made = bucket(*sides)
    values = [getattr(made, name) for name in ("public_access_blocked", "is_public")]
    assert [None if isinstance(v, Unknown) else v for v in values] == [blocked, public]


def test_a_statement_with_a_condition_does_not_open_for_sure() -> None:
    limited = {"Statement": [{**EVERYBODY["Statement"][0], "Condition": {"StringEquals": {"aws:SourceVpce": "v"}}}]}
    assert isinstance(bucket(side("bucket_policy", {"policy": limited})).is_public, Unknown)


def test_terraform_settings() -> None:
    rule = [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}]}]
    made = declare(
        block("aws_s3_bucket", "infra/b", {"bucket": "logs", "tags": {"team": "x"}}),
        side("bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}),
        side("bucket_server_side_encryption_configuration", {"rule": rule}),
        side("bucket_object_lock_configuration", {}),
    )
    assert (made.name, made.versioning, made.kms_key, made.object_lock) == ("logs", True, "k", True)
    assert made.tags[0] == "team"
    bare = declare(block("aws_s3_bucket", "infra/b", {}))
    assert (bare.versioning, bare.kms_key, bare.object_lock, bare.holds) == (False, None, False, None)


def test_cloudformation() -> None:
    rules = [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": ref("t#Key")}}]
    body = {
        "PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True),
        "BucketEncryption": {"ServerSideEncryptionConfiguration": rules},
        "VersioningConfiguration": {"Status": "Suspended"},
        "Tags": [{"Key": "team", "Value": "x"}],
    }
    made = declared("AWS::S3::Bucket", body)
    assert (made.public_access_blocked, made.is_public, made.versioning, made.tags) == (True, False, False, ("team",))
    assert made.kms_key == Unknown("known after deployment: t#Key arn", present=True)
    policy = block("AWS::S3::BucketPolicy", "t#P", {"Bucket": ref("infra/subject", "Ref"), "PolicyDocument": EVERYBODY})
    opened = declared("AWS::S3::Bucket", {}, policy)
    assert opened.is_public is True
    assert isinstance(opened.public_access_blocked, Unknown)


CALLS: dict[str, object] = {
    "s3:GetPublicAccessBlock": None,
    "s3control:GetPublicAccessBlock": None,
    "s3:GetBucketPolicyStatus": None,
    "s3:GetBucketEncryption": DENIED,
    "s3:GetBucketVersioning": {},
    "s3:GetObjectLockConfiguration": None,
    "s3:GetBucketTagging": None,
}


def test_not_configured_is_absent_and_denied_is_unknown() -> None:
    made = observe("aws.s3.bucket", CALLS, "arn:aws:s3:::logs")
    assert (made.name, made.public_access_blocked, made.is_public) == ("logs", False, False)
    assert (made.versioning, made.object_lock, made.tags) == (False, False, ())
    assert isinstance(made.kms_key, Unknown)


def test_the_account_block_covers_the_bucket() -> None:
    complete = {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True)}
    account = {**CALLS, "s3control:GetPublicAccessBlock": complete}
    assert observe("aws.s3.bucket", account).public_access_blocked is True
    denied = {**CALLS, "s3:GetPublicAccessBlock": DENIED}
    assert isinstance(observe("aws.s3.bucket", denied).public_access_blocked, Unknown)
