import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.schema import assemble
from prodworks_cli.sources import owners, prompts
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.prompts import hidden_characters

LONG = "You are a helpful assistant of the shop. " * 4


def found(contents: dict[str, str]) -> list[tuple[str, object, int | None]]:
    files = tree_of(contents).files
    drafts, gaps = prompts.read(files, owners.read(files))
    assert gaps == ()
    return [(d.identity, d.attributes["origin"], d.location.line) for d in drafts]


def test_a_prompt_file_is_measured_and_owned_and_its_text_dropped() -> None:
    files = tree_of({"prompts/chat.md": LONG + "\u200b", "CODEOWNERS": "/prompts/ @org/ai"}).files
    (described,), _ = prompts.read(files, owners.read(files))
    value, locations = assemble(described)
    unread = Unknown("not analysed by this version")
    assert vars(value) == {
        "origin": "file",
        "path": "prompts/chat.md",
        "tracked": True,
        "length": len(LONG) + 1,
        "owners": ("@org/ai",),
        "secrets": unread,
        "personal_data": unread,
        "hidden_characters": ("U+200B",),
        "managed_prompt": None,
    }
    assert locations[""].where == "prompts/chat.md"
    assert "helpful" not in repr(described)


@pytest.mark.parametrize(
    "path", ["prompts/a.txt", "app/prompts/x/a.j2", "cfg/system_prompt.txt", "a/chat.prompt", "prompt_templates/a.xml"]
)
def test_prompt_files(path: str) -> None:
    assert found({path: LONG}) == [(path, "file", 1)]


@pytest.mark.parametrize(
    "path", ["CLAUDE.md", ".github/prompts/a.prompt.md", "tests/prompts/a.txt", "prompts/README.md"]
)
def test_other_texts(path: str) -> None:
    assert found({path: LONG}) == []


@pytest.mark.parametrize(
    ("source", "label", "line"),
    [
        (f'SYSTEM_PROMPT = """{LONG}"""', "SYSTEM_PROMPT", 2),
        (f'class A:\n    prompt: str = f"{LONG} {{x}}"', "prompt", 3),
        (f'x.converse(system=[{{"text": "{LONG}"}}])', "system", 2),
        (f'Agent(\n  system_prompt="{LONG}")', "system_prompt", 3),
        (f'body = {{"system": "{LONG}"}}', "system", 2),
        (f'TEMPLATE = PromptTemplate.from_template("{LONG}")', "TEMPLATE", 2),
        (f'self.prompt = ("{LONG}"\n "b").format(a=1)', "prompt", 2),
    ],
)
def test_literals_in_handler_code_are_inline(source: str, label: str, line: int) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == [(f"app.py:{label}", "inline", line)]


@pytest.mark.parametrize(
    "source",
    [
        f'x = "{LONG}"',
        'PROMPT = "short"',
        f'PROMPT_DESCRIPTION = "{LONG}"',
        f'FILE_SYSTEM_HELP = "{LONG}"',
        f'HTML_TEMPLATE = "{"<p>row</p>" * 20}"',
        f'# SYSTEM_PROMPT = "{LONG}"',
        'PROMPT = load("a.txt")',
        f'fields = {{"instruction": "{LONG}"}}',
    ],
)
def test_other_literals(source: str) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == []


def test_constants_in_a_module_of_prompts_count_as_files_and_arguments_there_do_not() -> None:
    source = f'SYSTEM = "{LONG}"\nSYSTEM = "{LONG}"\nagent = Agent(system_prompt="{LONG}")\n'
    path = "app/prompts.py"
    assert found({path: source + "# bedrock"}) == [
        (f"{path}:SYSTEM", "file", 1),
        (f"{path}:SYSTEM#2", "file", 2),
        (f"{path}:system_prompt", "inline", 3),
    ]


def test_hidden_characters() -> None:
    assert hidden_characters("a\u202eb\U000e0041\u200bc") == ("U+200B", "U+202E", "U+E0041")
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e007f"
    assert hidden_characters(f"\U0001f468\u200d\U0001f469 {flag} \u0645\u06cc\u200c\u062e") == ()


def test_hostile_source() -> None:
    nested = "PROMPT = " + "(" * 20_000 + '"a"' + ")" * 20_000
    assert found({"app.py": nested, "b.py": "PROMPT = \x00\ud7ff'''"}) == []
