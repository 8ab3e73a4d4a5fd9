"""What CDK code adds to log groups, and what flow logs bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.values import Construct, Made, members_of, node

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library


def add_metric_filter(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``logGroup.addMetricFilter(id, options)``"""
    given = {**(members_of(arguments[1]) if len(arguments) > 1 else {}), "logGroup": node(of, at)}
    name = arguments[0] if arguments else None
    return node(library.declare(evaluator, "aws-logs.MetricFilter", node(of, at), name, node(given, at), at), at)


def add_flow_log(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``vpc.addFlowLog(id, options)``"""
    options = arguments[1] if len(arguments) > 1 else Node(None, at)
    flow_log(library, evaluator, of, (arguments[0].text() if arguments else None) or "FlowLog", options["destination"])
    return Node(None, at)


def flow_log(library: Library, evaluator: Evaluator, vpc: Construct, name: str, destination: Node) -> None:
    """The group and the role of a flow log that goes to CloudWatch."""
    content: Any = destination.content
    given = content.arguments if isinstance(content, Made) else ()
    if destination.present and not (isinstance(content, Made) and content.symbol.endswith(".toCloudWatchLogs")):
        return
    if not given or not given[0].present:
        child(library, evaluator, vpc, "aws-logs.LogGroup", f"{name}/LogGroup".lstrip("/"), {}, vpc.at)
    if len(given) < 2 or not given[1].present:
        service = Made("aws-iam.ServicePrincipal", (Node("vpc-flow-logs.amazonaws.com", vpc.at),))
        made = {"assumedBy": node(service, vpc.at)}
        child(library, evaluator, vpc, "aws-iam.Role", f"{name}/IAMRole".lstrip("/"), made, vpc.at)


def flow_logs(library: Library, evaluator: Evaluator, vpc: Construct) -> None:
    """The flow logs that a VPC is given."""
    for name, options in members_of(vpc.given["flowLogs"]).items():
        flow_log(library, evaluator, vpc, name, options["destination"])
