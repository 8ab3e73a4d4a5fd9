from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block
from prodworks_cli.sources.extensions import read
from prodworks_cli.sources.files import tree_of
from tests.resources.support import DENIED, block, declare, declared, declares, observe, ref

COLLECTION = "aws_opensearchserverless_collection"
POLICY = "aws_opensearchserverless_security_policy"


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


def policy(kind: str = "network", *resources: str, at: str = f"infra/{POLICY}.p", **entry: object) -> Block:
    rules = [{"ResourceType": "collection", "Resource": list(resources or ["collection/docs"])}]
    return block(POLICY, at, {"type": kind, "policy": json.dumps([{"Rules": rules, **entry}])})


def collection(*others: Block, name: object = "docs", kind: object = "VECTORSEARCH") -> Any:
    return declare(block(COLLECTION, f"infra/{COLLECTION}.c", {"name": name, "type": kind}), *others)


OPEN: dict[str, Any] = {"AllowFromPublic": True}
CLOSED: dict[str, Any] = {"AllowFromPublic": False}


@pytest.mark.parametrize(
    ("policies", "public"),
    [
        ([], "unknown"),
        ([policy(**OPEN)], True),
        ([policy(**CLOSED)], False),
        ([policy("network", "collection/do*", **OPEN)], True),
        ([policy("network", "collection/other", **OPEN)], "unknown"),
        ([policy("network", "collection/*", **OPEN), policy(**CLOSED)], True),
        ([policy(**OPEN, SourceServices=["bedrock.amazonaws.com"])], False),
        ([policy(**CLOSED, SourceVPCEs=["vpce-1"])], False),
        ([policy("encryption", **OPEN)], "unknown"),
        ([block(POLICY, f"infra/{POLICY}.p", {"type": "network", "policy": Unknown("file()")})], "unknown"),
    ],
)
def test_network_policies(policies: list[Block], public: object) -> None:
    assert shown(collection(*policies).public) == public


def test_a_policy_whose_names_are_not_known_is_about_the_only_collection_of_its_module() -> None:
    hidden = Unknown("var.name")
    assert collection(policy("network", "collection/x", **OPEN), name=hidden).public is True
    second = block(COLLECTION, f"infra/{COLLECTION}.d", {"name": "other", "type": "VECTORSEARCH"})
    assert shown(collection(policy("network", "collection/x", **OPEN), second, name=hidden).public) == "unknown"
    elsewhere = policy("network", "collection/x", at=f"other/{POLICY}.p", **OPEN)
    assert shown(collection(elsewhere, name=hidden).public) == "unknown"
    address = f"infra/{COLLECTION}.c"
    entry = [{"Rules": [{"ResourceType": "collection", "Resource": [ref(address, "name")]}], **OPEN}]
    named = block(POLICY, f"infra/{POLICY}.p", {"type": "network", "policy": entry})
    assert collection(named, second).public is True


def test_the_key_of_the_encryption_policy() -> None:
    assert shown(collection().kms_key) == "unknown"
    assert collection(policy("encryption", KmsARN="arn:key")).kms_key == "arn:key"
    assert collection(policy("encryption", AWSOwnedKey=True)).kms_key is None


@pytest.mark.parametrize("kind", ["SEARCH", "TIMESERIES", None])
def test_other_collections_hold_no_vectors(kind: str | None) -> None:
    assert declares(block(COLLECTION, "infra/c", {"name": "docs", "type": kind})) is None


@pytest.mark.parametrize(
    ("kind", "body", "engine", "public"),
    [
        ("AWS::OpenSearchServerless::Collection", {"Name": "d", "Type": "VECTORSEARCH"}, "aoss", "unknown"),
        ("awscc_opensearchserverless_collection", {"name": "d", "type": "VECTORSEARCH"}, "aoss", "unknown"),
        ("aws_s3vectors_vector_bucket", {"vector_bucket_name": "d"}, "s3vectors", False),
        ("awscc_s3vectors_vector_bucket", {"vector_bucket_name": "d"}, "s3vectors", False),
        ("AWS::S3Vectors::VectorBucket", {"VectorBucketName": "d"}, "s3vectors", False),
        ("aws_neptunegraph_graph", {"vector_search_configuration": [{"vector_search_dimension": 4}]}, "neptune", True),
        (
            "awscc_neptunegraph_graph",
            {"vector_search_configuration": {"vector_search_dimension": 4}, "public_connectivity": False},
            "neptune",
            False,
        ),
        (
            "AWS::NeptuneGraph::Graph",
            {"VectorSearchConfiguration": {"VectorSearchDimension": 4}},
            "neptune",
            "unknown",
        ),
    ],
)
def test_engines(kind: str, body: dict[str, object], engine: str, public: object) -> None:
    made = declared(kind, body)
    assert (made.engine, shown(made.public)) == (engine, public)


def test_a_graph_without_vectors_is_none() -> None:
    assert declares(block("aws_neptunegraph_graph", "infra/g", {"graph_name": "g"})) is None


