"""How buckets are read from the account: those that something of the workload names."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, never

_NO_BLOCK = frozenset({"NoSuchPublicAccessBlockConfiguration"})
_LIST = Read("s3", "ListBuckets", "s3:ListAllMyBuckets")
_OF_ACCOUNT = Read("s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock", _NO_BLOCK)
_OF_BUCKET = (
    Read("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", _NO_BLOCK),
    Read("s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", frozenset({"NoSuchBucketPolicy"})),
    Read(
        "s3",
        "GetBucketEncryption",
        "s3:GetEncryptionConfiguration",
        frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
    ),
    Read("s3", "GetBucketVersioning", "s3:GetBucketVersioning"),
    Read(
        "s3",
        "GetObjectLockConfiguration",
        "s3:GetBucketObjectLockConfiguration",
        frozenset({"ObjectLockConfigurationNotFoundError"}),
    ),
    Read("s3", "GetBucketTagging", "s3:GetBucketTagging", frozenset({"NoSuchTagSet"})),
)


def _buckets(reader: Reader) -> Iterable[Record]:
    """The Region's buckets: a bucket answers only where it is."""
    buckets = reader.found(_LIST, "Buckets", BucketRegion=reader.region, MaxBuckets=1000)
    return reader.each(buckets, lambda bucket: _bucket(reader, bucket))


def _bucket(reader: Reader, bucket: Node) -> Record | None:
    name = bucket["Name"].text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:s3:::{name}"
    if not reader.wanted(arn, name):
        return None
    answers = {read: reader.get(read, arn, Bucket=name) for read in _OF_BUCKET}
    return reader.record(arn, {**answers, _OF_ACCOUNT: reader.get(_OF_ACCOUNT, arn, AccountId=reader.account)})


COLLECT = (Collector("aws.s3.bucket", (_LIST, *_OF_BUCKET, _OF_ACCOUNT), _buckets, referenced=True, root=never),)
