"""Java: code that no entry of the program reaches is told from code that may run."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
"""
CLIENT = "  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();\n"


def method(name: str, marks: str = "public") -> str:
    return f'  {marks} Object {name}(String q) {{ return bedrock.converse(ConverseRequest.builder().modelId("m").build()); }}\n'


def source(*methods: str, head: str = "class Chat", more: str = "") -> str:
    return f"{HEAD}{head} {{\n{CLIENT}{''.join(methods)}{more}}}\n"


USE = "package com.acme;\nclass Use { Object go(Chat c) { return c.ask(null); } }\n"


def found(files: dict[str, str]) -> dict[str, ModelCall]:
    resources = collect_repository(tree_of(files), {}).resources
    return {r.identity.split(".java:Chat.")[1].split()[0]: r.value for r in resources if isinstance(r.value, ModelCall)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Chat.java": source(method("ask"))}, {"ask": True}),
        ({"Chat.java": source(method("ask", "private"))}, {"ask": False}),
        ({"Chat.java": source(method("ask", "private"), more="  // ask(q)\n")}, {"ask": False}),
        ({"Chat.java": source(method("ask", "private"), more="  public Object go() { return ask(null); }\n")}, {"ask": True}),
        ({"Chat.java": source(method("ask", "private"), more="  private Object go() { return ask(null); }\n")}, {"ask": False}),
        ({"Chat.java": source(method("ask", "private"), more="  Runnable r = this::ask;\n")}, {"ask": True}),
        ({"Chat.java": source(method("ask"), method("old")), "Use.java": USE}, {"ask": True, "old": False}),
        ({"Chat.java": source(method("ask"), method("old", "@Scheduled public")), "Use.java": USE}, {"ask": True, "old": True}),
        ({"Chat.java": source(method("ask"), method("old", "@Override public")), "Use.java": USE}, {"ask": True, "old": False}),
        ({"Chat.java": source(method("ask"), method("old", "@Override public"), head="class Chat implements Old"), "Use.java": USE}, {"ask": True, "old": True}),
        ({"Chat.java": source(method("ask"), method("old"), head="class Chat extends Base"), "Use.java": USE}, {"ask": True, "old": True}),
        ({"Chat.java": source(method("ask"), method("old")), "Use.java": USE, "page.html": "<p>${chat.old()}</p>"}, {"ask": True, "old": True}),
        ({"Chat.java": source(method("ask"), method("main")), "Use.java": USE}, {"ask": True, "main": True}),
    ],
)  # fmt: skip
def test_what_no_entry_reaches_is_dead(files: dict[str, str], expected: dict[str, bool]) -> None:
    assert {name: call.reachable for name, call in found(files).items()} == expected


def test_dead_code_has_no_client() -> None:
    (call,) = found({"Chat.java": source(method("ask", "private"))}).values()
    assert isinstance(call.client, Unknown)
