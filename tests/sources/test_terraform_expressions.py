from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Reference
from tests.sources.terraform_case import node, plain, value

U = 'variable "u" {}\n'
NO_VALUE = "variable u has no value in the repository"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a"', "a"),
        ('""', ""),
        ("null", None),
        ("1.5e3", 1500.0),
        ("-2", -2),
        ("!true", False),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3.5),
        ("8 / 2", 4),
        ("-7 % 3", -1),
        ("1 < 2 && 2 >= 2", True),
        ('"1" == 1', False),
        ("true == 1", False),
        ("[1, 2] == [1, 2]", True),
        ('"a ${1 + 1} b"', "a 2 b"),
        ('"${true}"', True),
        ('"x${true}"', "xtrue"),
        (r'"a\n\t\"q\" \\ $${x} %%{y} é"', 'a\n\t"q" \\ ${x} %{y} é'),
        ('"a ${~ 1 ~} b"', "a1b"),
        ('"%{ if 1 == 1 }yes%{ else }no%{ endif }"', "yes"),
        ('"%{ if false }yes%{ endif }"', ""),
        ('"%{ for k, v in ["a", "b"] }${k}${v},%{ endfor }"', "0a,1b,"),
        ("true ? 1 : 2", 1),
        ('{ a = 1, "b" : 2, (upper("c")) = 3, "d${1}" = 4 }', {"a": 1, "b": 2, "C": 3, "d1": 4}),
        ('{ a = { b = [1, { c = "x" }] } }.a.b[1].c', "x"),
        ('{ a = 1 }["a"]', 1),
        ("[1, 2][1]", 2),
        ("[{ a = 1 }, { a = 2 }][*].a", [1, 2]),
        ("[{ a = [1, 2] }, { a = [3] }].*.a[0]", [1, 2]),
        ("[{ a = [1, 2] }, { a = [3] }][*].a[0]", [1, 3]),
        ("null[*]", []),
        ('"x"[*]', ["x"]),
        ("[for s in [1, 2, 3] : s * 2 if s > 1]", [4, 6]),
        ("[for k, v in { b = 1, a = 2 } : k]", ["a", "b"]),
        ("{ for i, s in [5, 6] : s => i }", {"5": 0, "6": 1}),
        ('{ for s in ["a", "b", "a"] : s => 1... }', {"a": [1, 1], "b": [1]}),
        ('[for s in ["a", "b"] : [for t in [1, 2] : "${s}${t}"]]', [["a1", "a2"], ["b1", "b2"]]),
    ],
)
def test_known_expressions(expression: str, expected: object) -> None:
    assert plain(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("<<E\n  a\n b ${1}\nE\n", "  a\n b 1\n"),
        ("<<-E\n    a\n      b ${1} c\n\n    d\n  E\n", "a\n  b 1 c\n\nd\n"),
        ("<<E\nE\n", ""),
        ('<<E\n{"a": "$${b}"}\nE\n', '{"a": "${b}"}\n'),
    ],
)
def test_heredocs_keep_their_white_space(expression: str, expected: str) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("var.u", Unknown(NO_VALUE)),
        ("var.u.x[0].y", Unknown(NO_VALUE)),
        ('"a-${var.u}"', Unknown(NO_VALUE, present=True, shape="a-${...}")),
        ('"a-${var.u}-${1}"', Unknown(NO_VALUE, present=True, shape="a-${...}-1")),
        ('"<${"a-${var.u}"}>"', Unknown(NO_VALUE, present=True, shape="<a-${...}>")),
        ("<<E\na ${var.u}\nE\n", Unknown(NO_VALUE, present=True, shape="a ${...}\n")),
        ("var.u ? 1 : 1", 1),
        ("var.u ? 1 : 2", Unknown(NO_VALUE, present=True)),
        ("var.u ? 1 : null", Unknown(NO_VALUE)),
        ("var.u ? 1 : var.u", Unknown(NO_VALUE)),
        ("var.u && false", False),
        ("true || var.u", True),
        ("var.u || false", Unknown(NO_VALUE)),
        ('"a${var.u}" == ""', False),
        ('"a${var.u}" != null', True),
        ("var.u == null", Unknown(NO_VALUE, present=True)),
        ("aws_x.y", Unknown("aws_x.y is not declared in this module")),
        ("nonsense", Unknown("nonsense is not a name of this module")),
        ("{ a = 1 }.b", Unknown("there is no attribute b")),
        ("[1][3]", Unknown("there is no such element")),
        ("1 / 0", Unknown("division by zero")),
        ("1.0e99 * 1.0e99 * 1.0e99 * 1.0e99", Unknown("expected a number, found float")),
        ("local.nope", Unknown("local nope is not declared")),
        ("module.nope.x", Unknown("module nope is not declared")),
        ("mystery(1)", Unknown("function mystery is not evaluated")),
        ('filesha256("x")', Unknown("function filesha256 is not evaluated", present=True)),
        ("terraform.workspace", Unknown("the workspace is not known", present=True)),
        ('"${path.module}/x"', Unknown("path is known after deployment", present=True, shape="${...}/x")),
        ("data.aws_region.current.name", Unknown("data.aws_region.current is known after deployment", present=True)),
        (
            '"arn:aws:bedrock:${data.aws_region.r.name}::foundation-model/*"',
            Unknown(
                "data.aws_region.r is known after deployment",
                present=True,
                shape="arn:aws:bedrock:${...}::foundation-model/*",
            ),
        ),
    ],
)
def test_what_is_not_known_says_why(expression: str, expected: object) -> None:
    assert value(expression, U) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('jsonencode({ a = [1, "b"] })', {"a": [1, "b"]}),
        ("jsondecode(jsonencode({ a = 1 })).a", 1),
        ('jsondecode("{\\"a\\": [true, null]}").a', [True, None]),
        ("merge({ a = 1, b = 1 }, null, { b = 2 })", {"a": 1, "b": 2}),
        ("concat([1], [2, 3])", [1, 2, 3]),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ('lookup({ a = 1 }, "a", 2)', 1),
        ('lookup({ a = 1 }, "b", 2)', 2),
        ('try({ a = 1 }.b, "fallback")', "fallback"),
        ("try(null, 1)", None),
        ("can({ a = 1 }.b)", False),
        ("can(1)", True),
        ('coalesce(null, "", "x")', "x"),
        ('tonumber("12")', 12),
        ('tobool("true")', True),
        ("tostring(true)", "true"),
        ("tostring(null)", None),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ('tolist(["b"])', ["b"]),
        ('format("%s-%03d %v %q %%", "a", 7, true, "z")', 'a-007 true "z" %'),
        ('join(",", ["a", 1])', "a,1"),
        ('split(",", "a,b")', ["a", "b"]),
        ('lower(upper("aB"))', "ab"),
        ('replace("a-b-c", "-", "_")', "a_b_c"),
        ('trimspace("  x\\n")', "x"),
        ('element(["a", "b"], 3)', "b"),
        ('length("abc") + length([1]) + length({ a = 1 })', 5),
        ('contains(["a"], "a")', True),
        ('contains(["a"], "b")', False),
        ("keys({ b = 1, a = 2 })", ["a", "b"]),
        ("values({ b = 1, a = 2 })", [2, 1]),
        ('compact(["a", "", null, "b"])', ["a", "b"]),
        ('distinct(["a", "b", "a"])', ["a", "b"]),
        ("abs(-1) + min(3, 2) + max([1, 4]...) + ceil(0.2) + floor(1.8)", 9),
        ("one([])", None),
        ('zipmap(["a"], [1])', {"a": 1}),
        ("range(3)", [0, 1, 2]),
        ('substr("hello", 1, 3)', "ell"),
        ("alltrue([true, false])", False),
        ("anytrue([false, var.u, true])", True),
        ('startswith("abc", "ab")', True),
        ("sum([1, 2])", 3),
    ],
)
def test_functions(expression: str, expected: object) -> None:
    assert plain(expression, U) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lower(var.u)", Unknown(NO_VALUE, present=True)),
        ("tostring(var.u)", Unknown(NO_VALUE)),
        ("try(var.u.x, 1)", Unknown(NO_VALUE)),
        ("coalesce(var.u, 1)", Unknown(NO_VALUE, present=True)),
        ("length(concat([1], var.u))", Unknown("number of elements is not known", present=True)),
        ('contains([var.u], "a")', Unknown("an element is not known", present=True)),
        ('format("a-%s", var.u)', Unknown(NO_VALUE, present=True, shape="a-${...}")),
        ('join("-", ["a", var.u])', Unknown(NO_VALUE, present=True, shape="a-${...}")),
        ('replace("a", "/a/", "b")', Unknown("replacement by a regular expression is not evaluated", present=True)),
        ("merge({ a = 1 }, var.u)", Unknown(NO_VALUE, present=True)),
        ('jsondecode("{")', Unknown("text is not JSON")),
        ("upper()", Unknown("function upper needs 1 arguments")),
        ("upper([])", Unknown("expected a text, found a list")),
        ('file("nope.txt")', Unknown("file nope.txt is not in the repository", present=True)),
    ],
)
def test_functions_of_what_is_not_known(expression: str, expected: Unknown) -> None:
    assert value(expression, U) == expected


