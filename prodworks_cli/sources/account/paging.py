"""Paging: which members of an operation carry the token of the next page, by botocore's paginators or its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session

# Pairs of members, of the answer and of the next request, that carry a token where botocore has no paginator.
_PAIRS = (
    *((name, name) for name in ("nextToken", "NextToken", "NextPageToken", "nextPageToken", "Marker", "marker")),
    *((name, name) for name in ("NextMarker", "nextMarker", "ContinuationToken", "PaginationToken", "paginationToken")),
    *(("NextMarker", "Marker"), ("nextMarker", "marker"), ("NextContinuationToken", "ContinuationToken")),
    *(("NextPageMarker", "Marker"), ("NextToken", "StartingToken"), ("position", "position")),
)


@dataclass(frozen=True)
class Pages:
    """How to ask for the next page: members of the answer and the parameters that take their values."""

    tokens: tuple[tuple[str, str], ...]

    def following(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters for the next page; empty after the last one. A null or empty token ends the listing."""
        return {asked: answer[given] for given, asked in self.tokens if answer.get(given)}


def pages_of(session: Session, service: str, operation: str) -> Pages:
    """The paging of an operation; without any token it has one page."""
    config = _paginators(session, service).get(operation)
    if config:
        given, asked = _texts(config["output_token"]), _texts(config["input_token"])
        if all(name.isidentifier() for name in given):
            return Pages(tuple(zip(given, asked, strict=True)))
    model = session.get_service_model(service).operation_model(operation)
    inputs = model.input_shape.members if model.input_shape else {}
    outputs = model.output_shape.members if model.output_shape else {}
    return Pages(tuple((given, asked) for given, asked in _PAIRS if given in outputs and asked in inputs)[:1])


def _paginators(session: Session, service: str) -> Mapping[str, Any]:
    from botocore.exceptions import UnknownServiceError

    try:
        model: Mapping[str, Any] = session.get_component("data_loader").load_service_model(service, "paginators-1")
    except UnknownServiceError:
        return {}
    return model["pagination"]  # type: ignore[no-any-return]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
