"""Methods of REST APIs of API Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference, blocks_in
from prodworks_cli.resources.adapter import (
    Declared,
    Record,
    Spelling,
    declared,
    observed,
    pascal,
    refers,
    snake,
    some,
    truth,
)
from prodworks_cli.resources.entries import (
    Entry,
    below_default,
    declared_acl,
    function_in,
    has_rate_rule,
    join_name,
    named_block,
)
from prodworks_cli.resources.entries_limits import REST, observed_logged, seconds, stages_logged
from prodworks_cli.schema import Draft, Drafted

_KINDS = {"AWS_IAM": "iam", "COGNITO_USER_POOLS": "cognito", "CUSTOM": "lambda"}
_STAGES = ("aws_api_gateway_stage", "AWS::ApiGateway::Stage", "AWS::Serverless::Api")
_SETTINGS = ("aws_api_gateway_method_settings", "AWS::ApiGateway::Stage", "AWS::Serverless::Api")
_PLANS = ("aws_api_gateway_usage_plan", "AWS::ApiGateway::UsagePlan")
_POLICY = Unknown("a resource policy limits who may call", present=True)


def authentication(kind: Node, key_required: Node) -> Drafted:
    """What a method asks for. A key names a usage plan, not a caller."""
    if kind.unknown:
        return kind.unknown
    if kind.text() in _KINDS:
        return _KINDS[kind.text() or ""]
    needs_key = truth(key_required) if key_required.present else False
    return needs_key if isinstance(needs_key, Unknown) else ("api_key" if needs_key else "none")


def _method(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A method; OPTIONS answers the preflight of browsers, which carries no credentials."""
    body = block.body
    verb = body[spell("http_method")]
    if (verb.text() or "").upper() == "OPTIONS":
        return None
    api = named_block(body[spell("rest_api_id")], declarations)
    key = body[spell("api_key_required")]
    acl, rate_rule = declared_acl(_addresses(api, declarations), declarations)
    integration = _integration(block, declarations, spell)
    return declared(
        Entry,
        block,
        join_name(body, api.body.first_of("name", "Name"), verb) if api else (),
        engine="rest",
        name=_name(verb, body, api),
        public=_public(api, declarations),
        authentication=authentication(body[spell("authorization" if spell is snake else "authorization_type")], key),
        throttled=_throttled(api, truth(key) if key.present else False, declarations),
        web_acl=acl,
        waf_rate_rule=rate_rule,
        access_logs=stages_logged(_of(api, _STAGES, declarations) if api else ()),
        timeout_seconds=integration.unknown or seconds(integration[_TIMEOUTS[spell is snake]], REST),
        target=function_in(_uri(integration, spell), declarations),
        leads_to_model=None,
    )


def _name(verb: Node, body: Node, api: Block | None) -> Drafted:
    api_name = api.body.first_of("name", "Name").text() if api else None
    parts = [verb.text(), body["path"].text(), api_name and f"of {api_name}"]
    return " ".join(p for p in parts if p) or Unknown("the verb is not known", present=True)


_TIMEOUTS = {True: "timeout_milliseconds", False: "TimeoutInMillis"}


def _integration(block: Block, declarations: Declarations, spell: Spelling) -> Node:
    """The integration: a part of the method, or with Terraform a resource of its own."""
    if spell is pascal:
        return block.body["Integration"]
    body = block.body
    for beside in declarations.of_type("aws_api_gateway_integration"):
        if _same(beside.body["resource_id"], body["resource_id"]) and _same_verb(beside, block):
            return beside.body
    return Node(Unknown("the integration is not declared here", present=True), body.location)


def _uri(integration: Node, spell: Spelling) -> Node:
    """The integration's address; a mock has none."""
    if integration.unknown:
        return integration
    mocked = integration[spell("type")].text() == "MOCK" or not integration.present
    return Node(None, integration.location) if mocked else integration[spell("uri")]


def _same(left: Node, right: Node) -> bool:
    return left.content is not None and left.content == right.content


def _same_verb(integration: Block, method: Block) -> bool:
    verb = integration.body["http_method"]
    if isinstance(verb.content, Reference):
        return verb.content.address == method.address
    return verb.text() == method.body["http_method"].text()


def _public(api: Block | None, declarations: Declarations) -> bool | Unknown:
    """An API is reachable from the internet unless its endpoint is private; a policy may still limit who calls."""
    if api is None:
        return Unknown("the API is declared elsewhere", present=True)
    body = api.body
    endpoint = body.first_of("endpoint_configuration", "EndpointConfiguration")
    types = endpoint.at("types") if endpoint.at("types").present else endpoint.first_of("Types", "Type")
    if endpoint.unknown or types.unknown:
        return endpoint.unknown or types.unknown or True
    kinds = {t.text() for t in (*types.items(), *([endpoint] if endpoint.text() else []))}
    if "PRIVATE" in kinds:
        return False
    return _POLICY if _has_policy(api, declarations) else True