@pytest.mark.parametrize(
    ("kind", "key", "owner"),
    [
        ("aws_s3vectors_vector_bucket_policy", "vector_bucket_arn", "aws_s3vectors_vector_bucket"),
        ("AWS::S3Vectors::VectorBucketPolicy", "VectorBucketArn", "AWS::S3Vectors::VectorBucket"),
    ],
)
def test_a_vector_bucket_whose_policy_names_everybody(kind: str, key: str, owner: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3vectors:QueryVectors"}
    document = {"Statement": [statement]}
    opened = block(kind, "infra/p", {key: ref("infra/b"), "policy": document, "Policy": document})
    assert declare(block(owner, "infra/b", {}), opened).public is True


KNN = block("repo.knn", "app.py", {})
PGVECTOR = block("repo.pgvector", "app.py", {})
SUBNETS = {"subnet_ids": ["subnet-1"]}


@pytest.mark.parametrize(
    ("kind", "body", "public"),
    [
        ("aws_opensearch_domain", {"domain_name": "d"}, True),
        ("aws_opensearch_domain", {"domain_name": "d", "vpc_options": [SUBNETS]}, False),
        ("aws_opensearch_domain", {"vpc_options": Unknown("dynamic")}, "unknown"),
        ("awscc_opensearchservice_domain", {"domain_name": "d", "vpc_options": SUBNETS}, False),
        ("AWS::OpenSearchService::Domain", {"VPCOptions": {"SubnetIds": ["subnet-1"]}}, False),
        ("AWS::OpenSearchService::Domain", {"DomainName": "d"}, True),
    ],
)
def test_domains(kind: str, body: dict[str, object], public: object) -> None:
    subject = block(kind, "infra/d", body)
    assert declares(subject) is None
    assert shown(declare(subject, KNN).public) == public
    base = block("aws_bedrockagent_knowledge_base", "infra/kb", {"storage_configuration": [{"arn": ref("infra/d")}]})
    assert shown(declare(subject, base).public) == public


def instance(kind: str, key: str, **body: object) -> Block:
    return block(kind, "infra/i", {key: ref("infra/c", "id"), **body})


TERRAFORM_INSTANCE = ("aws_rds_cluster_instance", "cluster_identifier")
CFN_INSTANCE = ("AWS::RDS::DBInstance", "DBClusterIdentifier")


@pytest.mark.parametrize(
    ("kind", "body", "instances", "public"),
    [
        ("aws_rds_cluster", {"engine": "aurora-postgresql"}, [], "unknown"),
        ("aws_rds_cluster", {"engine": "aurora-postgresql", "engine_mode": "serverless"}, [], False),
        ("aws_rds_cluster", {"engine": "aurora-postgresql"}, [instance(*TERRAFORM_INSTANCE)], False),
        (
            "aws_rds_cluster",
            {"engine": "aurora-postgresql"},
            [instance(*TERRAFORM_INSTANCE), instance(*TERRAFORM_INSTANCE, publicly_accessible=True)],
            True,
        ),
        ("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql"}, [instance(*CFN_INSTANCE)], "unknown"),
        (
            "AWS::RDS::DBCluster",
            {"Engine": "aurora-postgresql"},
            [instance(*CFN_INSTANCE, PubliclyAccessible=False)],
            False,
        ),
        (
            "awscc_rds_db_cluster",
            {"engine": "aurora-postgresql"},
            [instance("awscc_rds_db_instance", "db_cluster_identifier", publicly_accessible=False)],
            False,
        ),
        ("aws_db_instance", {"engine": "postgres"}, [], False),
        ("aws_db_instance", {"engine": "postgres", "publicly_accessible": True}, [], True),
        ("awscc_rds_db_instance", {"engine": "postgres", "publicly_accessible": True}, [], True),
        ("AWS::RDS::DBInstance", {"Engine": "postgres"}, [], "unknown"),
        ("AWS::RDS::DBInstance", {"Engine": "postgres", "PubliclyAccessible": True}, [], True),
    ],
)
def test_databases(kind: str, body: dict[str, object], instances: list[Block], public: object) -> None:
    subject = block(kind, "infra/c", body)
    assert declares(subject, *instances) is None
    assert shown(declare(subject, PGVECTOR, *instances).public) == public


def test_other_databases_hold_no_vectors() -> None:
    assert declares(block("aws_rds_cluster", "infra/c", {"engine": "aurora-mysql"}), PGVECTOR) is None
    member = {"Engine": "aurora-postgresql", "DBClusterIdentifier": ref("infra/c", "Ref")}
    assert declares(block("AWS::RDS::DBInstance", "infra/i", member), PGVECTOR) is None


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (("aws_opensearch_domain", {"encrypt_at_rest": [{"kms_key_id": "k"}]}), "k"),
        (("AWS::OpenSearchService::Domain", {"EncryptionAtRestOptions": {"KmsKeyId": "k"}}), "k"),
        (("aws_s3vectors_vector_bucket", {"encryption_configuration": [{"kms_key_arn": "k"}]}), "k"),
        (("aws_db_instance", {"engine": "postgres", "kms_key_id": "k"}), "k"),
        (("aws_rds_cluster", {"engine": "aurora-postgresql", "kms_key_id": "k"}), "k"),
    ],
)
def test_keys(body: tuple[str, dict[str, object]], key: str) -> None:
    assert declared(*body, KNN, PGVECTOR).kms_key == key


