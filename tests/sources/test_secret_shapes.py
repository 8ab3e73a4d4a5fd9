"""No precondition hides what a plugin of detect-secrets finds: texts are made of the plugins' own expressions."""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from prodworks_cli.sources import secret_formats, secrets
from prodworks_cli.sources.files import File, judged, tree_of
from prodworks_cli.sources.parts import Part
from prodworks_cli.sources.secret_shapes import may_hold_aws_key

PLUGINS = secret_formats._PLUGINS
EXPRESSIONS = [
    pytest.param(regex, id=f"{regex.pattern[:30]}")
    for pattern in PLUGINS
    for regex in sorted(set(pattern.regexes()), key=str)
]


def samples(regex: re.Pattern[str], count: int = 40) -> Iterator[str]:
    """Texts that an expression matches, made from its tree: short and long ones, of each alternative."""
    chance = random.Random(regex.pattern)  # noqa: S311 (no secret is made of it)
    tree = import_module("re._parser").parse(regex.pattern, regex.flags & ~re.UNICODE)
    for _ in range(count):
        yield made(tree, chance)


def made(tree: Any, chance: random.Random) -> str:
    return "".join(piece(str(name), value, chance) for name, value in tree)


def piece(name: str, value: Any, chance: random.Random) -> str:
    match name:
        case "LITERAL":
            return chr(value)
        case "ANY":
            return chance.choice(" =:_-x")
        case "IN":
            return chance.choice([c for item in value for c in characters(str(item[0]), item[1])])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, inner = value
            times = chance.randint(int(least), min(int(most), int(least) + 6))
            return "".join(made(inner, chance) for _ in range(times))
        case "SUBPATTERN":
            return made(value[-1], chance)
        case "BRANCH":
            return made(chance.choice(value[1]), chance)
        case "ASSERT_NOT":
            return ""
    raise AssertionError(f"an expression of detect-secrets holds what this test cannot make: {name}")


def characters(name: str, value: Any) -> str:
    if name == "RANGE":
        return "".join(chr(c) for c in range(value[0], value[1] + 1))
    return "0123456789" if str(value) == "CATEGORY_DIGIT" else chr(value)


@pytest.mark.parametrize("regex", EXPRESSIONS)
@pytest.mark.parametrize("around", ["{}", "k = '{}'", "a = 1\nK={}\nb = 2", "x({});"])
def test_what_a_plugin_finds_is_found(regex: re.Pattern[str], around: str) -> None:
    for sample in samples(regex):
        text = around.format(sample)
        assert regex.search(text), "the test makes what the expression matches"
        assert found(text), text


@pytest.mark.parametrize("regex", EXPRESSIONS)
def test_an_index_of_words_hides_nothing_either(regex: re.Pattern[str]) -> None:
    texts = {f"src/{i}.py": f"k = '{sample}'\n" for i, sample in enumerate(samples(regex))}
    drafts, _ = secrets.read(judged(tree_of(texts)))
    assert {d.location.where for d in drafts} == set(texts)


def found(text: str) -> bool:
    drafts, _ = secrets.read([File("src/app.py", text.encode(), Part.PRODUCTION)])
    return bool(drafts)


def test_a_name_of_forty_letters_is_no_secret_key() -> None:
    name = "FinalizeSharedKnowledgeBasesBuildHandler"
    assert not may_hold_aws_key(f"import aws\nnew Fn(this, '{name}')".encode())
    assert may_hold_aws_key(f"aws_key = '{name}'".encode())


def test_the_client_of_detect_secrets_is_not_imported_for_what_looks_like_nothing() -> None:
    """Its import takes longer than reading a repository for secrets."""
    program = (
        "import sys\n"
        "from prodworks_cli.sources import secrets\n"
        "from prodworks_cli.sources.files import tree_of\n"
        "text = 'aws glue gh-pages AC SK region eu-us SG. xoxo google-cloud-aiplatform-v1 my_secret_access_key'\n"
        "secrets.read(tree_of({'app.py': text}).files)\n"
        "print('detect_secrets' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
