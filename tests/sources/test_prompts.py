# ruff: noqa: E501 (sources on one line)
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


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.ts", "export const SYSTEM_PROMPT = `{0}`;", ("a.ts:SYSTEM_PROMPT", "inline", 1)),
        ("a.ts", "\nconst systemPrompt: string = `{0} ${{name}}`.trim();", ("a.ts:systemPrompt", "inline", 2)),
        ("a.js", "const cfg = {{ system: '{0}' }};", ("a.js:system", "inline", 1)),
        ("a.ts", "class A {{ private judgePrompt = '{0}' + extra; }}", ("a.ts:judgePrompt", "inline", 1)),
        ("lib/prompts.ts", "export const buildPrompt = (x) => {{\n  return `{0}`;\n}};", ("lib/prompts.ts:buildPrompt", "file", 2)),
        ("lib/x.ts", "function chatInstructions() {{ return dedent`{0}`; }}", ("lib/x.ts:chatInstructions", "inline", 1)),
        ("prompts/a.ts", "export const ChatPrompt = `{0}`;", ("prompts/a.ts:ChatPrompt", "file", 1)),
        ("A.java", 'class A {{ static final String SYSTEM_PROMPT = """\n  {0}\n  """; }}', ("A.java:SYSTEM_PROMPT", "inline", 1)),
        ("A.java", 'class A {{ Object f() {{ return b.defaultSystem("{0}").build(); }} }}', ("A.java:defaultSystem", "inline", 1)),
    ],
)  # fmt: skip
def test_prompts_in_other_languages(path: str, source: str, expected: tuple[str, str, int]) -> None:
    assert found({path: source.format(LONG.strip())}) == [expected]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.ts", "export const SYSTEM_PROMPT = `short`;"),
        ("a.ts", "// const SYSTEM_PROMPT = `{0}`;"),
        ("a.ts", "export const SYSTEM_PROMPT_NAME = '{0}';"),
        ("a.ts", "const promptTitle = '{0}';"),
        ("a.ts", "const prompt = z.string().describe('{0}');"),
        ("a.ts", "const promptHelp = '{0}'; const INSTRUCTIONS = 'Please fill in every field of the form, then press the button below it. Thank you.';"),
        ("i18n/en.ts", "export default {{ instructions: '{0}' }};"),
        ("a.test.ts", "const SYSTEM_PROMPT = `{0}`;"),
    ],
)  # fmt: skip
def test_texts_in_other_languages_that_are_no_prompts(path: str, source: str) -> None:
    assert found({path: source.format(LONG.strip())}) == []
