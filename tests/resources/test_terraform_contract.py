"""Every Terraform type, argument and block that is read exists in a published provider."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from types import ModuleType
from typing import Any

import pytest

from prodworks_cli.model import Location
from prodworks_cli.node import Block, Content, Declarations, Node, Reference
from prodworks_cli.resources.environment import environment
from prodworks_cli.resources.registry import adapting
from prodworks_cli.schema import Draft, assemble
from prodworks_cli.sources import measurements, state_machines
from tests.resources.provider_schema import REFERRED, schemas, types_read

AT = Location("contract")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Parts of names, and names of another thing, that look like a type.
NO_TYPES = {
    "aws_caller_identity",
    "aws_partition",
    "aws_region",
    "aws_secret",
    "aws_iam_policy_document",
}
# What an adapter reads although this provider has no such argument, and why.
_CONTENT, _TOPICS = (
    "aws_bedrock_guardrail.contextual_grounding_policy_config",
    "aws_bedrock_guardrail.topic_policy_config",
)
ALLOWED = {
    **dict.fromkeys(
        (f"{_CONTENT}.filters_config.{n}" for n in ("action", "enabled")), "awscc has it, with the same adapter"
    ),
    **dict.fromkeys(
        (f"{_TOPICS}.topics_config.{way}_{n}" for way in ("input", "output") for n in ("action", "enabled")),
        "awscc has it, with the same adapter",
    ),
    "awscc_bedrock_guardrail.content_policy_config.tier_config": "aws has it, with the same adapter",
    "aws_budgets_budget.cost_filters": "the provider had it until version 4",
    "aws_api_gateway_method.path": "methods of OpenAPI documents are such blocks, with a path",
}
# Types that declare one resource, and those that declare others besides it.
ADAPTERS = {
    (table, kind): module
    for module in adapting()
    for table in ("TERRAFORM", "PARTS")
    for kind in getattr(module, table, {})
    if kind.startswith(("aws_", "awscc_"))
}


@dataclass
class Reads:
    """The paths that were read, by whether they exist. ``flag`` is what every flag says."""

    flag: bool = True
    found: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)

    @property
    def wrong(self) -> set[str]:
        """What exists nowhere. What a reference leads to may be of another type: there one type must have the name."""
        return self.missed - self.found


class Arguments(Mapping[str, Node]):
    """A block that has each argument of its schema but one, filled in, and notes what is read."""

    def __init__(self, path: str, schema: Mapping[str, Any], text: Content, reads: Reads, without: str = "") -> None:
        self.path, self.schema, self.text, self.reads, self.without = path, schema, text, reads, without

    def __getitem__(self, key: str) -> Node:
        path = f"{self.path}.{key}"
        if key == "tags_all" and "tags" in self.schema:
            # The reader adds it from the provider's default tags.
            raise KeyError(key)
        if _NAME.fullmatch(key):
            (self.reads.found if key in self.schema else self.reads.missed).add(path)
        if key not in self.schema or key == self.without:
            raise KeyError(key)
        return self._node(path, self.schema[key])

    def _node(self, path: str, schema: Any) -> Node:
        if isinstance(schema, list):
            return Node((self._node(path, schema[0]),), AT)
        if schema == "any" or (isinstance(schema, dict) and "*" in schema):
            return Node({"KEY": Node(self.text, AT)}, AT)
        if isinstance(schema, dict):
            return Node(Arguments(path, schema, self.text, self.reads), AT)
        return Node({"flag": self.reads.flag, "number": 1}.get(schema, self.text), AT)

    def __iter__(self) -> Iterator[str]:
        return iter(self.schema)

    def __len__(self) -> int:
        return len(self.schema)


class Everything(Declarations):
    """A block of every type that is asked for, pointing at the subject, and of every type that is referred to."""

    def __init__(self, subject: Block | None, reads: Reads) -> None:
        super().__init__((subject,) if subject else ())
        object.__setattr__(self, "reads", reads)

    def of_type(self, *types: str) -> tuple[Block, ...]:
        address = self.blocks[0].address if self.blocks else "nothing"
        known = [t for t in types if not t.startswith(("AWS::", "repo."))]
        vars(self)["reads"].missed |= {t for t in known if t not in schemas()}
        return tuple(_block(t, Reference(address, "arn"), vars(self)["reads"]) for t in known if t in schemas())

    def named(self, address: str) -> Block | None:
        kind = address.rpartition(".")[0]
        return _block(kind, "TEXT", vars(self)["reads"], path="what is referred to") if kind in schemas() else None


def _block(kind: str, text: Content, reads: Reads, without: str = "", path: str = "") -> Block:
    return Block(kind, f"{kind}.this", Node(Arguments(path or kind, schemas()[kind], text, reads, without), AT))


@cache
def _texts(module: ModuleType) -> tuple[str, ...]:
    """The words that a module compares with: each leads an adapter to another branch."""
    tree = ast.parse(inspect.getsource(module))
    words = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return tuple(sorted(w for w in words if 0 < len(w) < 40 and " " not in w))


def _wrong(table: str, kind: str) -> set[str]:
    """What the adapter of a type reads and its provider has not.

    It runs with every word, every reference, and each argument left out.
    """
    reads = Reads()
    module = ADAPTERS[table, kind]
    adapter = vars(module)[table][kind]
    texts: list[Content] = ["TEXT", '{"a": 1}', *_texts(module)]
    references: list[Content] = [Reference(f"{other}.this", "arn") for other in schemas()]
    subjects = [_block(kind, text, reads) for text in (*texts, *references)]
    subjects += [_block(kind, "TEXT", reads, without=name) for name in schemas()[kind]]
    for reads.flag, subject in product((True, False), subjects):
        described = adapter(subject, Everything(subject, reads))
        for one in (described,) if isinstance(described, Draft) else described or ():
            assemble(one)
    return reads.wrong


@pytest.fixture(autouse=True)
def _spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several spellings of one name, one must exist."""
    original = Node.first_of

    def first_of(node: Node, *keys: str) -> Node:
        known = [k for k in keys if isinstance(node.content, Arguments) and k in node.content.schema]
        return original(node, *(known or keys))

    monkeypatch.setattr(Node, "first_of", first_of)


@pytest.mark.parametrize(("table", "kind"), sorted(ADAPTERS))
def test_every_argument_that_an_adapter_reads_exists(table: str, kind: str) -> None:
    assert _wrong(table, kind) - set(ALLOWED) == set()


def test_every_type_that_is_named_exists() -> None:
    assert types_read() - set(schemas()) == NO_TYPES
    assert set(schemas()) == (types_read() | REFERRED) - NO_TYPES, "run tests/resources/provider_schema.py"


def test_every_argument_that_a_reader_of_all_declarations_reads_exists() -> None:
    reads = Reads()
    everything = Everything(None, reads)
    environment(everything)
    list(measurements.read((), everything))
    state_machines.read(everything, ())
    assert reads.wrong == set()


def test_a_misspelt_argument_is_noticed() -> None:
    reads = Reads()
    body = _block("aws_bedrock_guardrail", "TEXT", reads).body
    assert body.at("content_policy_config", "filters_config", "input_strength").text() == "TEXT"
    assert not body.at("content_policy_config", "filter_config").present
    assert reads.wrong == {"aws_bedrock_guardrail.content_policy_config.filter_config"}
