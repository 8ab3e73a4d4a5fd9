"""Python: model calls and the clients they go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prodworks_cli.model import Gap, Plane
from prodworks_cli.node import Node
from prodworks_cli.processes import Beside, here
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.log_setups.levels import LevelVariables
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.python.budget import Budget
from prodworks_cli.sources.python.clients import client_draft, client_identity
from prodworks_cli.sources.python.clients_of_providers import client_calls
from prodworks_cli.sources.python.correlation import Correlations
from prodworks_cli.sources.python.drafts import Around, Describer
from prodworks_cli.sources.python.frameworks import model_objects
from prodworks_cli.sources.python.http_calls import http_calls
from prodworks_cli.sources.python.mcp import mcp_servers, pins
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.prompts import Prompts
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.routers import routed_models
from prodworks_cli.sources.python.sites import CallSite, Client, Finder
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.telemetry import telemetry
from prodworks_cli.sources.python.texts import Texts
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values
from prodworks_cli.sources.telemetry.launchers import launched
from prodworks_cli.sources.telemetry.setups import drafts
from prodworks_cli.sources.telemetry.variables import Variables

MODEL_WORDS = (b"bedrock", b"converse", b"invoke_model")
# A file of which more than this share of lines is not understood may hide anything.
BROKEN_SHARE = 0.2


def read_python(
    files: Sequence[File],
    environment: Mapping[str, tuple[Node, ...]],
    owners: Owners,
    locks: Sequence[File] = (),
    beside: Beside = here,
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """What :func:`prodworks_cli.sources.python.read` says.

    What there is too much of is left out, with a gap that says so: no repository takes more steps than the budget
    allows. ``beside`` follows where texts go in another process while this one describes the calls.
    """
    repository = Repository(files, locks)
    tracer = Tracer(repository)
    values = Values(tracer, environment)
    calls = list(Finder(repository, tracer, values).calls())
    describer = Describer(repository, values, environment)
    objects = [
        *model_objects(repository, values),
        *routed_models(repository, values),
        *client_calls(repository, values, environment),
    ]
    requests = list(http_calls(repository, values))
    identities = {describer.key(c): describer.identity(c) for c in calls}
    identities |= dict(describer.named(o.site, o.name) for o in objects if o.direct)
    identities |= dict(describer.named(r.site, r.api) for r in requests)
    texts = Texts(repository, tracer, values, calls, [o for o in objects if not o.direct], identities)
    following = _following(texts, repository, files, environment, beside)
    around = Around(texts.requests, Correlations(repository, texts.entries), texts.answers)
    described = [describer.sdk_call(call, around) for call in calls]
    described += [describer.model_object(found, around) for found in objects]
    sent = [describer.http_call(found, around) for found in requests]
    described += [call for call, _ in sent]
    clients = [*_clients(calls, describer, values), *(client for _, client in sent)]
    known = {draft.identity: draft for draft in (*describer.framework_clients.drafts.values(), *clients)}
    asked = [*texts.told(), *(r.sent for r in requests if r.sent is not None)]
    prompts = Prompts(repository, tracer, owners).drafts(asked)
    traced = any(d.attributes.get("instrumented") is True for d in described)
    installed = pins(repository)
    others = (*prompts, *mcp_servers(repository, values, installed))
    variables = Variables(files, environment)
    distribution = installed("aws-opentelemetry-distro") is True
    setups = (*telemetry(repository, values, traced, installed), *launched(files, variables, distribution))
    others = (*others, *drafts(setups, variables))
    followed, gaps = following()
    return (*described, *known.values(), *followed, *others), (*_gaps(repository), *gaps)


Followed = tuple[tuple[Draft, ...], tuple[Gap, ...]]


def _following(
    texts: Texts,
    repository: Repository,
    files: Sequence[File],
    environment: Mapping[str, tuple[Node, ...]],
    beside: Beside,
) -> Callable[[], Followed]:
    """Where texts go, followed beside what this process does, and the gaps on the way.

    The budget is one for both: where they take more than it has, or what was followed elsewhere was cut short, that
    does not count, since what is found shall not depend on who came first.
    """
    texts.prepare()
    budget, before = repository.budget, repository.budget.copy()

    def follow() -> tuple[Followed, Budget]:
        drafts = tuple(texts.drafts(environment, LevelVariables(files, environment)))
        return (drafts, texts.gaps), budget

    waiting = here(follow) if before.incomplete else beside(follow)

    def result() -> Followed:
        followed, spent = waiting()
        if spent is not budget and not budget.join(spent, before):
            followed, _ = follow()
        return followed

    return result


def _gaps(repository: Repository) -> tuple[Gap, ...]:
    broken = tuple(g for m in repository.containing(*MODEL_WORDS) for g in _gap(m))
    return (*broken, *repository.budget.gaps)


def _clients(calls: list[CallSite], describer: Describer, values: Values) -> list[Draft]:
    """Each client that a call goes through, once, with the functions around those calls."""
    clients: dict[str, tuple[Client, list[Site]]] = {}
    for call in (c for c in calls if not describer.is_dead(c.site)):
        for client in call.clients:
            _, around = clients.setdefault(client_identity(client), (client, []))
            around.extend(s for s in describer.reach(call).chain if s.node.type == "function_definition")
    return [client_draft(client, values, around) for client, around in clients.values()]


def _gap(module: Module) -> list[Gap]:
    broken = module.of_type("ERROR") if module.root.has_error else ()
    lines = {line for node in broken for line in range(node.start_point[0], node.end_point[0] + 1)}
    total = module.root.end_point[0] + 1
    if not broken or len(lines) <= BROKEN_SHARE * total:
        return []
    first = min(lines) + 1
    reason = f"Python syntax errors on {len(lines)} of {total} lines"
    return [Gap("repo.model_*", Plane.DECLARED, module.path, reason, first)]
