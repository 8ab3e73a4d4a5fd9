"""Vector stores behind retrieval: OpenSearch Serverless, OpenSearch, S3 Vectors, Neptune Analytics, Aurora and RDS.

An index inside the process is none. A database or a domain counts when a knowledge base uses it, or when the
repository uses the vector extension of its engine (see :data:`EXTENSIONS`): by itself it says nothing of vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources import aoss
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    declared,
    has,
    observed,
    otherwise,
    own,
    pascal,
    pointing,
    snake,
    some,
    truth,
)
from prodworks_cli.resources.iam_policies import open_to_everybody, statement_nodes
from prodworks_cli.schema import Draft, Flag, Text


@dataclass(frozen=True)
class Store(Kind):
    """The vector store behind retrieval.

    ``engine`` is ``aoss``, ``opensearch``, ``s3vectors``, ``neptune``, ``rds``, or the name of a third party.
    ``public`` says that it can be reached from the internet, whether or not it then asks who calls. ``kms_key`` of
    ``None`` means a key that AWS owns.
    """

    KIND = "aws.vectors.store"

    engine: Text
    public: Flag
    kms_key: Text


# Marks of a repository, as blocks beside the declared ones: code that uses vectors of PostgreSQL or of OpenSearch.
EXTENSIONS: Mapping[str, str] = {"pgvector": "repo.pgvector", "knn": "repo.knn"}
_BASES = ("aws_bedrockagent_knowledge_base", "awscc_bedrock_knowledge_base", "AWS::Bedrock::KnowledgeBase")


def _holds_vectors(block: Block, declarations: Declarations, extension: str) -> bool:
    """Whether a knowledge base refers to the block, or code uses the vector extension of its engine."""
    used = any(block.address in _referred(base.body) for base in declarations.of_type(*_BASES))
    return used or bool(declarations.of_type(EXTENSIONS[extension]))


def _referred(node: Node) -> set[str]:
    return {leaf.content.address for leaf in node.leaves() if isinstance(leaf.content, Reference)}


def _collection(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A collection of another type than for vectors holds none, unless a knowledge base says otherwise."""
    body = block.body
    kind = body[spell("type")]
    if kind.text() in ("SEARCH", "TIMESERIES") or not kind.present:
        return None
    network, encryption = (aoss.declared_policies(block, declarations, t) for t in ("network", "encryption"))
    return declared(
        Store,
        block,
        (body[spell("name")],),
        engine="aoss",
        public=aoss.public(network),
        kms_key=aoss.key(encryption),
    )


def _observed_collection(record: Record) -> Draft:
    collection = own(record, "opensearchserverless:BatchGetCollection", "collectionDetails")
    return observed(
        Store,
        record,
        (collection["name"], collection["arn"], collection["id"]),
        engine="aoss",
        public=collection.unknown or aoss.public(aoss.observed_policies(record, collection["name"])),
        kms_key=collection["kmsKeyArn"].map(lambda key: None if key == "auto" else key),
    )


