"""The session: the standard credential chain, an assumed role, and a hook that lets only declared reads out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from prodworks_cli import __version__
from prodworks_cli.sources.account.models import loader_of

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

# What the credential chain itself may call: assuming a role of a profile, single sign-on, web identities.
CREDENTIAL_CALLS = frozenset(
    {
        *("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"),
        *("sso:GetRoleCredentials", "sso-oidc:CreateToken", "signin:CreateOAuth2Token"),
    }
)
_ATTEMPTS = 3
_STS_REGION = "us-east-1"
_HEAD = 200


class AccountError(ValueError):
    """The account cannot be read at all: the message says why and what to do."""


class RefusedOperation(AccountError):
    """An operation that is not declared as a read: it never leaves the process."""


class MalformedAnswer(ValueError):
    """An answer that is not in the form that the operation's model says."""


@dataclass(frozen=True)
class Access:
    """How to get into the account."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Limits:
    """Bounds of one call and of the whole scan, in seconds, and how many calls are under way at once."""

    total: float = 300
    connect: float = 5
    read: float = 20
    attempts: int = _ATTEMPTS
    calls: int = 32


def open_session(access: Access, allowed: Iterable[str]) -> Session:
    """A session of the standard credential chain that refuses every operation not in ``allowed``.

    Raises :class:`AccountError` for a profile that does not exist.
    """
    import botocore.session
    from botocore.exceptions import BotoCoreError

    named = frozenset(allowed)
    try:
        session = botocore.session.Session(profile=access.profile)
        session.get_scoped_config()
        guard(session, named)
        if access.role_arn:
            session = _assumed(session, access, named)
    except BotoCoreError as error:
        raise AccountError(str(error)) from error
    return session


def _assumed(base: Session, access: Access, allowed: Iterable[str]) -> Session:
    """A session whose credentials come from assuming the role, anew whenever they run out."""
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    source = base.get_credentials()
    if source is None:
        raise AccountError(NO_CREDENTIALS)
    extra = {"RoleSessionName": "prodworks", **({"ExternalId": access.external_id} if access.external_id else {})}
    # Without a Region in the configuration a client for STS could not be made.
    create = partial(base.create_client, region_name=base.get_config_variable("region") or _STS_REGION)
    fetcher = AssumeRoleCredentialFetcher(create, source, access.role_arn, extra_args=extra)
    session = botocore.session.Session(profile=access.profile)
    guard(session, allowed)
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return session


NO_CREDENTIALS = (
    "no AWS credentials were found; set AWS_PROFILE or give --profile, sign in with aws sso login, "
    "or audit without --aws"
)


def guard(session: Session, allowed: Iterable[str]) -> None:
    """Let only ``allowed`` operations (``service:Operation``) out of the session, and only well-formed answers in."""
    known = frozenset(allowed) | CREDENTIAL_CALLS
    session.register_component("data_loader", loader_of(known, session.get_config_variable("data_path")))
    session.register("before-parameter-build", partial(_refuse, known))
    session.register("before-parse", _check_form)


def _refuse(allowed: frozenset[str], model: Any, **_: Any) -> None:
    name = f"{model.service_model.service_name}:{model.name}"
    if name not in allowed:
        raise RefusedOperation(f"{name} is not among the declared reads; nothing was sent")


def _check_form(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    """botocore takes a body that is not JSON for an empty answer, which would read as "not configured"."""
    if response_dict["status_code"] >= 300:
        return
    body, shape = response_dict["body"], operation_model.output_shape
    if not isinstance(body, bytes) or shape is None:
        return
    protocol = operation_model.service_model.resolved_protocol
    if protocol not in ("json", "rest-json"):
        _check_xml(body)
    elif "payload" not in shape.serialization:
        _check_json(body, shape)


def _check_xml(body: bytes) -> None:
    """What does not parse is noticed by botocore; a page that parses would be taken for an empty answer."""
    start = body[:_HEAD].lstrip().lower()
    if not start or start.startswith((b"<!doctype html", b"<html")):
        raise MalformedAnswer("nothing, or a web page, instead of an answer")


def _check_json(body: bytes, shape: Any) -> None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer("the answer is not JSON") from error
    if not isinstance(data, dict):
        raise MalformedAnswer("the answer is not a JSON object")
    names = {member.serialization.get("name", name) for name, member in shape.members.items()}
    if data and not names & set(data):
        raise MalformedAnswer("the answer has no member that the operation's model knows")


class Clients:
    """One client for each service and Region, made when first asked for. Clients are safe to share, sessions not."""

    def __init__(self, session: Session, limits: Limits) -> None:
        self._session, self._limits = session, limits
        self._made: dict[tuple[str, str], BaseClient] = {}
        self._lock = Lock()

    def get(self, service: str, region: str) -> BaseClient:
        """The client; botocore's errors (a bad Region, no credentials) go through."""
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._session.create_client(
                    service, region_name=region, config=self._config()
                )
            return self._made[service, region]

    def _config(self) -> Any:
        from botocore.config import Config

        return Config(
            connect_timeout=self._limits.connect,
            read_timeout=self._limits.read,
            max_pool_connections=self._limits.calls,
            retries={"mode": "adaptive", "total_max_attempts": self._limits.attempts},
            user_agent_extra=f"prodworks/{__version__}",
        )
