"""The instances that a database cluster makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.settle import reference
from prodworks_cli.sources.cdk.values import Construct, Made, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_WITHOUT_INSTANCES = 2
"""What ``instances`` is where only ``instanceProps`` are given."""


def instances(library: Library, evaluator: Evaluator, cluster: Construct) -> None:
    """The writer and the readers of a cluster, or as many instances as an older form counts."""
    given = cluster.given
    for one in (given["writer"], *given["readers"].items()):
        content: Any = one.content
        if one.present:
            known = isinstance(content, Made) and content.arguments
            name = content.arguments[0].text() if known else None
            public = content.properties["publiclyAccessible"] if known else unknown("an instance", one.location)
            _instance(library, evaluator, cluster, name or "instance", public)
    properties = given["instanceProps"]
    if properties.present:
        count: Any = given["instances"].content if given["instances"].present else _WITHOUT_INSTANCES
        for number in range(1, (count if isinstance(count, int) else 1) + 1):
            _instance(library, evaluator, cluster, f"Instance{number}", properties["publiclyAccessible"])


def _instance(library: Library, evaluator: Evaluator, cluster: Construct, name: str, public: Node) -> None:
    at = cluster.at
    made = {"dbClusterIdentifier": node(reference(cluster, "Ref"), at), "engine": cluster.given["engine"]}
    if public.present:
        made["publiclyAccessible"] = public
    child(library, evaluator, cluster, "aws-rds.CfnDBInstance", name, made, at)
