"""Queries against knowledge bases and vector stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Link, Number, Text, To


@dataclass(frozen=True)
class RetrievalCall(Kind):
    """A query against a knowledge base or vector store.

    ``filter_source`` says where the filter comes from that decides which documents are found: identity, client,
    constant or none. ``knows_users`` says that the code tells groups or tenants apart; that it does not leaves the
    rights of its users open.
    """

    KIND = "repo.retrieval_call"

    api: Text
    reachable: Flag
    knowledge_base: Annotated[Link, To("aws.bedrock.knowledge_base")]
    top_k: Number
    filter_source: Text
    results_recorded: Flag
    embedding_model: Text
    store: Text
    knows_users: Flag

    def idle(self) -> str | None:
        """A query that no entry of the program reaches is no subject."""
        return "nothing in the repository calls this code" if self.reachable is False else None
