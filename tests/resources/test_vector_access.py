"""Who may use a vector store, whether it is redundant, and the dimension of its vectors, in each form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.link import link
from prodworks_cli.model import Location, Plane, Ref, Resource, Unknown
from prodworks_cli.node import Block
from prodworks_cli.resources.vector_access import Access
from prodworks_cli.schema import assemble
from tests.resources.support import DENIED, block, declare, declared, drafted, observe, ref

HIDDEN = Unknown("var.x")
KIND = "aws.vectors.store"


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


def collection(*others: Block, prefix: str = "aws_", **body: object) -> Any:
    subject = block(
        f"{prefix}opensearchserverless_collection", "infra/c", {"name": "docs", "type": "VECTORSEARCH", **body}
    )
    return declare(subject, *others)


def policy(*principals: object, resource: str = "index/docs/*", permission: str = "aoss:ReadDocument") -> Block:
    entry = {"Rules": [{"ResourceType": "index", "Resource": [resource], "Permission": [permission]}]}
    text = [{**entry, "Principal": list(principals)}]
    return block("aws_opensearchserverless_access_policy", "infra/p", {"type": "data", "policy": text})


def told(store: Any) -> list[object]:
    return ["unknown" if isinstance(e, Unknown) else (e.principals, e.permissions) for e in store.access]


ROLE = "arn:aws:iam::123456789012:role/chat"


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ((policy(ROLE),), [((ROLE,), ("aoss:ReadDocument",))]),
        ((policy(ROLE, resource="collection/docs"),), [((ROLE,), ("aoss:ReadDocument",))]),
        ((policy(ROLE, resource="index/*/*"),), [((ROLE,), ("aoss:ReadDocument",))]),
        ((policy(ROLE, resource="index/other/*"),), ["unknown"]),
        ((), ["unknown"]),
        (
            (block("aws_opensearchserverless_access_policy", "infra/p", {"type": "data", "policy": HIDDEN}),),
            ["unknown"],
        ),
    ],
)
def test_data_access_policies(others: tuple[Block, ...], expected: list[object]) -> None:
    assert told(collection(*others)) == expected


def test_roles_of_an_access() -> None:
    (entry,) = collection(policy(ROLE, ref("infra/role"), "saml/123/idp/group/x", HIDDEN)).access
    assert entry.roles == (Ref("aws.iam.role", ROLE), Ref("aws.iam.role", "infra/role"), HIDDEN)


def test_access_in_the_other_forms() -> None:
    text = json.dumps([{"Rules": [{"Resource": ["index/docs/*"], "Permission": ["aoss:*"]}], "Principal": [ROLE]}])
    twin = block("AWS::OpenSearchServerless::AccessPolicy", "t#P", {"Type": "data", "Policy": text})
    properties = {"Name": "docs", "Type": "VECTORSEARCH"}
    assert told(declared("AWS::OpenSearchServerless::Collection", properties, twin)) == [((ROLE,), ("aoss:*",))]
    other = block("awscc_opensearchserverless_access_policy", "infra/p", {"type": "data", "policy": text})
    assert told(collection(other, prefix="awscc_")) == [((ROLE,), ("aoss:*",))]


STATEMENT = {"Effect": "Allow", "Principal": {"AWS": [ROLE]}, "Action": ["s3vectors:PutVectors"], "Resource": "*"}


def test_access_by_resource_policies() -> None:
    deny = {**STATEMENT, "Effect": "Deny", "Principal": "*"}
    document = json.dumps({"Statement": [STATEMENT, deny]})
    given = block(
        "aws_s3vectors_vector_bucket_policy", "infra/p", {"vector_bucket_arn": ref("infra/subject"), "policy": document}
    )
    bucket = declared("aws_s3vectors_vector_bucket", {"vector_bucket_name": "docs"}, given)
    assert told(bucket) == [((ROLE,), ("s3vectors:PutVectors",))]
    assert declared("aws_s3vectors_vector_bucket", {"vector_bucket_name": "docs"}).access == ()
    twin = block(
        "AWS::S3Vectors::VectorBucketPolicy", "t#P", {"VectorBucketName": "docs", "Policy": {"Statement": [STATEMENT]}}
    )
    template = declared("AWS::S3Vectors::VectorBucket", {"VectorBucketName": "docs"}, twin)
    assert told(template) == [((ROLE,), ("s3vectors:PutVectors",))]
    knn = block("repo.knn", "app.py", {})
    domain = declared("aws_opensearch_domain", {"domain_name": "docs", "access_policies": document}, knn)
    assert told(domain) == [((ROLE,), ("s3vectors:PutVectors",))]
    assert told(declared("aws_opensearch_domain", {"domain_name": "docs"}, knn)) == ["unknown"]
    inverted = {"Statement": [{"Effect": "Allow", "Principal": "*", "NotAction": "es:ESHttpPut"}]}
    (entry,) = declared("AWS::OpenSearchService::Domain", {"AccessPolicies": inverted}, knn).access
    assert (entry.everybody, shown(entry.writes)) == (True, "unknown")


@pytest.mark.parametrize(
    ("principal", "everybody"),
    [
        ("*", True),
        ("123456789012", True),
        ("arn:aws:iam::123456789012:root", True),
        ("arn:aws:iam::123456789012:role/*", True),
        (ROLE, False),
        ("saml/123456789012/idp/group/x", False),
        (Unknown("known after deployment", present=True), False),
        (HIDDEN, "unknown"),
    ],
)
def test_principals_that_are_everybody(principal: Any, everybody: object) -> None:
    (entry,) = collection(policy(principal)).access
    assert shown(entry.everybody) == everybody


@pytest.mark.parametrize(
    ("permission", "writes"),
    [
        ("aoss:*", True),
        ("*", True),
        ("aoss:WriteDocument", True),
        ("aoss:ReadDocument", False),
        ("aoss:Describe*", False),
        ("s3vectors:PutVectors", True),
        ("s3vectors:QueryVectors", False),
        ("es:ESHttp*", True),
        ("es:ESHttpGet", False),
        ("es:ESHttpPost", True),
        (HIDDEN, "unknown"),
    ],
)
def test_permissions_that_write(permission: Any, writes: object) -> None:
    assert shown(Access((), (permission,), False, (), True).writes) == writes


@pytest.mark.parametrize(
    ("kind", "body", "others", "redundant"),
    [
        ("aws_opensearchserverless_collection", {"name": "d", "type": "VECTORSEARCH"}, (), True),
        ("aws_opensearchserverless_collection", {"type": "VECTORSEARCH", "standby_replicas": "DISABLED"}, (), False),
        ("awscc_opensearchserverless_collection", {"type": "VECTORSEARCH", "standby_replicas": HIDDEN}, (), "unknown"),
        ("AWS::OpenSearchServerless::Collection", {"Type": "VECTORSEARCH", "StandbyReplicas": "DISABLED"}, (), False),
        (
            "aws_opensearch_domain",
            {"cluster_config": [{"instance_count": 2, "zone_awareness_enabled": True}]},
            ("knn",),
            True,
        ),
        ("aws_opensearch_domain", {"cluster_config": [{"instance_count": 2}]}, ("knn",), False),
        ("aws_opensearch_domain", {"cluster_config": [{"multi_az_with_standby_enabled": True}]}, ("knn",), True),
        ("AWS::OpenSearchService::Domain", {"ClusterConfig": {"MultiAZWithStandbyEnabled": True}}, ("knn",), True),
        (
            "AWS::OpenSearchService::Domain",
            {"ClusterConfig": {"InstanceCount": 1, "ZoneAwarenessEnabled": True}},
            ("knn",),
            False,
        ),
        ("awscc_opensearchservice_domain", {}, ("knn",), False),
        ("aws_s3vectors_vector_bucket", {}, (), True),
        ("awscc_s3vectors_vector_bucket", {}, (), True),
        ("AWS::S3Vectors::VectorBucket", {}, (), True),
        ("aws_neptunegraph_graph", {"vector_search_configuration": [{}], "replica_count": 0}, (), False),
        ("awscc_neptunegraph_graph", {"vector_search_configuration": {"a": 1}}, (), True),
        ("AWS::NeptuneGraph::Graph", {"VectorSearchConfiguration": {"a": 1}, "ReplicaCount": 2}, (), True),
        ("aws_db_instance", {"engine": "postgres", "multi_az": True}, ("pgvector",), True),
        ("awscc_rds_db_instance", {"engine": "postgres"}, ("pgvector",), False),
        ("AWS::RDS::DBInstance", {"Engine": "postgres", "MultiAZ": True}, ("pgvector",), True),
        ("aws_rds_cluster", {"engine": "aurora-postgresql"}, ("pgvector",), "unknown"),
        ("aws_rds_cluster", {"engine": "postgres", "db_cluster_instance_class": "db.r6g.large"}, ("pgvector",), True),
        ("AWS::RDS::DBCluster", {"Engine": "postgres", "DBClusterInstanceClass": "db.r6g.large"}, ("pgvector",), True),
        ("awscc_rds_db_cluster", {"engine": "aurora-postgresql"}, ("pgvector",), "unknown"),
    ],
)
def test_redundancy(kind: str, body: dict[str, object], others: tuple[str, ...], redundant: object) -> None:
    marks = [block(f"repo.{name}", "app.py", {}) for name in others]
    assert shown(declared(kind, body, *marks).redundant) == redundant


@pytest.mark.parametrize(
    ("conditional", "redundant"), [([False], False), ([False, False], True), ([False, True], "unknown")]
)
def test_instances_of_a_cluster(conditional: list[bool], redundant: object) -> None:
    members = [
        block(
            "aws_rds_cluster_instance",
            f"infra/i{n}",
            {"cluster_identifier": ref("infra/subject", "id")},
            conditional=flag,
        )
        for n, flag in enumerate(conditional)
    ]
    mark = block("repo.pgvector", "app.py", {})
    store = declared("aws_rds_cluster", {"engine": "aurora-postgresql"}, mark, *members)
    assert (shown(store.redundant), store.access) == (redundant, None)


def test_dimensions() -> None:
    def index(kind: str, at: str, key: str, name: str, size: object) -> Block:
        return block(kind, at, {key: ref("infra/subject", "arn"), name: size})

    one = index("aws_s3vectors_index", "infra/i", "vector_bucket_name", "dimension", 1024)
    two = index("awscc_s3vectors_index", "infra/j", "vector_bucket_arn", "dimension", 512)
    bucket: dict[str, object] = {"vector_bucket_name": "docs"}
    assert declared("aws_s3vectors_vector_bucket", bucket, one).dimension == 1024
    assert isinstance(declared("aws_s3vectors_vector_bucket", bucket, one, two).dimension, Unknown)
    assert isinstance(declared("aws_s3vectors_vector_bucket", bucket).dimension, Unknown)
    twin = index("AWS::S3Vectors::Index", "t#I", "VectorBucketArn", "Dimension", 256)
    assert declared("AWS::S3Vectors::VectorBucket", {"VectorBucketName": "docs"}, twin).dimension == 256
    fields = {"vector": {"Type": "knn_vector", "Dimension": 1536}, "text": {"Type": "text"}}
    properties = {"CollectionEndpoint": ref("infra/subject", "CollectionEndpoint"), "Mappings": {"Properties": fields}}
    inside = block("AWS::OpenSearchServerless::Index", "t#I", properties)
    collection_body = {"Name": "docs", "Type": "VECTORSEARCH"}
    assert declared("AWS::OpenSearchServerless::Collection", collection_body, inside).dimension == 1536
    graph = {"vector_search_configuration": [{"vector_search_dimension": 768}]}
    assert declared("aws_neptunegraph_graph", graph).dimension == 768
    template = {"VectorSearchConfiguration": {"VectorSearchDimension": 768}}
    assert declared("AWS::NeptuneGraph::Graph", template).dimension == 768


def test_stores_in_the_account() -> None:
    found = {"name": "docs", "type": "VECTORSEARCH", "standbyReplicas": "DISABLED"}
    document = [{"Rules": [{"Resource": ["index/docs/*"], "Permission": ["aoss:*"]}], "Principal": [ROLE]}]
    answers = {
        "opensearchserverless:BatchGetCollection": {"collectionDetails": [found]},
        "opensearchserverless:GetAccessPolicy": [{"accessPolicyDetail": {"type": "data", "policy": document}}],
    }
    store = observe(KIND, answers)
    assert (told(store), store.redundant, shown(store.dimension)) == ([((ROLE,), ("aoss:*",))], False, "unknown")
    assert told(observe(KIND, {**answers, "opensearchserverless:GetAccessPolicy": DENIED})) == ["unknown"]
    bucket = {
        "s3vectors:GetVectorBucket": {"vectorBucket": {"vectorBucketName": "docs"}},
        "s3vectors:GetVectorBucketPolicy": {"policy": json.dumps({"Statement": [STATEMENT]})},
        "s3vectors:GetIndex": [{"index": {"dimension": 1024}}, {"index": {"dimension": 1024}}],
    }
    vectors = observe(KIND, bucket)
    assert (told(vectors), vectors.redundant, vectors.dimension) == ([((ROLE,), ("s3vectors:PutVectors",))], True, 1024)
    assert isinstance(observe(KIND, {**bucket, "s3vectors:GetIndex": DENIED}).dimension, Unknown)
    graph = {"name": "docs", "replicaCount": 1, "vectorSearchConfiguration": {"dimension": 768}}
    seen = observe(KIND, {"neptune-graph:GetGraph": graph})
    assert (seen.access, seen.redundant, seen.dimension) == (None, True, 768)
    config = {"InstanceCount": 3, "ZoneAwarenessEnabled": True}
    domain = {"DomainName": "docs", "ClusterConfig": config, "AccessPolicies": json.dumps({"Statement": [STATEMENT]})}
    search = observe(KIND, {"opensearch:DescribeDomain": {"DomainStatus": domain}})
    assert (search.redundant, len(search.access)) == (True, 1)
    rows = {"DBClusters": [{"DBClusterIdentifier": "docs", "MultiAZ": True}]}
    database = observe(KIND, {"rds:DescribeDBClusters": rows, "rds:DescribeDBInstances": {"DBInstances": []}})
    assert (database.access, database.redundant) == (None, True)


def resource(*blocks: Block) -> Resource:
    found = drafted(*blocks)
    value, locations = assemble(found)
    return Resource(found.identity, Plane.DECLARED, value, locations or {"": Location("x")}, found.aliases)


@pytest.mark.parametrize(
    ("principal", "also", "only"),
    [
        (ref("infra/chat"), (), "unknown"),
        (ref("infra/ingest"), (), True),
        (ref("infra/chat"), ("base",), True),
        (HIDDEN, (), "unknown"),
        ("saml/123456789012/idp/group/x", (), True),
    ],
)
def test_whether_those_who_may_write_only_ingest(principal: object, also: tuple[str, ...], only: object) -> None:
    roles = [block("aws_iam_role", f"infra/{name}", {"name": name}) for name in ("chat", "ingest")]
    function = block("aws_lambda_function", "infra/f", {"function_name": "chat", "role": ref("infra/chat")})
    url = block(
        "aws_lambda_function_url", "infra/u", {"function_name": ref("infra/f", "arn"), "authorization_type": "NONE"}
    )
    base = block("aws_bedrockagent_knowledge_base", "infra/k", {"name": "k", "role_arn": ref("infra/chat")})
    store = block("aws_opensearchserverless_collection", "infra/c", {"name": "docs", "type": "VECTORSEARCH"})
    subjects = [resource(r) for r in roles] + [resource(function), resource(url, function)]
    subjects += [resource(base)] if also else []
    linked = link([*subjects, resource(store, policy(principal, permission="aoss:*"))])
    (value,) = [r.value for r in linked if r.kind == KIND]
    assert shown(value.access[0].ingestion_only) == only  # type: ignore[attr-defined]
