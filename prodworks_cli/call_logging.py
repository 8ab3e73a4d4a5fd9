"""Which Region a model is called in, and the invocation logging of that Region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prodworks_cli.model import Plane, Ref, Resource, Unknown
from prodworks_cli.resources.bedrock import InvocationLogging
from prodworks_cli.resources.model_calls import DEPLOYMENT, ModelCall, ModelClient
from prodworks_cli.schema import Link


def region_of(call: ModelCall, resources: Iterable[Resource]) -> str | Unknown:
    """The Region that a call goes to: its own, or that of its client, which may leave it to the deployment."""
    if isinstance(call.region, str):
        return call.region
    if not isinstance(call.client, Ref):
        return Unknown("the client of the call is not known")
    client = next(
        (r.value for r in resources if r.identity == call.client.key and isinstance(r.value, ModelClient)), None
    )
    region = client.region if isinstance(client, ModelClient) else Unknown("the client of the call is not known")
    return DEPLOYMENT if region is None else region


def with_logging(resources: Sequence[Resource]) -> list[Resource]:
    """Declared model calls with the invocation logging that the repository declares for their Region."""
    loggers = [r for r in resources if r.plane is Plane.DECLARED and isinstance(r.value, InvocationLogging)]
    return [_logged(r, loggers, resources) for r in resources]


def _logged(resource: Resource, loggers: Sequence[Resource], resources: Sequence[Resource]) -> Resource:
    if not isinstance(resource.value, ModelCall) or resource.plane is not Plane.DECLARED:
        return resource
    region = region_of(resource.value, resources)
    return replace(resource, value=replace(resource.value, invocation_logging=_declared_logging(region, loggers)))


def _declared_logging(region: str | Unknown, loggers: Sequence[Resource]) -> Link:
    """Code without a Region runs where it is deployed to, and the only setting of the repository is made there too."""
    if not loggers:
        return Unknown("the repository sets no invocation logging; the account may")
    if len(loggers) == 1 and isinstance(region, Unknown) and region.present:
        return Ref(InvocationLogging.KIND, loggers[0].identity)
    found = logging_of(region, loggers)
    return Unknown("for which Region the repository sets invocation logging is not known") if found is None else found


def logging_of(region: str | Unknown, loggers: Sequence[Resource]) -> Link:
    """The invocation logging of a Region, among those that were seen."""
    if isinstance(region, Unknown):
        return region
    found = [r for r in loggers if isinstance(r.value, InvocationLogging) and r.value.region == region]
    if found:
        return Ref(InvocationLogging.KIND, found[0].identity)
    return Unknown(f"the invocation logging of {region} was not read")
