"""What all tests share: property-based tests without a time limit (a busy machine is no failure), and the fake AWS
endpoint, one for the whole run, since it is cheap to exchange the account behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.aws.endpoint import Endpoint

settings.register_profile("prodworks", deadline=None)
settings.load_profile("prodworks")


@pytest.fixture(scope="session", autouse=True)
def no_cache() -> Iterator[None]:
    """No test leaves anything in the cache of who runs it, or is answered from there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRODWORKS_NO_CACHE", "1")
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.shutdown()
    endpoint.server_close()
