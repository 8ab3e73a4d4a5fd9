"""Folders that hold tests, by names seen in real repositories."""

from __future__ import annotations

import pytest

from prodworks_cli.sources.parts import Part, part_of


@pytest.mark.parametrize("path", ["e2e-smoke/probe.py", "integration-tests/a.py", "smoke_tests/a.py", "api-tests/x.ts"])
def test_a_folder_of_tests(path: str) -> None:
    assert part_of(path) is Part.TEST


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("app/src/main/java/com/example/agent/Chat.java", Part.PRODUCTION),
        ("tuning/inference_example.py", Part.EXAMPLE),
        ("app/example_selector.py", Part.PRODUCTION),
        ("app/few_shot_examples.py", Part.PRODUCTION),
        ("notebooks/bank/config.yaml", Part.NOTEBOOK),
        (".agents/skills/make/init.py", Part.AGENT_INSTRUCTIONS),
        ("app/.env.test", Part.TEST),
        ("app/.env.production", Part.PRODUCTION),
        ("infra/src/main/java/sample/com/Stack.java", Part.PRODUCTION),
        ("app/src/main/java/org/docs/test/Chat.java", Part.PRODUCTION),
        ("app/src/test/java/com/acme/Chat.java", Part.TEST),
        ("samples/chat/src/main/java/com/acme/Chat.java", Part.EXAMPLE),
        ("app/src/main/java/com/acme/ChatTest.java", Part.TEST),
    ],
)
def test_the_package_of_a_java_class_says_nothing(path: str, part: Part) -> None:
    assert part_of(path) is part


@pytest.mark.parametrize("path", ["src/contest/a.py", "latest/a.py", "infra/environments/test/main.tf", "src/smoke.py"])
def test_a_folder_that_only_sounds_like_one(path: str) -> None:
    assert part_of(path) is Part.PRODUCTION


@pytest.mark.parametrize(
    "name", ["chat.clienttest.tsx", "queue.servertest.ts", "setup.vitest.ts", "a.stories.tsx", "a-latest.ts"]
)
def test_the_name_of_a_test_suite(name: str) -> None:
    assert part_of(f"web/src/{name}") is (Part.PRODUCTION if "latest" in name else Part.TEST)