def _has_policy(api: Block, declarations: Declarations) -> bool:
    own = (api.body.first_of("policy", "Policy"), api.body.at("Auth", "ResourcePolicy"))
    beside = declarations.of_type("aws_api_gateway_rest_api_policy")
    return any(n.present for n in own) or any(refers(p.body["rest_api_id"], api) is True for p in beside)


def _addresses(api: Block | None, declarations: Declarations) -> list[str]:
    """The addresses that a web ACL may name: the API (inside an ARN) and its stages."""
    return [] if api is None else [api.address, *(s.address for s in _of(api, _STAGES, declarations))]


def _of(api: Block, types: tuple[str, ...], declarations: Declarations) -> Iterator[Block]:
    for block in declarations.of_type(*types):
        named = block.body.first_of("rest_api_id", "RestApiId")
        if block.address == api.address or api.address in blocks_in([named.content]):
            yield block


def _throttled(api: Block | None, needs_key: bool | Unknown, declarations: Declarations) -> bool | Unknown:
    """A stage that limits its methods, or a usage plan, which counts only callers that must send a key."""
    if api is None:
        return Unknown("the API is declared elsewhere", present=True)
    stages = below_default(rate for s in _of(api, _SETTINGS, declarations) for rate in _rates(s.body))
    plans = below_default(rate for p in declarations.of_type(*_PLANS) for rate in _plan_rates(p.body, api))
    return some((stages, plans if needs_key is True else (needs_key if plans is True else False)))


def _rates(body: Node) -> Iterator[Node]:
    yield from (s["throttling_rate_limit"] for s in body["settings"].items())
    yield from (s["ThrottlingRateLimit"] for s in body["MethodSettings"].items())


def _plan_rates(plan: Node, api: Block) -> Iterator[Node]:
    stages = plan.first_of("api_stages", "ApiStages").items()
    if any(api.address in blocks_in([s.first_of("api_id", "ApiId").content]) for s in stages):
        yield plan.at("throttle_settings", "rate_limit")
        yield plan.at("Throttle", "RateLimit")


def observed_method(record: Record) -> Draft:
    """A method with its API, its stages and the usage plans of the account."""
    api, method = record.answer("apigateway:GetRestApi"), record.answer("apigateway:GetMethod")
    stages = record.answer("apigateway:GetStages")["item"]
    key = method["apiKeyRequired"]
    acls = [s["webAclArn"] for s in stages.items() if s["webAclArn"].present]
    web_acl = record.answer("wafv2:GetWebACLForResource")["WebACL"]
    return observed(
        Entry,
        record,
        join_name(method, api["name"], method["httpMethod"]),
        engine="rest",
        name=" ".join(p for p in (method["httpMethod"].text(), api["name"].text()) if p),
        public=_observed_public(api),
        authentication=method.unknown or authentication(method["authorizationType"], key),
        throttled=_observed_throttle(record, stages, api["id"], truth(key)),
        web_acl=stages.unknown or next(iter(acls), None),
        waf_rate_rule=stages.unknown
        or (has_rate_rule(web_acl["Rules"], web_acl.at("DefaultAction", "Block")) if acls else False),
        access_logs=observed_logged(stages, "accessLogSettings", "destinationArn"),
        timeout_seconds=method.unknown or seconds(method.at("methodIntegration", "timeoutInMillis"), REST),
        target=_invoked(method.at("methodIntegration", "uri")),
        leads_to_model=None,
    )


def _invoked(uri: Node) -> Drafted:
    return uri.unknown or (function_in(uri, Declarations(())) if uri.present else None)


def _observed_public(api: Node) -> bool | Unknown:
    types = api.at("endpointConfiguration", "types")
    if types.unknown:
        return types.unknown
    if any(t.text() == "PRIVATE" for t in types.items()):
        return False
    return _POLICY if api["policy"].present else True


def _observed_throttle(record: Record, stages: Node, api_id: Node, needs_key: bool | Unknown) -> bool | Unknown:
    if stages.unknown:
        return stages.unknown
    rates = [s["throttlingRateLimit"] for stage in stages.items() for _, s in stage["methodSettings"].members()]
    by_stage = below_default(rates)
    if by_stage is True or needs_key is False:
        return by_stage
    plans = record.answer("apigateway:GetUsagePlans")["items"]
    if plans.unknown:
        return plans.unknown
    mine = [p for p in plans.items() if any(s["apiId"].text() == api_id.text() for s in p["apiStages"].items())]
    return some((by_stage, below_default(p.at("throttle", "rateLimit") for p in mine)))


TERRAFORM: Mapping[str, Declared] = {"aws_api_gateway_method": lambda block, found: _method(block, found, snake)}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::ApiGateway::Method": lambda block, found: _method(block, found, pascal)}
