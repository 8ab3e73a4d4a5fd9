"""How vector stores are read from the account: collections, vector buckets and graphs, which hold vectors by kind.

What a database or a search domain holds, no listing says.
"""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_COLLECTIONS = Read("opensearchserverless", "ListCollections", "aoss:ListCollections")
_COLLECTION = Read("opensearchserverless", "BatchGetCollection", "aoss:BatchGetCollection")
_POLICIES = Read("opensearchserverless", "ListSecurityPolicies", "aoss:ListSecurityPolicies")
_POLICY = Read("opensearchserverless", "GetSecurityPolicy", "aoss:GetSecurityPolicy")
_ACCESS_POLICIES = Read("opensearchserverless", "ListAccessPolicies", "aoss:ListAccessPolicies")
_ACCESS_POLICY = Read("opensearchserverless", "GetAccessPolicy", "aoss:GetAccessPolicy")
_INDEXES = Read("s3vectors", "ListIndexes", "s3vectors:ListIndexes")
_INDEX = Read("s3vectors", "GetIndex", "s3vectors:GetIndex")
# All indexes of one knowledge have one dimension; a bucket may hold ten thousand.
_MOST_INDEXES = 10
_BUCKETS = Read("s3vectors", "ListVectorBuckets", "s3vectors:ListVectorBuckets")
_BUCKET = Read("s3vectors", "GetVectorBucket", "s3vectors:GetVectorBucket")
_BUCKET_POLICY = Read(
    "s3vectors", "GetVectorBucketPolicy", "s3vectors:GetVectorBucketPolicy", frozenset({"NotFoundException"})
)
_GRAPHS = Read("neptune-graph", "ListGraphs", "neptune-graph:ListGraphs")
_GRAPH = Read("neptune-graph", "GetGraph", "neptune-graph:GetGraph")
_READS = (
    *(_COLLECTIONS, _COLLECTION, _POLICIES, _POLICY, _ACCESS_POLICIES, _ACCESS_POLICY),
    *(_BUCKETS, _BUCKET, _BUCKET_POLICY, _INDEXES, _INDEX, _GRAPHS, _GRAPH),
)


def _stores(reader: Reader) -> Iterable[Record]:
    yield from reader.each(reader.found(_COLLECTIONS, "collectionSummaries"), lambda c: _collection(reader, c))
    yield from reader.each(reader.found(_BUCKETS, "vectorBuckets"), lambda b: _bucket(reader, b))
    yield from reader.each(reader.found(_GRAPHS, "graphs"), lambda g: _graph(reader, g))


def _collection(reader: Reader, summary: Node) -> Record | None:
    """A collection for vectors, with every network policy of the Region: a policy names collections by pattern."""
    name, arn = summary["id"].text(), summary["arn"].text()
    if name is None or arn is None:
        return None
    found = reader.get(_COLLECTION, arn, ids=[name])
    if found.at("collectionDetails", "type").text() in ("SEARCH", "TIMESERIES"):
        return None
    network = reader.listing(_POLICIES, "securityPolicySummaries", arn, type="network")
    data = reader.listing(_ACCESS_POLICIES, "accessPolicySummaries", arn, type="data")
    answers = {
        _COLLECTION: _own(found, arn),
        _POLICY: _details(reader, arn, _POLICY, network, network["securityPolicySummaries"], "network"),
        _ACCESS_POLICY: _details(reader, arn, _ACCESS_POLICY, data, data["accessPolicySummaries"], "data"),
    }
    return reader.record(arn, answers)


def _own(found: Node, arn: str) -> Node:
    collection = found["collectionDetails"]
    return found if found.unknown else narrowed(_COLLECTION, "collectionDetails", next(iter(collection.items())), arn)


def _details(reader: Reader, arn: str, read: Read, listed: Node, summaries: Node, kind: str) -> Node:
    """The policies of a listing; of an element that could not be read the reason."""
    if listed.unknown:
        return listed
    named = ((summary, summary["name"].text()) for summary in summaries.items())
    found = (reader.get(read, arn, type=kind, name=name) if name else summary for summary, name in named)
    return Node(tuple(found), listed.location)


def _bucket(reader: Reader, summary: Node) -> Record | None:
    arn = summary["vectorBucketArn"].text()
    if arn is None:
        return None
    answers = {read: reader.get(read, arn, vectorBucketArn=arn) for read in (_BUCKET, _BUCKET_POLICY)}
    return reader.record(arn, {**answers, _INDEX: _indexes(reader, arn)})


def _indexes(reader: Reader, bucket: str) -> Node:
    listed = reader.listing(_INDEXES, "indexes", bucket, vectorBucketArn=bucket)
    if listed.unknown:
        return listed
    named = [(index, index["indexArn"].text()) for index in listed["indexes"].items()[:_MOST_INDEXES]]
    found = (reader.get(_INDEX, name, indexArn=name) if name else index for index, name in named)
    return Node(tuple(found), listed.location)


def _graph(reader: Reader, summary: Node) -> Record | None:
    name, arn = summary["id"].text(), summary["arn"].text()
    if name is None or arn is None:
        return None
    graph = reader.get(_GRAPH, arn, graphIdentifier=name)
    plain = not graph.unknown and not graph["vectorSearchConfiguration"].present
    return None if plain else reader.record(arn, {_GRAPH: graph})


COLLECT = (Collector("aws.vectors.store", _READS, _stores),)