FOUND = {"collectionDetails": [{"name": "docs", "id": "1", "arn": "arn:1", "kmsKeyArn": "auto"}]}


def network(**entry: object) -> dict[str, object]:
    rules = [{"ResourceType": "collection", "Resource": ["collection/docs"]}]
    return {"securityPolicyDetail": {"type": "network", "policy": [{"Rules": rules, **entry}]}}


@pytest.mark.parametrize(
    ("answer", "public"),
    [
        ([network(**OPEN)], True),
        ([network(**CLOSED)], False),
        ([], "unknown"),
        ([network(**CLOSED), DENIED], "unknown"),
        ([network(**OPEN), DENIED], True),
        (DENIED, "unknown"),
    ],
)
def test_observed_collection(answer: object, public: object) -> None:
    answers = {"opensearchserverless:BatchGetCollection": FOUND, "opensearchserverless:GetSecurityPolicy": answer}
    made = observe("aws.vectors.store", answers, "arn:1")
    assert (made.engine, shown(made.public), made.kms_key) == ("aoss", public, None)


EVERYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3vectors:*"}]})


@pytest.mark.parametrize(
    ("answers", "engine", "public"),
    [
        ({"opensearch:DescribeDomain": {"DomainStatus": {"VPCOptions": {"VPCId": "vpc"}}}}, "opensearch", False),
        ({"opensearch:DescribeDomain": {"DomainStatus": {"DomainName": "d"}}}, "opensearch", True),
        ({"opensearch:DescribeDomain": DENIED}, "opensearch", "unknown"),
        (
            {"s3vectors:GetVectorBucket": {"vectorBucket": {}}, "s3vectors:GetVectorBucketPolicy": None},
            "s3vectors",
            False,
        ),
        (
            {
                "s3vectors:GetVectorBucket": {"vectorBucket": {}},
                "s3vectors:GetVectorBucketPolicy": {"policy": EVERYBODY},
            },
            "s3vectors",
            True,
        ),
        (
            {"s3vectors:GetVectorBucket": {"vectorBucket": {}}, "s3vectors:GetVectorBucketPolicy": DENIED},
            "s3vectors",
            "unknown",
        ),
        ({"neptune-graph:GetGraph": {"publicConnectivity": True}}, "neptune", True),
        (
            {
                "rds:DescribeDBClusters": {"DBClusters": [{"DBClusterIdentifier": "c"}]},
                "rds:DescribeDBInstances": {
                    "DBInstances": [{"PubliclyAccessible": False}, {"PubliclyAccessible": True}]
                },
            },
            "rds",
            True,
        ),
        (
            {
                "rds:DescribeDBClusters": None,
                "rds:DescribeDBInstances": {"DBInstances": [{"PubliclyAccessible": False}]},
            },
            "rds",
            False,
        ),
        ({"rds:DescribeDBClusters": None, "rds:DescribeDBInstances": DENIED}, "rds", "unknown"),
    ],
)
def test_other_observed_engines(answers: dict[str, object], engine: str, public: object) -> None:
    made = observe("aws.vectors.store", answers)
    assert (made.engine, shown(made.public)) == (engine, public)


def test_observed_keys() -> None:
    def key(answers: dict[str, object]) -> object:
        return observe("aws.vectors.store", answers).kms_key

    assert key({"opensearch:DescribeDomain": {"DomainStatus": {"EncryptionAtRestOptions": {"KmsKeyId": "k"}}}}) == "k"
    assert key({"neptune-graph:GetGraph": {"kmsKeyIdentifier": "AWS_OWNED_KEY"}}) is None
    bucket = {"encryptionConfiguration": {"kmsKeyArn": "k"}}
    assert key({"s3vectors:GetVectorBucket": {"vectorBucket": bucket}, "s3vectors:GetVectorBucketPolicy": None}) == "k"
    clusters = {"DBClusters": [{"DBClusterIdentifier": "c", "KmsKeyId": "k"}]}
    assert key({"rds:DescribeDBClusters": clusters, "rds:DescribeDBInstances": {"DBInstances": []}}) == "k"


@pytest.mark.parametrize(
    ("path", "text", "marks"),
    [
        ("app.py", "from langchain_postgres import PGVector\n", ["repo.pgvector"]),
        ("schema.sql", "CREATE EXTENSION IF NOT EXISTS vector;\n", ["repo.pgvector"]),
        ("index.py", 'mapping = {"type": "knn_vector"}\n', ["repo.knn"]),
        ("notes.md", "pgvector", []),
        ("tests/test_db.py", "import pgvector", []),
        ("app.py", "vector = [1, 2]", []),
    ],
)
def test_marks_of_code(path: str, text: str, marks: list[str]) -> None:
    assert [b.type for b in read(tree_of({path: text}).files)] == marks
