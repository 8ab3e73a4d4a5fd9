"""The data sources that CDK code adds to a GraphQL API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import Construct, node

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

# The method, the type of what it adds, and where that goes.
_SOURCES = {
    "addLambdaDataSource": ("AWS_LAMBDA", "function"),
    "addHttpDataSource": ("HTTP", "endpoint"),
    "addNoneDataSource": ("NONE", ""),
    "addDynamoDbDataSource": ("AMAZON_DYNAMODB", "table"),
    "addEventBridgeDataSource": ("AMAZON_EVENTBRIDGE", "eventBus"),
    "addOpenSearchDataSource": ("AMAZON_OPENSEARCH_SERVICE", "domain"),
    "addRdsDataSource": ("RELATIONAL_DATABASE", "cluster"),
}


def _name(called: Node) -> Node:
    """A name without what AppSync does not allow."""
    text = called.text()
    return Node(re.sub(r"\W+", "", text, flags=re.ASCII), called.location) if text else called


def _adding(kind: str, what: str) -> Callable[[Library, Evaluator, Construct, tuple[Node, ...], Location], Node]:
    def add(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
        name = arguments[0] if arguments else None
        options = arguments[-1] if len(arguments) > (2 if what else 1) else Node(None, at)
        called = options["name"] if options["name"].present else name
        given = {"api": node(of, at), "name": _name(called) if called else Node(None, at), "type": Node(kind, at)}
        if what and len(arguments) > 1:
            given[what] = arguments[1]
        symbol = "aws-appsync.DataSource" if what else "aws-appsync.NoneDataSource"
        return node(library.declare(evaluator, symbol, node(of, at), name, node(given, at), at), at)

    return add


ADD_SOURCES = {method: _adding(*source) for method, source in _SOURCES.items()}
