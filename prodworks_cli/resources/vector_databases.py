"""Databases that hold vectors: Aurora and RDS for PostgreSQL with pgvector, and graphs of Neptune Analytics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node
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
from prodworks_cli.resources.vectors import INSIDE, OBSERVED, Store, holds_vectors, used_by_base
from prodworks_cli.schema import Draft, Drafted


def _graph(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A graph of Neptune Analytics with an index for vectors. Terraform opens it unless told otherwise."""
    body = block.body
    if not body[spell("vector_search_configuration")].present and not used_by_base(block, declarations):
        return None
    silent = True if spell is snake else Unknown("the default of public connectivity")
    return declared(
        Store,
        block,
        (body[spell("graph_name")],),
        engine="neptune",
        public=otherwise(body[spell("public_connectivity")], silent),
        kms_key=body[spell("kms_key_identifier")],
        access=None,
        redundant=_replicated(body[spell("replica_count")]),
        dimension=body.at(spell("vector_search_configuration"), spell("vector_search_dimension")),
    )


def _replicated(count: Node) -> Drafted:
    """Whether there is a replica; the service makes one unless told otherwise."""
    return count.map(lambda n: str(n) != "0") if count.present else True


def _observed_graph(record: Record) -> Draft:
    graph = record.answer("neptune-graph:GetGraph")
    return observed(
        Store,
        record,
        (graph["name"], graph["id"], graph["arn"]),
        engine="neptune",
        public=graph["publicConnectivity"],
        kms_key=graph["kmsKeyIdentifier"].map(lambda key: None if key == "AWS_OWNED_KEY" else key),
        access=None,
        redundant=_replicated(graph["replicaCount"]),
        dimension=graph.at("vectorSearchConfiguration", "dimension"),
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
    if not _postgres(body, spell) or not holds_vectors(block, declarations, "pgvector"):
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
        access=None,
        redundant=_cluster_redundant(body, members, spell),
        dimension=INSIDE,
    )


def _cluster_public(body: Node, members: Iterable[Block], spell: Spelling) -> bool | Unknown:
    if body[spell("engine_mode")].text() == "serverless":
        return False
    flags = [_instance_public(member.body, spell) for member in members]
    return some(flags) if flags else Unknown("the instances of the cluster are not declared here")


def _cluster_redundant(body: Node, members: Sequence[Block], spell: Spelling) -> bool | Unknown:
    """A Multi-AZ cluster has instances of its own; another is redundant with two that are declared."""
    own_instances = has(body[spell("db_cluster_instance_class") if spell is not pascal else "DBClusterInstanceClass"])
    if own_instances is not False:
        return own_instances
    certain = sum(not member.conditional for member in members)
    if certain > 1:
        return True
    hidden = not members or any(member.conditional for member in members)
    return Unknown("how many instances the cluster has is not declared here") if hidden else False


def _instance_public(body: Node, spell: Spelling) -> bool | Unknown:
    """Terraform keeps an instance private unless told otherwise; CloudFormation leaves it to the subnets."""
    flag = body[spell("publicly_accessible")]
    return truth(flag) if flag.present or spell is snake else _SILENT


def _instance(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A database instance of its own; one of a cluster is judged with its cluster."""
    body = block.body
    # Terraform has a type of its own for the instances of a cluster.
    member = spell is not snake and body.first_of("db_cluster_identifier", "DBClusterIdentifier").present
    if member or not _postgres(body, spell) or not holds_vectors(block, declarations, "pgvector"):
        return None
    name = body["identifier" if spell is snake else _identifier("instance", spell)]
    return declared(
        Store,
        block,
        (name,),
        engine="rds",
        public=_instance_public(body, spell),
        kms_key=body[spell("kms_key_id")],
        access=None,
        redundant=truth(body["MultiAZ" if spell is pascal else "multi_az"]),
        dimension=INSIDE,
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
        access=None,
        redundant=truth(subject["MultiAZ"]),
        dimension=INSIDE,
    )


def _observed(record: Record) -> Draft:
    """The engine whose description the collector read."""
    known = {**OBSERVED, "neptune-graph:GetGraph": _observed_graph}
    adapters = (adapter for operation, adapter in known.items() if record.answers[operation].present)
    return next(adapters, _observed_database)(record)


_Adapter = Callable[[Block, Declarations, Spelling], Draft | None]


def _with(adapter: _Adapter, spell: Spelling) -> Declared:
    return lambda block, declarations: adapter(block, declarations, spell)


TERRAFORM: Mapping[str, Declared] = {
    "aws_neptunegraph_graph": _with(_graph, snake),
    "awscc_neptunegraph_graph": _with(_graph, awscc),
    "aws_rds_cluster": _with(_cluster, snake),
    "awscc_rds_db_cluster": _with(_cluster, awscc),
    "aws_db_instance": _with(_instance, snake),
    "awscc_rds_db_instance": _with(_instance, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::NeptuneGraph::Graph": _with(_graph, pascal),
    "AWS::RDS::DBCluster": _with(_cluster, pascal),
    "AWS::RDS::DBInstance": _with(_instance, pascal),
}
API: Mapping[str, Observed] = {Store.KIND: _observed}
