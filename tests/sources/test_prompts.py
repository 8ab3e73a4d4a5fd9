# ruff: noqa: E501 (sources on one line)
import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.resources.prompts import Prompt
from prodworks_cli.schema import assemble
from prodworks_cli.sources import owners, prompts
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.prompt_texts import hidden_characters

LONG = "You are a helpful assistant of the shop. " * 4


def found(contents: dict[str, str]) -> list[tuple[str, object, int | None]]:
    resources = collect_repository(tree_of(contents), {}).resources
    prompts = [(r, r.value) for r in resources if isinstance(r.value, Prompt)]
    return [(r.identity, value.origin, r.locations[""].line) for r, value in prompts]


def test_a_prompt_file_is_measured_and_owned_and_its_text_dropped() -> None:
    files = tree_of({"prompts/chat.md": LONG + "\u200b", "CODEOWNERS": "/prompts/ @org/ai"}).files
    (described,), _ = prompts.read(files, owners.read(files))
    value, locations = assemble(described)
    assert vars(value) == {
        "origin": "file",
        "path": "prompts/chat.md",
        "tracked": True,
        "length": len(LONG) + 1,
        "owners": ("@org/ai",),
        "secrets": (),
        "personal_data": (),
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


HALF = "You are a helpful assistant of the shop, "


@pytest.mark.parametrize(
    ("source", "label", "line"),
    [
        (f'SYSTEM_PROMPT = "{HALF}" + "{HALF}" + name + "{HALF}"', "SYSTEM_PROMPT", 2),
        (f'SYSTEM_PROMPT = ("{HALF}" f"{HALF} {{name}}" "{HALF}")', "SYSTEM_PROMPT", 2),
        (f'RULES = "{LONG}"\nSYSTEM_PROMPT = f"{{RULES}} now"', "SYSTEM_PROMPT", 3),
        (f'SYSTEM_PROMPT = "\\n".join(["{HALF}", "{HALF}", "{HALF}"])', "SYSTEM_PROMPT", 2),
        (f'SYSTEM_PROMPT = Template("{LONG} $x").substitute(x=1)', "SYSTEM_PROMPT", 2),
        (f'prompt = "{HALF}"\nprompt += "{HALF}"\nprompt += "{HALF}"', "prompt", 2),
        (
            f'prompt_parts = ["{HALF}"]\nprompt_parts.append("{HALF}")\nprompt_parts.extend(["{HALF}"])',
            "prompt_parts",
            2,
        ),
        (f'def get_system_prompt():\n    return f"{LONG}"', "get_system_prompt", 3),
        (f'@agent.system_prompt\ndef told(ctx):\n    return "{LONG}"', "told", 4),
        (f'llama3Prompt = f"{LONG}"', "llama3Prompt", 2),
        (f'PROMPTS = {{"qa_prompt": "{LONG}"}}', "qa_prompt", 2),
        (f'x = settings.get("system_prompt", "{LONG}")', "system_prompt", 2),
        (f'chain = ChatPromptTemplate.from_messages([("system", "{LONG}")])', "chain", 2),
        (f'say([SystemMessage(content="{LONG}")])', "message", 2),
        (f'm = [{{"role": "user", "content": [{{"text": "{LONG}"}}]}}]', "m", 2),
        (f'class Config:\n    system_prompt: str = Field(default="{LONG}")', "system_prompt", 3),
        (f'@dataclass\nclass Config:\n    system_prompt: str = "{LONG}"', "system_prompt", 4),
        (f'def told():\n    return "{LONG}"\n\nagent = Agent(system_prompt=told())', "told", 3),
    ],
)
def test_texts_that_are_put_together(source: str, label: str, line: int) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == [(f"app.py:{label}", "inline", line)]


ASKED = (
    "Summarize the report below in five sentences, each with a number, and name the page that each one stands on: {}"
)


@pytest.mark.parametrize(
    ("source", "label", "line"),
    [
        (f'PROFILE_PROMPTS = {{"analyst": "{LONG}"}}', "analyst", 2),
        (f'chain(prompt=sfn.JsonPath.format("{ASKED}", sfn.JsonPath.string_at("$.x")))', "prompt", 2),
        (f'chain(prompt="{ASKED}")', "prompt", 2),
        ('agent = Agent(system_prompt="You are a careful proof reader.")', "system_prompt", 2),
        ('system_prompt = "Answer in one short sentence."', "system_prompt", 2),
    ],
)
def test_prompts_by_the_place_that_takes_them(source: str, label: str, line: int) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == [(f"app.py:{label}", "inline", line)]


@pytest.mark.parametrize(
    "source",
    [
        'agent = Agent(system_prompt="You are a {x}.")',
        'system_prompt = f"Human: {question} Assistant: {answer}"',
        f'PROMPTS = {{"title": "{"Type your name here. " * 8}"}}',
        f'PROMPT_MESSAGE = {{"role": "assistant", "content": "{LONG}"}}',
        f'log(text="{ASKED}")',
        f'body = Body(examples=[{{"role": "system", "content": "{LONG}"}}])',
    ],
)
def test_short_or_other_texts_at_such_places(source: str) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == []


def test_made_up_records_hold_no_prompts() -> None:
    python, script = f'import anthropic\nSYSTEM_PROMPT = "{LONG}"\n', f'export const SYSTEM_PROMPT = "{LONG}";'
    settings = f'{{"system_prompt": "{LONG}"}}'
    for folder in ("scripts/seeder", "db/seeds", "src/fixtures", "src/mocks", "src/__mocks__", ".agents/skills"):
        assert found({f"{folder}/a.py": python, f"{folder}/a.ts": script, f"{folder}/a.json": settings}) == []
    assert found({"web/config-fixtures.ts": script}) == []
    assert len(found({"src/seeding.py": python, "src/seeding.ts": script})) == 2


def test_a_text_is_in_one_prompt_only() -> None:
    source = f'BASE_PROMPT = "{LONG}"\nSYSTEM_PROMPT = BASE_PROMPT + " Be kind."\nAgent(system_prompt=SYSTEM_PROMPT)\n'
    assert found({"app.py": f"import anthropic\n{source}"}) == [("app.py:BASE_PROMPT", "inline", 2)]


CALL = """
import boto3

bedrock = boto3.client("bedrock-runtime")


def ask(text):
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": text}]}])


def title(chat):
    words = f"Summarize the following chat in five words, as a title, without quotes or a full stop at the end: {chat}"
    return ask(words)
"""


def test_a_text_that_reaches_a_model_is_a_prompt_whatever_its_name() -> None:
    assert found({"app.py": CALL}) == [("app.py:words", "inline", 12)]


def test_short_texts_of_several_callers_are_no_prompt_together() -> None:
    head = CALL[: CALL.index("def title")].replace('"text": text', '"text": f"Human: {text}"')
    asked = "".join(f'ask("Please tell me about the number {number} in a few words")\n' for number in range(3))
    assert found({"app.py": head + asked}) == []


@pytest.mark.parametrize(
    "source",
    [
        f'log("{LONG}")',
        f'm = [{{"role": "assistant", "content": "{LONG}"}}]',
        'system_prompt: str = Field(default=None, description="' + LONG + '")',
        "prompt = other",
    ],
)
def test_texts_of_python_that_are_no_prompts(source: str) -> None:
    assert found({"app.py": f"import anthropic\n{source}\n"}) == []


def test_a_file_that_code_reads_as_a_prompt() -> None:
    code = 'import anthropic\nSYSTEM_PROMPT = (Path(__file__).parent / "told" / "chat.txt").read_text()\n'
    assert found({"app/app.py": code, "app/told/chat.txt": "Be kind."}) == [("app/told/chat.txt", "file", 1)]
    assert found({"app/app.py": code.replace("chat.txt", "other.txt"), "app/told/chat.txt": "Be kind."}) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("config/app.yaml", f"extraction:\n  model: x\n  system_prompt: >\n    {LONG}\n", "extraction.system_prompt"),
        ("agents.yaml", f"researcher:\n  role: r\n  backstory: {LONG}\n", "researcher.backstory"),
        ("flow.json", f'{{"tasks": [{{"prompt": "{LONG}"}}]}}', "tasks[0].prompt"),
        (
            "docker-compose.yml",
            f"services:\n  api:\n    environment:\n      CHAT_SYSTEM_PROMPT: {LONG}\n",
            "services.api.environment.CHAT_SYSTEM_PROMPT",
        ),
        ("judges.json", f'[{{"prompt": "{ASKED}"}}]', "[0].prompt"),
    ],
)
def test_prompts_in_settings(path: str, text: str, expected: str) -> None:
    ((identity, origin, line),) = found({path: text})
    assert (identity, origin) == (f"{path}:{expected}", "file")
    assert isinstance(line, int)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("template.yaml", f"Resources:\n  A:\n    Properties:\n      system_prompt: {LONG}\n"),
        ("app.yaml", "system_prompt: short\n"),
        ("app.yaml", f"prompt: {'Type your name here. ' * 8}\n"),
        ("app.yaml", f"# system_prompt: {LONG}\nname: x\n"),
        ("i18n/en.json", f'{{"prompt": "{LONG}"}}'),
        ("shots.json", f'[{{"prompt": "{LONG}", "answer": "4"}}]'),
        ("form.json", f'[{{"prompt_help": "{ASKED}"}}]'),
        ("bad.yaml", f"system_prompt: [{LONG}\n"),
    ],
)
def test_settings_that_hold_no_prompts(path: str, text: str) -> None:
    assert found({path: text}) == []