def _domain(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    if not _holds_vectors(block, declarations, "knn"):
        return None
    body = block.body
    network = body["VPCOptions" if spell is pascal else "vpc_options"]
    inside = has(network.at(spell("subnet_ids")))
    encryption = "encrypt_at_rest" if spell is snake else spell("encryption_at_rest_options")
    return declared(
        Store,
        block,
        (body[spell("domain_name")],),
        engine="opensearch",
        public=network.unknown or (inside if isinstance(inside, Unknown) else not inside),
        kms_key=body.at(encryption, spell("kms_key_id")),
    )


def _observed_domain(record: Record) -> Draft:
    domain = record.answer("opensearch:DescribeDomain")["DomainStatus"]
    inside = has(domain.at("VPCOptions", "VPCId"))
    return observed(
        Store,
        record,
        (domain["DomainName"], domain["ARN"]),
        engine="opensearch",
        public=inside if isinstance(inside, Unknown) else not inside,
        kms_key=domain.at("EncryptionAtRestOptions", "KmsKeyId"),
    )


def _bucket(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    """A vector bucket always blocks public access; a policy that names everybody shows who is meant."""
    body = block.body
    kinds = ("aws_s3vectors_vector_bucket_policy", "awscc_s3vectors_vector_bucket_policy")
    terraform = pointing(declarations, kinds, "vector_bucket_arn", block)
    templates = [
        p
        for key in ("VectorBucketArn", "VectorBucketName")
        for p in pointing(declarations, ("AWS::S3Vectors::VectorBucketPolicy",), key, block, "VectorBucketName")
    ]
    policies = [p.body.first_of("policy", "Policy") for p in (*terraform, *templates)]
    opened = (open_to_everybody(s) for policy in policies for s in statement_nodes(policy, declarations))
    return declared(
        Store,
        block,
        (body[spell("vector_bucket_name")],),
        engine="s3vectors",
        public=some(opened),
        kms_key=body.at(spell("encryption_configuration"), spell("kms_key_arn")),
    )


def _observed_bucket(record: Record) -> Draft:
    bucket = record.answer("s3vectors:GetVectorBucket")["vectorBucket"]
    policy = record.answer("s3vectors:GetVectorBucketPolicy")["policy"]
    return observed(
        Store,
        record,
        (bucket["vectorBucketName"], bucket["vectorBucketArn"]),
        engine="s3vectors",
        public=some(open_to_everybody(s) for s in statement_nodes(policy, Declarations(()))),
        kms_key=bucket.at("encryptionConfiguration", "kmsKeyArn"),
    )


def _graph(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A graph of Neptune Analytics with an index for vectors. Terraform opens it unless told otherwise."""
    body = block.body
    used = any(block.address in _referred(base.body) for base in declarations.of_type(*_BASES))
    if not body[spell("vector_search_configuration")].present and not used:
        return None
    silent = True if spell is snake else Unknown("the default of public connectivity")
    return declared(
        Store,
        block,
        (body[spell("graph_name")],),
        engine="neptune",
        public=otherwise(body[spell("public_connectivity")], silent),
        kms_key=body[spell("kms_key_identifier")],
    )


def _observed_graph(record: Record) -> Draft:
    graph = record.answer("neptune-graph:GetGraph")
    return observed(
        Store,
        record,
        (graph["name"], graph["id"], graph["arn"]),
        engine="neptune",
        public=graph["publicConnectivity"],
        kms_key=graph["kmsKeyIdentifier"].map(lambda key: None if key == "AWS_OWNED_KEY" else key),
    )


def _postgres(body: Node, spell: Spelling) -> bool:
    engine = body[spell("engine")]
    return bool(engine.unknown) or "postgres" in (engine.text() or "")


def _identifier(kind: str, spell: Spelling) -> str:
    """How a form names the identifier of a cluster or instance."""
    if spell is pascal:
        return f"DB{kind.capitalize()}Identifier"
    return f"db_{kind}_identifier" if spell is awscc else f"{kind}_identifier"


_INSTANCES: Mapping[str, tuple[str, str]] = {
    "aws_rds_cluster": ("aws_rds_cluster_instance", "cluster_identifier"),
    "awscc_rds_db_cluster": ("awscc_rds_db_instance", "db_cluster_identifier"),
    "AWS::RDS::DBCluster": ("AWS::RDS::DBInstance", "DBClusterIdentifier"),
}
_SILENT = Unknown("whether it is public follows from its subnets")


def _cluster(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """An Aurora cluster is as public as its instances; with none declared, they are set up elsewhere or made by AWS."""
    body = block.body
    if not _postgres(body, spell) or not _holds_vectors(block, declarations, "pgvector"):
        return None
    kind, key = _INSTANCES[block.type]
    own_name = _identifier("cluster", spell)
    members = pointing(declarations, (kind,), key, block, own_name)
    return declared(
        Store,
        block,
        (body[own_name],),
        engine="rds",
        public=_cluster_public(body, members, spell),
        kms_key=body[spell("kms_key_id")],
    )


def _cluster_public(body: Node, members: Iterable[Block], spell: Spelling) -> bool | Unknown:
    if body[spell("engine_mode")].text() == "serverless":
        return False
    flags = [_instance_public(member.body, spell) for member in members]
    return some(flags) if flags else Unknown("the instances of the cluster are not declared here")


def _instance_public(body: Node, spell: Spelling) -> bool | Unknown:
    """Terraform keeps an instance private unless told otherwise; CloudFormation leaves it to the subnets."""
    flag = body[spell("publicly_accessible")]
    return truth(flag) if flag.present or spell is snake else _SILENT


def _instance(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A database instance of its own; one of a cluster is judged with its cluster."""
    body = block.body
    # Terraform has a type of its own for the instances of a cluster.
    member = spell is not snake and body.first_of("db_cluster_identifier", "DBClusterIdentifier").present
    if member or not _postgres(body, spell) or not _holds_vectors(block, declarations, "pgvector"):
        return None
    name = body["identifier" if spell is snake else _identifier("instance", spell)]
    return declared(
        Store,
        block,
        (name,),
        engine="rds",
        public=_instance_public(body, spell),
        kms_key=body[spell("kms_key_id")],
    )


def _observed_database(record: Record) -> Draft:
    """A cluster with its instances, or an instance of its own."""
    instances = record.answer("rds:DescribeDBInstances")["DBInstances"]
    cluster = own(record, "rds:DescribeDBClusters", "DBClusters")
    subject = cluster if cluster.present else own(record, "rds:DescribeDBInstances", "DBInstances")
    flags = [instances.unknown] if instances.unknown else [truth(i["PubliclyAccessible"]) for i in instances.items()]
    names = ("DBClusterIdentifier", "DBClusterArn") if cluster.present else ("DBInstanceIdentifier", "DBInstanceArn")
    return observed(
        Store,
        record,
        (subject[name] for name in names),
        engine="rds",
        public=some((truth(cluster["PubliclyAccessible"]), *flags)),
        kms_key=subject["KmsKeyId"],
    )


_READ = (
    ("opensearchserverless:BatchGetCollection", _observed_collection),
    ("opensearch:DescribeDomain", _observed_domain),
    ("s3vectors:GetVectorBucket", _observed_bucket),
    ("neptune-graph:GetGraph", _observed_graph),
)


def _observed(record: Record) -> Draft:
    """The engine whose description the collector read."""
    adapters = (adapter for operation, adapter in _READ if record.answers[operation].present)
    return next(adapters, _observed_database)(record)


_Adapter = Callable[[Block, Declarations, Spelling], Draft | None]


def _with(adapter: _Adapter, spell: Spelling) -> Declared:
    return lambda block, declarations: adapter(block, declarations, spell)


TERRAFORM: Mapping[str, Declared] = {
    "aws_opensearchserverless_collection": _with(_collection, snake),
    "awscc_opensearchserverless_collection": _with(_collection, awscc),
    "aws_opensearch_domain": _with(_domain, snake),
    "awscc_opensearchservice_domain": _with(_domain, awscc),
    "aws_s3vectors_vector_bucket": _with(_bucket, snake),
    "awscc_s3vectors_vector_bucket": _with(_bucket, awscc),
    "aws_neptunegraph_graph": _with(_graph, snake),
    "awscc_neptunegraph_graph": _with(_graph, awscc),
    "aws_rds_cluster": _with(_cluster, snake),
    "awscc_rds_db_cluster": _with(_cluster, awscc),
    "aws_db_instance": _with(_instance, snake),
    "awscc_rds_db_instance": _with(_instance, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::OpenSearchServerless::Collection": _with(_collection, pascal),
    "AWS::OpenSearchService::Domain": _with(_domain, pascal),
    "AWS::S3Vectors::VectorBucket": _with(_bucket, pascal),
    "AWS::NeptuneGraph::Graph": _with(_graph, pascal),
    "AWS::RDS::DBCluster": _with(_cluster, pascal),
    "AWS::RDS::DBInstance": _with(_instance, pascal),
}
API: Mapping[str, Observed] = {Store.KIND: _observed}
