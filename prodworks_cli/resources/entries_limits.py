"""What entries write down of each request, and how long they wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.resources.adapter import every, has, truth
from prodworks_cli.schema import Drafted

# What API Gateway and AppSync wait when nothing else is set; a load balancer waits for the next byte.
REST, HTTP, GRAPH, BALANCER = 29, 30, 30, 60
_NO_STAGE = Unknown("the stage of the API is not declared here", present=True)


def seconds(milliseconds: Node, default: int) -> Drafted:
    """A time limit in seconds, or the service's own."""
    if not milliseconds.present:
        return default
    text = str(milliseconds.content)
    return milliseconds.unknown or (int(text) / 1000 if text.isdigit() else Unknown("the time limit is no number"))


def stages_logged(stages: Iterable[Block]) -> bool | Unknown:
    """Whether each declared stage writes access logs; an API without one has it elsewhere."""
    logged = [_logged(stage.body) for stage in stages]
    return every(logged) if logged else _NO_STAGE


def _logged(stage: Node) -> bool | Unknown:
    """Terraform and SAM spell the setting as API Gateway's versions do, one of them in the singular."""
    settings = stage.first_of("access_log_settings", "AccessLogSettings", "AccessLogSetting")
    first = settings.items()[0] if settings.items() else settings
    return settings.unknown or has(first.first_of("destination_arn", "DestinationArn"))


def observed_logged(stages: Node, settings: str, destination: str) -> bool | Unknown:
    """Whether each stage of the account writes access logs; an API without a stage answers nobody."""
    if stages.unknown:
        return stages.unknown
    return every(stage.unknown or has(stage.at(settings, destination)) for stage in stages.items())


def balancer_logged(balancer: Block | None) -> bool | Unknown:
    """Whether a declared load balancer writes access logs."""
    if balancer is None:
        return Unknown("the load balancer is declared elsewhere", present=True)
    block = balancer.body["access_logs"]
    if block.unknown or block.present:
        return block.unknown or truth(block.at("enabled"))
    found = _attribute(balancer.body["LoadBalancerAttributes"], "access_logs.s3.enabled")
    return truth(found)


def balancer_waits(balancer: Block | None) -> Drafted:
    """The idle timeout of a declared load balancer."""
    if balancer is None:
        return Unknown("the load balancer is declared elsewhere", present=True)
    own = balancer.body["idle_timeout"]
    found = own if own.present else _attribute(balancer.body["LoadBalancerAttributes"], "idle_timeout.timeout_seconds")
    return found if found.present else BALANCER


def observed_balancer(attributes: Node) -> tuple[Drafted, Drafted]:
    """Whether a load balancer of the account writes access logs, and its idle timeout."""
    logged = _attribute(attributes, "access_logs.s3.enabled")
    return truth(logged), _attribute(attributes, "idle_timeout.timeout_seconds")


def _attribute(attributes: Node, name: str) -> Node:
    if attributes.unknown:
        return Node(attributes.unknown, attributes.location)
    own = (entry["Value"] for entry in attributes.items() if entry["Key"].text() == name)
    return next(own, Node(None, attributes.location))
