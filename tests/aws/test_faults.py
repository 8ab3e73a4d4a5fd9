"""Faults: every operation in turn fails in every way. What was not read is unknown, and never a better report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from prodworks_cli import account, audit
from prodworks_cli.account import Access, AccountOptions, Limits, read_account
from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Plane
from prodworks_cli.planes import with_account
from prodworks_cli.report import Report
from prodworks_cli.resources.collecting import TAGGED, Read
from prodworks_cli.resources.registry import reads
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.account.calls import Answer, Calls, Clock
from prodworks_cli.sources.account.session import Clients, open_session
from prodworks_cli.sources.files import tree_of
from tests.aws.conftest import WHO
from tests.aws.endpoint import AwsError, Endpoint, FakeAccount, Hang, Params, Raw
from tests.aws.scenario import FILES, HOME
from tests.aws.scenario_rest import ANSWERS
from tests.aws.shapes import minimal, minimal_request

ONCE = Limits(total=60, connect=10, read=20, attempts=1, calls=16)
THRICE = replace(ONCE, attempts=3)
# What only tells who we are and where to look; without the first nothing is read, which is a test of its own.
LOOK_UPS = {"sts:GetCallerIdentity", "account:ListRegions", "cloudwatch:ListMetrics", TAGGED.name}
OPERATIONS = sorted(set(ANSWERS))
Call = tuple[Read, str, Mapping[str, Any], bool]
Scanned = Callable[..., Report]


@pytest.fixture(scope="module")
def shared() -> dict[str, Any]:
    """What all scans of this module share: loading the models of services and making clients takes most of a scan."""
    return {}


@pytest.fixture
def quick(endpoint: Endpoint, shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    if not shared:
        shared["session"] = open_session(Access(), (read.name for read in reads()))
        shared["declared"] = collect_repository(tree_of(dict(FILES)), {})
    monkeypatch.setattr(account, "open_session", lambda access, allowed: shared["session"])
    return endpoint


@pytest.fixture
def scan(quick: Endpoint, shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Scanned:
    """Gives the report of the scenario in its home Region with these answers."""
    made: dict[tuple[str, str, Limits], Any] = shared.setdefault("clients", {})
    get = Clients.get

    def client(self: Clients, service: str, region: str) -> Any:
        key = service, region, self._limits
        if key not in made:
            made[key] = get(self, service, region)
        return made[key]

    def scanned(answers: Mapping[str, Any], limits: Limits = ONCE) -> Report:
        quick.account = FakeAccount({**WHO, **answers})
        errors = audit.Errors()
        options = AccountOptions(regions=(HOME,), limits=limits)
        with monkeypatch.context() as patch:
            patch.setattr(Clients, "get", client)
            seen = read_account(options, shared["declared"], errors, lambda line: None).inventory
        pack = load_rules()
        joined = with_account(shared["declared"], seen)
        report = audit.judged(joined, pack, pack.rules, errors, lambda line: None)
        assert errors.seen == []
        return report

    return scanned


@pytest.fixture
def healthy(scan: Scanned, shared: dict[str, Any]) -> Report:
    if "report" not in shared:
        shared["report"] = scan(ANSWERS)
    report: Report = shared["report"]
    return report


def _verdicts(report: Report) -> dict[tuple[str, str, str], str]:
    """Every verdict that says yes or no, by rule, subject and plane."""
    return {
        (rule["id"], subject["identity"], plane): said["status"]
        for rule in report["rules"]
        for subject in rule["subjects"]
        for plane, said in subject["planes"].items()
        if said["status"] in ("pass", "fail")
    }


def _passes(report: Report) -> int:
    return sum(rule["status"] == "pass" for rule in report["rules"])


def _no_better(worse: Report, before: Report) -> None:
    """Taking access away makes no new verdict, no new pass, and no higher score."""
    made = {key: status for key, status in _verdicts(worse).items() if _verdicts(before).get(key) != status}
    assert made == {}
    assert worse["score"]["score"] <= before["score"]["score"]
    assert worse["score"]["proven"] <= before["score"]["proven"]
    assert _passes(worse) <= _passes(before)


def _named(report: Report, operation: str) -> bool:
    return operation in json.dumps(report)


def test_every_operation_that_there_is_fails_once() -> None:
    assert {read.name for read in reads()} - LOOK_UPS <= set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_that_is_denied_makes_nothing_better(scan: Scanned, healthy: Report, operation: str) -> None:
    report = scan({**ANSWERS, operation: AwsError("AccessDeniedException", 403)})
    _no_better(report, healthy)


@pytest.mark.parametrize("code", ["ExpiredTokenException", "ThrottlingException"])
def test_everything_refused_is_everything_unknown(scan: Scanned, healthy: Report, code: str) -> None:
    report = scan({name: AwsError(code, 400) for name in ANSWERS})
    _no_better(report, healthy)
    assert not [key for key in _verdicts(report) if key[2] == "observed"]
    for kind in ("aws.bedrock.guardrail", "aws.iam.role", "aws.budgets.budget", "aws.s3.bucket"):
        assert [g for g in report["scan"]["gaps"] if g["type"] == kind and code in g["reason"]]


@pytest.mark.parametrize("calls_made", [3, 25, 80])
def test_credentials_that_expire_half_way_keep_what_was_read(scan: Scanned, healthy: Report, calls_made: int) -> None:
    count = iter(range(10_000))

    def until(name: str) -> Callable[[Params, str], Any]:
        def answer(params: Params, region: str) -> Any:
            if next(count) > calls_made:
                return AwsError("ExpiredTokenException", 400)
            given = ANSWERS[name]
            return given(params, region) if callable(given) else given

        return answer

    report = scan({name: until(name) for name in ANSWERS})
    _no_better(report, healthy)
    assert "ExpiredTokenException" in json.dumps(report["scan"]["gaps"])


def test_a_scan_that_hangs_ends_at_its_limit_with_what_it_has(scan: Scanned, healthy: Report) -> None:
    hanging = {**ANSWERS, "bedrock:GetGuardrail": Hang(8), "logs:DescribeLogGroups": Hang(8)}
    limits = Limits(total=3, connect=1, read=60, attempts=1, calls=16)
    report = scan(hanging, limits)
    _no_better(report, healthy)
    late = {g["type"] for g in report["scan"]["gaps"] if "within the limit of 3 s" in g["reason"]}
    assert "aws.bedrock.guardrail" in late
    assert [e for e in report["inventory"] if e["type"] == "aws.budgets.budget"]


@pytest.fixture
def calls(scan: Scanned, shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """One call of each operation that there is: with the parameters of a scan, else with what its model demands."""
    if "calls" not in shared:
        made: dict[str, Call] = {}
        once = Calls.once

        def noted(self: Calls, read: Read, region: str, params: Mapping[str, Any], pages: bool) -> Answer:
            made[read.name] = (read, region, dict(params), pages)
            return once(self, read, region, params, pages)

        with monkeypatch.context() as patch:
            patch.setattr(Calls, "once", noted)
            scan(ANSWERS)
        for read in reads():
            made.setdefault(read.name, (read, HOME, minimal_request(read.name), False))
        shared["calls"] = [made[name] for name in sorted(made)]
    listed: list[Call] = shared["calls"]
    return listed


def _answers(
    endpoint: Endpoint, shared: dict[str, Any], listed: list[Call], fault: Any, limits: Limits
) -> list[Answer]:
    """What each call gives when its operation has the fault."""
    return _each(endpoint, shared, listed, {call[0].name: fault for call in listed}, limits)


def _each(
    endpoint: Endpoint, shared: dict[str, Any], listed: list[Call], answers: Mapping[str, Any], limits: Limits
) -> list[Answer]:
    endpoint.account = FakeAccount(dict(answers))

    def ask(call: Call) -> Answer:
        # Clients of its own, since a throttled one slows down all that it sends.
        return Calls(shared["session"], limits, Clock(limits.total)).once(*call)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, listed))


# The fault, and the codes by which it may be told; S3 makes an error of its own of a body that breaks off.
FAULTS: dict[str, tuple[Any, set[str]]] = {
    "denied": (AwsError("AccessDeniedException", 403), {"AccessDeniedException"}),
    "denied as S3 and IAM say it": (AwsError("AccessDenied", 403), {"AccessDenied"}),
    "throttled for ever": (AwsError("ThrottlingException", 400), {"ThrottlingException"}),
    "server error": (AwsError("InternalServerException", 500), {"InternalServerException"}),
    "page of a proxy": (Raw(b"<html>no</html>", 403), {"403", "Malformed"}),
    "page of a proxy that says all is well": (Raw(b"<html>hello</html>"), {"Malformed", "500"}),
    "cut off": (Raw(b'{"a": [1, 2'), {"Malformed", "500"}),
    "empty body": (Raw(b""), {"Malformed", "500"}),
    "expired": (AwsError("ExpiredTokenException", 403), {"ExpiredTokenException"}),
    "Region not enabled": (AwsError("UnrecognizedClientException", 403), {"UnrecognizedClientException"}),
    "no subscription": (AwsError("SubscriptionRequiredException", 400), {"SubscriptionRequiredException"}),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_operation_says_what_went_wrong(
    quick: Endpoint, calls: list[Call], shared: dict[str, Any], fault: str
) -> None:
    given, codes = FAULTS[fault]
    for call, answer in zip(calls, _answers(quick, shared, calls, given, ONCE), strict=True):
        read = call[0]
        assert answer.failure is not None, read.name
        assert answer.response is None, read.name
        assert answer.failure.code in codes, read.name
        reason = answer.failure.reason(read.name, read.action)
        assert reason.startswith(f"{read.name}: {answer.failure.code}")
        assert (f"grant {read.action}" in reason) is fault.startswith("denied")


def test_a_hang_is_a_timeout(quick: Endpoint, calls: list[Call], shared: dict[str, Any]) -> None:
    limits = Limits(total=30, connect=1, read=0.1, attempts=1)
    for answer in _answers(quick, shared, calls, Hang(0.5), limits):
        assert answer.failure is not None
        assert answer.failure.code == "Timeout"


def _throttled_twice(given: Any) -> Callable[[Params, str], Any]:
    tries = iter([AwsError("ThrottlingException", 400)] * 2)

    def answer(params: Params, region: str) -> Any:
        return next(tries, None) or (given(params, region) if callable(given) else given)

    return answer


def test_throttling_that_passes_is_waited_for(
    quick: Endpoint, calls: list[Call], shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By every operation there is. The waiting itself is left out: botocore's pauses, and its limit of the rate."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda self, amount=1, block=True: True)
    at_once = {
        call[0].name: ANSWERS.get(call[0].name) or WHO.get(call[0].name, minimal(call[0].name)) for call in calls
    }
    expected = _each(quick, shared, calls, at_once, ONCE)
    made = {name: quick.account.made(name) for name in at_once}
    waited = _each(quick, shared, calls, {n: _throttled_twice(given) for n, given in at_once.items()}, THRICE)
    for call, first, last in zip(calls, expected, waited, strict=True):
        name = call[0].name
        assert last == first, name
        assert quick.account.made(name) == made[name] + 2, name
    assert {call[0].name for call in calls} == {read.name for read in reads()}


def test_an_empty_page_with_a_token_goes_on_and_a_token_that_repeats_ends(
    quick: Endpoint, calls: list[Call], shared: dict[str, Any]
) -> None:
    from prodworks_cli.sources.account.paging import pages_of

    tried = 0
    for call in calls:
        read, _, _, pages = call
        tokens = pages_of(shared["session"], read.service, read.operation).tokens if pages else ()
        if not tokens:
            continue
        tried += 1
        ((given, _),) = tokens[:1]
        empty = {**minimal(read.name), given: "again"}
        more = {"IsTruncated": True} if read.operation == "GetAccountAuthorizationDetails" else {}
        pages_left = iter([{**empty, **more}, {**empty, given: "other", **more}])

        def end(params: Params, region: str, left: Any = pages_left, name: str = read.name) -> Any:
            return next(left, minimal(name))

        (whole,) = _answers(quick, shared, [call], end, ONCE)
        assert whole.failure is None, read.name
        assert quick.account.made(read.name) == 3
        (endless,) = _answers(quick, shared, [call], {**empty, **more}, ONCE)
        assert endless.failure is not None, read.name
        assert endless.failure.code == "RepeatedToken"
    assert tried >= 15


def test_what_is_denied_is_named_in_the_report(scan: Scanned) -> None:
    """Over all operations that a report depends on: it names the permission."""
    silent = []
    for operation in ("bedrock:ListGuardrails", "iam:GetAccountAuthorizationDetails", "budgets:DescribeBudgets"):
        report = scan({**ANSWERS, operation: AwsError("AccessDeniedException", 403)})
        action = next(read.action for read in reads() if read.name == operation)
        if not any(g["action"] == action for g in report["scan"]["gaps"]):
            silent.append(operation)
    assert silent == []


def test_an_account_that_does_not_say_who_we_are_is_all_unknown(scan: Scanned, healthy: Report) -> None:
    report = scan({**ANSWERS, "sts:GetCallerIdentity": AwsError("AccessDenied", 403)})
    _no_better(report, healthy)
    assert [g for g in report["scan"]["gaps"] if g["type"] == "aws.*" and g["plane"] == Plane.OBSERVED]
