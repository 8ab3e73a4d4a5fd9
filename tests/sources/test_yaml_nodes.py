"""YAML and JSON texts as located nodes: typing, lines, tags, aliases, and texts made to exhaust the reader."""

import json

import pytest

from prodworks_cli.model import Location
from prodworks_cli.sources.yaml_nodes import MAX_CHARACTERS, MAX_DEPTH, MalformedYaml, read_yaml, read_yaml_all


def plain(text: str) -> object:
    return read_yaml(text, "a.yaml").plain()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("Yes", True),
        ("on", True),
        ("OFF", False),
        ("'no'", "no"),
        ("y", "y"),
        ("null", None),
        ("~", None),
        ("", None),
        ("42", 42),
        ("-7", -7),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1.0e+999", "1.0e+999"),
        ("012345670123", "012345670123"),
        ("22:30", "22:30"),
        ("1_000", "1_000"),
        ("2012-10-17", "2012-10-17"),
        ("9" * 5000, "9" * 5000),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!vault 5", "5"),
        ("!!python/object/apply:os.system [ls]", ["ls"]),
        ("|\n  a\n  b", "a\nb"),
    ],
)
def test_scalars(written: str, value: object) -> None:
    assert plain(f"k: {written}") == {"k": value}


def test_keys_keep_their_source_text() -> None:
    assert plain("on: push\n1: a\nnull: b\n2.10: c\n") == {"on": "push", "1": "a", "null": "b", "2.10": "c"}


def test_lines() -> None:
    node = read_yaml("# c\na:\n  b:\n    c: 1\nd:\n  - x\n  -\n    y: |\n      t\n", "p.yml")
    assert node.location == Location("p.yml", 2)
    assert node.at("a").location.line == 2
    assert node.at("a", "b").location.line == 3
    assert node.at("a", "b", "c").location.line == 4
    assert [item.location.line for item in node["d"].items()] == [6, 8]
    assert node["d"].items()[1]["y"].location.line == 8


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref Name", {"Ref": "Name"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": "A.Arn"}),
        ("!If [C, !Ref A, 2]", {"Fn::If": ["C", {"Ref": "A"}, 2]}),
        ("!reference [.job, script]", [".job", "script"]),
        ("!Ref 123", {"Ref": "123"}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
    ],
)
def test_tags(written: str, value: object) -> None:
    assert plain(f"k: {written}") == {"k": value}


def test_a_function_in_a_block_is_at_its_key() -> None:
    node = read_yaml("a: 1\nb:\n  !Join\n    - ','\n    - [x]\n", "p")
    assert node["b"].plain() == {"Fn::Join": [",", ["x"]]}
    assert node["b"].location.line == 2


def test_aliases_and_merges() -> None:
    text = "base: &base\n  a: 1\n  b: 2\nmore: &more {b: 3, c: 4}\nuse:\n  <<: [*base, *more]\n  a: 9\n'<<': text\n"
    node = read_yaml(text, "p")
    assert node["use"].plain() == {"a": 9, "b": 2, "c": 4}
    assert node["use"]["b"].location.line == 3
    assert node["<<"].text() == "text"
    assert plain("a: &x word\n*x : 2\n") == {"a": "word", "word": 2}


def test_anchors_of_another_document_are_not_seen() -> None:
    with pytest.raises(MalformedYaml) as caught:
        read_yaml_all("a: &x 1\n---\nb: *x\n", "p")
    assert caught.value.line == 3


def test_documents() -> None:
    assert [node.plain() for node in read_yaml_all("a: 1\n---\nb: 2\n", "p")] == [{"a": 1}, {"b": 2}]
    with pytest.raises(MalformedYaml, match="more than one document"):
        read_yaml("a: 1\n---\nb: 2\n", "p")
    assert not read_yaml("", "p").present
    assert not read_yaml("# only a comment\n", "p").present


def test_json_with_tabs_keeps_lines() -> None:
    node = read_yaml('{\n\t"a": {\n\t\t"b": [1,\n\t\t2]}\n}', "p.json")
    assert node.plain() == {"a": {"b": [1, 2]}}
    assert [item.location.line for item in node.at("a", "b").items()] == [3, 4]


@pytest.mark.parametrize("data", [{"a": "\U0001f600"}, {"k" * 2000: 1}])
def test_json_that_yaml_refuses(data: object) -> None:
    node = read_yaml(json.dumps(data), "p.json")
    assert node.plain() == data
    assert node.location.line == 1


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


def chain(levels: int) -> str:
    return "\n".join(["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, levels))])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: [\n", 3, "did not find expected node content"),
        ("a: b: c\n", 1, "mapping values are not allowed in this context"),
        ("[" * 200_000, 1, "nested deeper"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, 1, "nested deeper"),
        (chain(200), MAX_DEPTH - 1, "nested deeper"),
        (bomb(30), 6, "expands to more than"),
        ("a: &a [*a]\n", 1, "an alias of nothing"),
        ("x: 1\na: *nobody\n", 2, "an alias of nothing"),
        ("a: {{ value }}\n", 1, "a key that is not a text"),
        ("a: \x00\n", 1, "a character"),
        ("a: \ud800\n", 1, "a character"),
        ("x" * (MAX_CHARACTERS + 1), 1, "larger than"),
        ("{\n", 2, "did not find expected node content"),
    ],
)
def test_malformed(text: str, line: int, reason: str) -> None:
    with pytest.raises(MalformedYaml) as caught:
        read_yaml(text, "p.yaml")
    assert (caught.value.path, caught.value.line) == ("p.yaml", line)
    assert caught.value.reason.startswith(reason)


def test_the_deepest_that_is_allowed_can_be_walked() -> None:
    node = read_yaml("[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1), "p")
    value = node.plain()
    for _ in range(MAX_DEPTH - 1):
        assert isinstance(value, list)
        value = value[0]
    assert value == "x"


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, true, null, "x: #y"], "b": {"c": "1"}}', "{}", "{a: 1, b: [x]}"])
def test_json_on_one_line_reads_as_yaml_does(text: str) -> None:
    assert read_yaml(text, "x.json") == read_yaml(text + "\n", "x.json")
