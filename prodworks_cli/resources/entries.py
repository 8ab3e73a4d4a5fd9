"""Entries: what callers outside the workload can reach, and what stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node, blocks_in
from prodworks_cli.resources.adapter import some
from prodworks_cli.schema import Drafted, Flag, Link, Number, Text, To

_NAME = re.compile(r"[\w-]{1,64}")
FUNCTIONS = ("aws_lambda_function", "AWS::Lambda::Function", "AWS::Serverless::Function")
# The default of an account is 10 000 requests a second for all APIs together: no limit for what models cost.
ACCOUNT_RATE = 10_000
UNIT = "aws.compute.unit"


@dataclass(frozen=True)
class Entry(Kind):
    """One way into the workload.

    ``engine`` is ``rest``, ``http``, ``websocket``, ``function-url``, ``alb`` or ``appsync``. ``authentication`` is
    what the entry itself asks for: ``iam``, ``jwt``, ``cognito``, ``lambda``, ``oidc``, ``api_key`` (one value that
    callers share) or ``none``; an entry with several ways counts with the weakest. ``throttled`` says that a usage
    plan or stage limits requests below the account's default. ``web_acl`` is the ACL in front, ``waf_rate_rule``
    whether it limits each address. ``access_logs`` and ``timeout_seconds`` are absent for an engine without such a
    setting. ``leads_to_model`` is joined later: whether the target may invoke models.
    """

    KIND = "aws.api.entry"

    engine: Text
    name: Text
    public: Flag
    authentication: Text
    throttled: Flag
    web_acl: Text
    waf_rate_rule: Flag
    access_logs: Flag
    timeout_seconds: Number
    target: Annotated[Link, To("aws.compute.unit")]
    leads_to_model: Flag

    @property
    def limited(self) -> Flag:
        """Whether something limits how often callers may ask."""
        return some((self.throttled, self.waf_rate_rule))


def function_in(node: Node, declarations: Declarations) -> Drafted:
    """The function whose ARN a value is, or holds in its text; ``None`` for an integration that calls none."""
    addresses = blocks_in([node.content])
    functions = [a for a in addresses if (b := declarations.named(a)) is not None and b.type in FUNCTIONS]
    aliased = [f for a in addresses for f in _behind_alias(a, declarations)]
    if functions or aliased:
        return Ref(UNIT, (functions or aliased)[0])
    text = node.text()
    if text and ":lambda:" in text and ":function:" in text:
        return Ref(UNIT, text.partition(":function:")[2].partition("/")[0].partition(":")[0])
    if text and _NAME.fullmatch(text):
        return Ref(UNIT, text)
    if text and text.startswith("http"):
        return Unknown("the entry forwards to an address", present=True)
    return Unknown("the target is not resolved", present=True) if node.present else None


_ALIASES = ("aws_lambda_alias", "AWS::Lambda::Alias", "AWS::Lambda::Version")


def _behind_alias(address: str, declarations: Declarations) -> Iterator[str]:
    block = declarations.named(address)
    if block is not None and block.type in _ALIASES:
        yield from blocks_in([block.body.first_of("function_name", "FunctionName").content])


def below_default(rates: Iterable[Node]) -> bool | Unknown:
    """Whether one of the rates (requests a second) is a limit; -1 switches the limit off."""
    return some(_limits(rate) for rate in rates)


def _limits(rate: Node) -> bool | Unknown:
    if rate.unknown:
        return rate.unknown
    try:
        return rate.present and 0 <= float(str(rate.content)) < ACCOUNT_RATE
    except ValueError:
        return Unknown("the rate is no number", present=True)


_ASSOCIATIONS = ("aws_wafv2_web_acl_association", "AWS::WAFv2::WebACLAssociation")
_ACLS = ("aws_wafv2_web_acl", "AWS::WAFv2::WebACL")
_DISTRIBUTIONS = ("aws_cloudfront_distribution", "AWS::CloudFront::Distribution")
_IN_FRONT = Unknown("a CloudFront distribution may stand in front and limit callers")


def declared_acl(protected: Iterable[str], declarations: Declarations) -> tuple[Drafted, bool | Unknown]:
    """The web ACL that is associated with one of the addresses, and whether it limits each address of callers."""
    wanted = set(protected)
    for association in declarations.of_type(*_ASSOCIATIONS):
        resource = association.body.first_of("resource_arn", "ResourceArn")
        if wanted & set(blocks_in([resource.content])):
            acl = association.body.first_of("web_acl_arn", "WebACLArn")
            return acl, _rate_rule(acl, declarations)
    if declarations.of_type(*_DISTRIBUTIONS):
        return _IN_FRONT, _IN_FRONT
    return None, False


def _rate_rule(acl: Node, declarations: Declarations) -> bool | Unknown:
    named = (declarations.named(address) for address in blocks_in([acl.content]))
    blocks = [block for block in named if block is not None and block.type in _ACLS]
    if not blocks:
        return Unknown("the rules of the web ACL are set elsewhere", present=True)
    body = blocks[0].body
    blocking = body.at("default_action", "block")
    closed = blocking if blocking.present else body.at("DefaultAction", "Block")
    return has_rate_rule(body.first_of("rule", "Rules"), closed)


_LISTED = Unknown("the web ACL lets only those in that its rules name", present=True)


def has_rate_rule(rules: Node, closed: Node) -> bool | Unknown:
    """Whether some rule of a web ACL is a rate-based one.

    Where the ACL is ``closed``, so that only those get in whom its rules name, a limit may be needless.
    """
    if rules.unknown:
        return rules.unknown
    limits = some(rule.unknown or _is_rate_based(rule) for rule in rules.items())
    return _LISTED if limits is False and closed.present else limits


def _is_rate_based(rule: Node) -> bool | Unknown:
    for path in (("statement", "rate_based_statement"), ("Statement", "RateBasedStatement")):
        statement = rule.at(*path)
        if statement.unknown or statement.present:
            return statement.unknown or True
    return False


def named_block(node: Node, declarations: Declarations) -> Block | None:
    """The declared block that a value refers to."""
    addresses = blocks_in([node.content])
    return declarations.named(addresses[0]) if addresses else None


def join_name(at: Node, *parts: Node) -> tuple[Node, ...]:
    """The name that joins the planes of an entry, where all its parts are known."""
    texts = [str(p.content) for p in parts if isinstance(p.content, str | int)]
    return (Node(" ".join(texts), at.location),) if len(texts) == len(parts) else ()