def test_a_list_with_an_unknown_part_keeps_the_known_elements() -> None:
    assert plain('concat(["a"], var.u)', U) == ["a", Unknown(NO_VALUE)]
    assert plain('[for s in ["a", "b"] : s if s == "a" || var.u]', U) == ["a", Unknown(NO_VALUE)]


def test_an_unknown_condition_makes_a_mapping_unknown_as_a_whole() -> None:
    assert value("{ for s in [1] : s => s if var.u }", U) == Unknown(NO_VALUE, present=True)


def test_nested_values_keep_the_line_they_are_written_on() -> None:
    more = """
    locals {
      policy = {
        Statement = [
          { Effect = "Allow" },
          {
            Effect = "Deny"
          },
        ]
      }
    }
    """
    policy = node("jsonencode(local.policy)", more)
    assert policy.location.line == 2
    statements = policy["Statement"]
    assert (statements.location.where, statements.location.line) == ("main.tf", 7)
    assert [s["Effect"].location.line for s in statements.items()] == [8, 10]


RESOURCES = """
resource "aws_s3_bucket" "logs" {
  bucket = "my-logs"
  tags   = { a = "b" }
  prefix = var.u
}
resource "aws_s3_bucket" "two" { count = 2 }
resource "aws_s3_bucket" "one" { count = 1 }
resource "aws_s3_bucket" "none" { count = 0 }
resource "aws_s3_bucket" "maybe" { count = var.u ? 1 : 0 }
resource "aws_s3_bucket" "keyed" { for_each = toset(["x", "y"]) }
data "aws_iam_policy_document" "doc" {}
variable "u" {}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("aws_s3_bucket.logs.id", Reference("aws_s3_bucket.logs", "id")),
        ("aws_s3_bucket.logs", Reference("aws_s3_bucket.logs", "")),
        ("aws_s3_bucket.logs.bucket", "my-logs"),
        ("aws_s3_bucket.logs.tags.a", "b"),
        ("aws_s3_bucket.logs.prefix", Reference("aws_s3_bucket.logs", "prefix")),
        ("aws_s3_bucket.logs.versioning[0].enabled", Reference("aws_s3_bucket.logs", "versioning.enabled")),
        ("aws_s3_bucket.two[1].arn", Reference("aws_s3_bucket.two[1]", "arn")),
        ("aws_s3_bucket.one[0].arn", Reference("aws_s3_bucket.one", "arn")),
        ("one(aws_s3_bucket.one[*].arn)", Reference("aws_s3_bucket.one", "arn")),
        ("one(aws_s3_bucket.none[*].arn)", None),
        ('try(aws_s3_bucket.none[0].arn, "")', ""),
        ("aws_s3_bucket.maybe[0].arn", Reference("aws_s3_bucket.maybe", "arn")),
        ("one(aws_s3_bucket.maybe[*].arn)", Unknown("aws_s3_bucket.maybe may not be created")),
        ('aws_s3_bucket.keyed["x"].arn', Reference('aws_s3_bucket.keyed["x"]', "arn")),
        ("aws_s3_bucket.keyed[var.u].arn", Unknown(NO_VALUE)),
        ("data.aws_iam_policy_document.doc.json", Reference("data.aws_iam_policy_document.doc", "json")),
        ("tostring(aws_s3_bucket.logs.id)", Reference("aws_s3_bucket.logs", "id")),
        ('aws_s3_bucket.logs.arn != ""', True),
        ("aws_s3_bucket.logs.arn == null", False),
        (
            '"${aws_s3_bucket.logs.arn}/*"',
            Unknown("known after deployment: aws_s3_bucket.logs arn", present=True, shape="${...}/*"),
        ),
        ('"arn:aws:s3:::${aws_s3_bucket.logs.bucket}/*"', "arn:aws:s3:::my-logs/*"),
    ],
)
def test_references(expression: str, expected: object) -> None:
    assert value(expression, RESOURCES) == expected


def test_references_to_all_copies() -> None:
    two = [Reference(f"aws_s3_bucket.two[{i}]", "arn").unresolved() for i in (0, 1)]
    assert plain("aws_s3_bucket.two[*].arn", RESOURCES) == two
    assert plain("aws_s3_bucket.two.*.arn", RESOURCES) == two
    assert plain("[for k, b in aws_s3_bucket.keyed : k]", RESOURCES) == ["x", "y"]