def test_marks_of_direction_are_normal_in_texts_from_right_to_left() -> None:
    assert hidden_characters("\u200f\u05e9\u05dc\u05d5\u05dd: 12\u200e") == ()
    assert hidden_characters("left\u200f and\u200e right") == ("U+200E", "U+200F")
    assert hidden_characters("\u05e9\u05dc\u05d5\u05dd\u200e\u202e") == ("U+202E",)


KEY = "sk-proj-Zb7uQ1rT9vKp2LxM4nC8d" + "F6gH3jW5yA0"


def test_secrets_and_numbers_of_people_are_told_and_dropped() -> None:
    text = f"{LONG} Use the api_key = '{KEY}'. Customer: card 4539 1488 0343 6467."
    for path, content in (("prompts/a.txt", text), ("app.py", f'import anthropic\nSYSTEM_PROMPT = """{text}"""\n')):
        resources = collect_repository(tree_of({path: content}), {}).resources
        (prompt,) = [r for r in resources if isinstance(r.value, Prompt)]
        assert vars(prompt.value)["secrets"] == ("provider key",)
        assert vars(prompt.value)["personal_data"] == ("card number",)
        assert KEY not in repr(resources)
        assert "4539" not in repr(resources)


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
        ("a.ts", "const cfg = {{ system: 'You are a careful proof reader.' }};", ("a.ts:system", "inline", 1)),
        ("a.ts", "const system = 1;\nconst prompt = `Answer the page ${{a}}. " + "Compare the banks named here. " * 9 + "`;", ("a.ts:prompt", "inline", 2)),
        ("a.ts", "const defaultPrompt = (kind) => {{\n  return `Extract all brands from the following text, of the kind ${{kind}}. " + "Name each brand once, with its maker. " * 5 + "`;\n}};", ("a.ts:defaultPrompt", "inline", 2)),
        ("a.ts", "ask([{{ role: ChatMessageRole.System,\n  content: '{0}' }}]);", ("a.ts:system message", "inline", 2)),
        ("a.ts", "class A {{ private judgePrompt = '{0}' + extra; }}", ("a.ts:judgePrompt", "inline", 1)),
        ("lib/prompts.ts", "export const buildPrompt = (x) => {{\n  return `{0}`;\n}};", ("lib/prompts.ts:buildPrompt", "file", 2)),
        ("lib/x.ts", "function chatInstructions() {{ return dedent`{0}`; }}", ("lib/x.ts:chatInstructions", "inline", 1)),
        ("prompts/a.ts", "export const ChatPrompt = `{0}`;", ("prompts/a.ts:ChatPrompt", "file", 1)),
        ("A.java", 'class A {{ static final String SYSTEM_PROMPT = """\n  {0}\n  """; }}', ("A.java:SYSTEM_PROMPT", "inline", 1)),
        ("A.java", 'class A {{ Object f() {{ return b.system(SystemContentBlock.fromText("{0}" + " Be kind.")); }} }}', ("A.java:fromText", "inline", 1)),
        ("A.java", 'class A {{ Object f() {{ return SystemContentBlock.builder().text("{0}").build(); }} }}', ("A.java:text", "inline", 1)),
        ("A.java", 'interface A {{\n  @SystemMessage("{0}")\n  String chat(@UserMessage String text);\n}}', ("A.java:SystemMessage", "inline", 2)),
        ("A.java", 'interface A {{\n  @UserMessage(value = {{"{0}", "Now."}})\n  String chat();\n}}', ("A.java:UserMessage", "inline", 2)),
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
        ("A.java", 'class A {{ static final String systemName = "x"; Object f() {{ return ContentBlock.fromText("{0}"); }} }}'),
        ("a.ts", "const system = 1;\nconst prompt = `Please name page ${{a}} of the form.`;"),
    ],
)  # fmt: skip
def test_texts_in_other_languages_that_are_no_prompts(path: str, source: str) -> None:
    assert found({path: source.format(LONG.strip())}) == []


