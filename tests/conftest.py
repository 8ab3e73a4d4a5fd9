"""The fake AWS endpoint, one for the whole run: it is cheap to exchange the account behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.endpoint import Endpoint


@pytest.fixture(scope="session")
def server() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.shutdown()
    endpoint.server_close()
