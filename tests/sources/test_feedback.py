from __future__ import annotations

import pytest

from prodworks_cli.sources.feedback import read
from prodworks_cli.sources.files import tree_of

STORED = "def rate(message_id, feedback):\n    table.put_item(Item={'message_id': message_id})\n"


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("app.py", STORED, [("feedback", "stored", 1)]),
        ("app.py", STORED.replace("message_id", "name"), [("feedback", "mentioned", 1)]),
        ("app.py", STORED.replace("put_item", "print"), [("feedback", "mentioned", 1)]),
        ("app.py", STORED.replace("\n    ", "\n" + "\n" * 40 + "    "), [("feedback", "mentioned", 1)]),
        ("app.py", "import streamlit as st\n", [("front_end", "page", 1)]),
        ("src/Chat.tsx", "export const Chat = () => null\n", [("front_end", "page", 1)]),
        (
            "src/Chat.tsx",
            "const rate = (thumbsUp) => api.save({ messageId, thumbsUp })\n",
            [("front_end", "page", 1), ("feedback", "stored", 1)],
        ),
        ("app.py", "temperature = generating(rate)\n", []),
        ("infra/main.tf", 'resource "aws_dynamodb_table" "feedback" {}\n', []),
        ("tests/test_app.py", STORED, []),
    ],
)
def test_feedback_and_pages(path: str, text: str, found: list[tuple[str, str, int]]) -> None:
    drafts = read(tree_of({path: text}).files)
    assert [(d.attributes["purpose"], d.attributes["mechanism"], d.location.line) for d in drafts] == found
