"""Vector stores behind retrieval: OpenSearch Serverless, OpenSearch and S3 Vectors.

An index inside the process is none. A database or a domain counts when a knowledge base uses it, or when the
repository uses the vector extension of its engine (see :data:`EXTENSIONS`): by itself it says nothing of vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    every,
    has,
    observed,
    own,
    pascal,
    pointing,
    refers,
    snake,
    some,
    truth,
)
from prodworks_cli.resources.iam_policies import open_to_everybody, statement_nodes
from prodworks_cli.resources.vector_access import Access, data_access, statements_as_access
from prodworks_cli.schema import Draft, Drafted, Flag, Number, Text


@dataclass(frozen=True)
class Store(Kind):
    """The vector store behind retrieval.

    ``engine`` is ``aoss``, ``opensearch``, ``s3vectors``, ``neptune``, ``rds``, or the name of a third party.
    ``public`` says that it can be reached from the internet, whether or not it then asks who calls. ``kms_key`` of
    ``None`` means a key that AWS owns. ``access`` of ``None`` means that no policy decides about it, but the users of
    the database do. ``redundant`` says that the index survives the loss of a zone; ``dimension`` is that of its
    vectors.
    """

    KIND = "aws.vectors.store"

    engine: Text
    public: Flag
    kms_key: Text
    access: tuple[Access | Unknown, ...] | Unknown | None
    redundant: Flag
    dimension: Number


INSIDE = Unknown("the index itself holds it, which is made by code")
# Marks of a repository, as blocks beside the declared ones: code that uses vectors of PostgreSQL or of OpenSearch.
EXTENSIONS: Mapping[str, str] = {"pgvector": "repo.pgvector", "knn": "repo.knn"}
_BASES = ("aws_bedrockagent_knowledge_base", "awscc_bedrock_knowledge_base", "AWS::Bedrock::KnowledgeBase")


def holds_vectors(block: Block, declarations: Declarations, extension: str) -> bool:
    """Whether a knowledge base refers to the block, or code uses the vector extension of its engine."""
    return used_by_base(block, declarations) or bool(declarations.of_type(EXTENSIONS[extension]))


def used_by_base(block: Block, declarations: Declarations) -> bool:
    """Whether a knowledge base refers to the block."""
    leaves = (leaf.content for base in declarations.of_type(*_BASES) for leaf in base.body.leaves())
    return any(isinstance(content, Reference) and content.address == block.address for content in leaves)


def _collection(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A collection of another type than for vectors holds none, unless a knowledge base says otherwise."""
    body = block.body
    kind = body[spell("type")]
    if kind.text() in ("SEARCH", "TIMESERIES") or not kind.present:
        return None
    kinds = ("network", "encryption", "data")
    network, encryption, data = (aoss.declared_policies(block, declarations, t) for t in kinds)
    return declared(
        Store,
        block,
        (body[spell("name")],),
        engine="aoss",
        public=aoss.public(network),
        kms_key=aoss.key(encryption),
        access=data_access(data) or (_POLICIES_ELSEWHERE,),
        redundant=_standby(body[spell("standby_replicas")], True),
        dimension=_dimension_of_index(block, declarations),
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
        access=collection.unknown or data_access(aoss.observed_access(record, collection["name"])),
        redundant=_standby(collection["standbyReplicas"], Unknown("whether there are standby replicas was not told")),
        dimension=INSIDE,
    )


_POLICIES_ELSEWHERE = Unknown("no data access policy of the collection was found; it may be set elsewhere")


def _standby(replicas: Node, silent: Drafted) -> Drafted:
    return replicas.map(lambda text: text == "ENABLED") if replicas.present else silent


def _dimension_of_index(block: Block, declarations: Declarations) -> Drafted:
    """That of the declared indexes of a collection, if they have one in common; Terraform has no type for them."""
    indexes = declarations.of_type("AWS::OpenSearchServerless::Index")
    mine = [index for index in indexes if refers(index.body["CollectionEndpoint"], block) is True]
    fields = [field for index in mine for _, field in index.body.at("Mappings", "Properties").members()]
    return common([field["Dimension"] for field in fields if field["Dimension"].present])


def common(dimensions: list[Node]) -> Drafted:
    """The value that all nodes have; unknown where there is none, or several."""
    values = {node.unknown or str(node.content) for node in dimensions}
    if len(values) == 1:
        return dimensions[0]
    return Unknown("the indexes have different dimensions", present=True) if values else INSIDE


def _domain(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    if not holds_vectors(block, declarations, "knn"):
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
        access=statements_as_access(body[spell("access_policies")], declarations) or (_DOMAIN_POLICY,),
        redundant=_zones(body.at(spell("cluster_config")), spell),
        dimension=INSIDE,
    )


_DOMAIN_POLICY = Unknown("no access policy of the domain was found; it may be set elsewhere")


def _zones(config: Node, spell: Spelling) -> bool | Unknown:
    """Whether there are data nodes in several zones."""
    standby = "MultiAZWithStandbyEnabled" if spell is pascal else "multi_az_with_standby_enabled"
    spread = truth(config.at(spell("zone_awareness_enabled")))
    count = config.at(spell("instance_count"))
    several = count.unknown or (isinstance(count.content, int) and count.content > 1)
    return some((truth(config.at(standby)), every((spread, several))))


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
        access=domain.unknown or statements_as_access(domain["AccessPolicies"], Declarations(())),
        redundant=domain.unknown or _zones(domain["ClusterConfig"], pascal),
        dimension=INSIDE,
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
        access=tuple(entry for policy in policies for entry in statements_as_access(policy, declarations)),
        # S3 keeps vectors in several zones.
        redundant=True,
        dimension=_dimension_of_bucket(block, declarations),
    )


def _dimension_of_bucket(block: Block, declarations: Declarations) -> Drafted:
    keys = {
        "vector_bucket_name": ("aws_s3vectors_index", "awscc_s3vectors_index"),
        "vector_bucket_arn": ("awscc_s3vectors_index",),
        "VectorBucketName": ("AWS::S3Vectors::Index",),
        "VectorBucketArn": ("AWS::S3Vectors::Index",),
    }
    names = ("vector_bucket_name", "VectorBucketName")
    mine = [b for key, kinds in keys.items() for b in pointing(declarations, kinds, key, block, *names)]
    return common([b.body.first_of("dimension", "Dimension") for b in mine])


def _dimension_of_answers(answers: Node) -> Drafted:
    return answers.unknown or common([answer.at("index", "dimension") for answer in answers.items()])


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
        access=statements_as_access(policy, Declarations(())),
        redundant=True,
        dimension=_dimension_of_answers(record.answer("s3vectors:GetIndex")),
    )


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
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::OpenSearchServerless::Collection": _with(_collection, pascal),
    "AWS::OpenSearchService::Domain": _with(_domain, pascal),
    "AWS::S3Vectors::VectorBucket": _with(_bucket, pascal),
}
# By the operation that describes a store of the engine.
OBSERVED: Mapping[str, Observed] = {
    "opensearchserverless:BatchGetCollection": _observed_collection,
    "opensearch:DescribeDomain": _observed_domain,
    "s3vectors:GetVectorBucket": _observed_bucket,
}
