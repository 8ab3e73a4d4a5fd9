from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.schema import assemble
from prodworks_cli.sources import owners
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.python import read

TOP = """import boto3
bedrock = boto3.client("bedrock-runtime")
APOLOGY = "A colleague will get back to you."
CALL = dict(modelId="amazon.nova-lite-v1:0")
"""
TRY = "def ask(m):\n    try:\n        return bedrock.converse(messages=m)\n    except Exception:\n        "


def fallback(body: str) -> object:
    drafts, _ = read(tree_of({"app.py": TOP + body}).files, {}, owners.read(()))
    values: list[Any] = [assemble(d)[0] for d in drafts]
    first = next(v.fallback for v in values if v.KIND == "repo.model_call")
    return "unknown" if isinstance(first, Unknown) else first


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def ask(m):\n    return bedrock.converse(messages=m)\n", False),
        (
            TRY + "return APOLOGY\n",
            True,
        ),
        (
            TRY + "return None\n",
            False,
        ),
        (
            TRY + "raise\n",
            False,
        ),
        (TRY + "return search_only(m)\n", True),
        (
            "def ask(m):\n    for model in models:\n        try:\n            return bedrock.converse(messages=m)\n"
            "        except Exception:\n            continue\n",
            True,
        ),
        (
            "def ask(m):\n    for attempt in range(3):\n        try:\n            return bedrock.converse(messages=m)\n"
            "        except Exception:\n            continue\n",
            False,
        ),
        ("@circuit\ndef ask(m):\n    return bedrock.converse(messages=m)\n", True),
        (
            "def ask(m):\n    return bedrock.converse(messages=m)\n"
            "def handler(e, c):\n    try:\n        return ask(e)\n    except Exception:\n        return APOLOGY\n",
            True,
        ),
        (
            "def ask(m):\n    return bedrock.converse(messages=m)\n"
            "def one(e):\n    try:\n        return ask(e)\n    except Exception:\n        return APOLOGY\n"
            "def two(e):\n    return ask(e)\n",
            False,
        ),
    ],
)
def test_what_happens_instead(body: str, expected: bool) -> None:
    assert fallback(body) is expected


def test_frameworks() -> None:
    chat = 'from langchain_aws import ChatBedrock\nmodel = ChatBedrock(model_id="amazon.nova-lite-v1:0")\n'
    assert fallback(chat) == "unknown"
    assert fallback(chat + "chain = model.with_fallbacks([other])\n") is True


def test_functions_that_call_each_other_end() -> None:
    body = "def a(m):\n    b(m)\n    return bedrock.converse(messages=m)\ndef b(m):\n    a(m)\n"
    assert fallback(body) == "unknown"