PLAIN = "Orders are sent on the day on which they are paid, and come back within two weeks, free of charge, always."


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("app.ts", f'call([{{ role: "system", content: `{PLAIN}` }}]);', [("system message", "inline")]),
        ("app.ts", f'call([{{ content: "{PLAIN}", role: "developer" }}]);', [("developer message", "inline")]),
        ("app.ts", f'call([{{ role: "user", content: `{LONG} ${{question}}` }}]);', [("user message", "inline")]),
        ("app.ts", f'call([{{ role: "user", content: "{PLAIN}" }}]);', []),
        ("app.ts", f'row({{ kind: "system", content: "{PLAIN}" }});', []),
        ("prompts/chat.ts", f"export const contexts = {{ '/chat': `{LONG}`, '/other': `{PLAIN}` }};", [("/chat", "file")]),
        ("prompts/chat.ts", f"export const build = (x) => ['# Rules', x, `{LONG}`].join('\\n');", [("build", "file")]),
        ("prompts/tool.ts", f"export const t = {{ description: '{LONG}' }};", []),
        ("app.ts", f"export const contexts = {{ '/chat': `{LONG}` }}; // system:", []),
        ("App.java", f'class A {{ Object p = PromptTemplate.builder().template("{PLAIN}").build(); }}', [("template", "inline")]),
        ("App.java", f'class A {{ Object p = new SystemMessage("{PLAIN}"); }}', [("SystemMessage", "inline")]),
        ("App.java", f'class A {{ Object p = Page.builder().template("{PLAIN}").build(); }}', []),
    ],
)  # fmt: skip
def test_prompts_by_their_place(path: str, source: str, expected: list[tuple[str, str]]) -> None:
    assert [(i.split(":", 1)[1], o) for i, o, _ in found({path: source})] == expected


def test_the_description_of_an_agent_is_its_prompt() -> None:
    files = {"config/agents/orders.agent.md": LONG, ".github/agents/review.agent.md": LONG, "docs/guide.md": LONG}
    assert [i for i, _, _ in found(files)] == ["config/agents/orders.agent.md"]
