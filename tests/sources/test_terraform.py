from __future__ import annotations

import pytest

from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Reference
from prodworks_cli.sources.files import Part
from prodworks_cli.sources.terraform import read
from prodworks_cli.sources.terraform.values import bounded
from tests.sources.terraform_case import blocks, file, gaps, value


def test_blocks_have_types_addresses_and_exact_places() -> None:
    found = blocks(
        infra__main="""
        # a comment
        resource "awscc_bedrock_guardrail" "g" {
          name = "g"

          content_policy_config = {
            filters_config = [
              { type = "HATE" },
            ]
          }
          topics {
            name = "one"
          }
          topics {
            name = "two"
          }
        }
        data "aws_iam_policy_document" "d" {}
        """
    )
    guardrail = found["infra/awscc_bedrock_guardrail.g"]
    assert (guardrail.type, guardrail.conditional) == ("awscc_bedrock_guardrail", False)
    assert guardrail.body.location == Location("infra/main.tf", 3)
    assert guardrail.body["name"].location == Location("infra/main.tf", 4)
    strength = guardrail.body.at("content_policy_config", "filters_config", "type")
    assert (strength.content, strength.location.line) == ("HATE", 8)
    assert [(t["name"].content, t.location.line) for t in guardrail.body["topics"].items()] == [
        ("one", 11),
        ("two", 14),
    ]
    assert found["infra/data.aws_iam_policy_document.d"].type == "data.aws_iam_policy_document"


def test_meta_arguments_are_not_part_of_the_body() -> None:
    body = blocks(main='resource "t" "t" {\n count = 1\n provider = aws.x\n provisioner "local-exec" {}\n}')["t.t"].body
    assert body.content == {}


def test_values_files_overrule_defaults_in_the_order_of_terraform() -> None:
    main = """
    variable "a" { default = "default" }
    variable "b" { default = "default" }
    variable "c" { default = "default" }
    variable "d" {}
    resource "t" "t" {
      v = [var.a, var.b, var.c, var.d]
    }
    """
    found, no_gaps = read(
        [
            file("i/main.tf", main),
            file("i/terraform.tfvars", 'a = "tfvars"\nb = "tfvars"\n'),
            file("i/z.auto.tfvars", 'b = "auto"\n'),
            file("i/a.auto.tfvars.json", '{\n"d": {"x": [1]}}'),
            file("i/prod.tfvars", 'c = "not loaded by itself"\n'),
            file("other/terraform.tfvars", 'c = "another folder"\n'),
        ]
    )
    assert found[0].body["v"].plain() == ["tfvars", "auto", "default", {"x": [1]}]
    assert no_gaps == ()


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("string", "12", "12"),
        ("number", '"12"', 12),
        ("bool", '"true"', True),
        ("any", '"12"', "12"),
        ("list(string)", "[1]", ["1"]),
        ("map(number)", '{ a = "1" }', {"a": 1}),
        ("object({ a = optional(number, 3), b = optional(string) })", "{}", {"a": 3, "b": None}),
        ("list(object({ a = string, b = optional(bool, true) }))", '[{ a = "x" }]', [{"a": "x", "b": True}]),
        ("number", '"many"', "many"),
        ("string", "null", None),
    ],
)
def test_variables_hold_values_of_their_type(type_: str, given: str, expected: object) -> None:
    text = f'variable "x" {{\n type = {type_}\n default = {given}\n}}\nresource "t" "t" {{\n v = var.x\n}}'
    assert blocks(main=text)["t.t"].body["v"].plain() == expected


def test_locals_may_use_each_other_but_not_themselves() -> None:
    assert value("local.a", 'locals {\n a = "${local.b}!"\n}\nlocals {\n b = "x"\n}') == "x!"
    assert value("local.a", "locals {\n a = local.b\n b = local.a\n}") == Unknown("local.a refers to itself")


def test_resources_that_refer_to_each_other_do_not_loop() -> None:
    found = blocks(main='resource "t" "a" {\n x = t.b.x\n}\nresource "t" "b" {\n x = t.a.x\n}')
    assert isinstance(found["t.a"].body["x"].content, Reference)


COPIES = """
variable "u" {}
variable "named" { default = { x = 1, y = 2 } }
resource "t" "zero" { count = 0 }
resource "t" "off" { count = false ? 1 : 0 }
resource "t" "two" {
  count = 2
  v     = "n${count.index}"
}
resource "t" "maybe" {
  count = var.u ? 1 : 0
  v     = 1
}
resource "t" "keyed" {
  for_each = var.named
  v        = "${each.key}-${each.value}"
}
resource "t" "set" {
  for_each = toset(["a"])
  v        = each.value
}
resource "t" "empty" { for_each = {} }
resource "t" "open" {
  for_each = var.u
  v        = each.value
}
"""


def test_count_and_for_each() -> None:
    found = blocks(main=COPIES)
    assert {a: b.body["v"].content for a, b in found.items() if not b.conditional} == {
        "t.two[0]": "n0",
        "t.two[1]": "n1",
        't.keyed["x"]': "x-1",
        't.keyed["y"]': "y-2",
        't.set["a"]': "a",
    }
    assert {a for a, b in found.items() if b.conditional} == {"t.maybe", "t.open"}
    assert found["t.open"].body["v"].content == Unknown(
        "for_each is not known: variable u has no value in the repository", present=True
    )


def test_a_great_count_is_one_block() -> None:
    found = blocks(main='resource "t" "t" {\n count = 100000000\n v = count.index\n}')
    assert found["t.t"].body["v"].content == Unknown("count is not known: one of 100000000 copies", present=True)
    assert found["t.t"].conditional is False


def test_dynamic_blocks() -> None:
    body = blocks(
        main="""
        variable "u" {}
        resource "t" "t" {
          rule { n = 0 }
          dynamic "rule" {
            for_each = ["a", "b"]
            content { n = "${rule.key}${rule.value}" }
          }
          dynamic "named" {
            for_each = { k = { deep = [1] } }
            iterator = it
            content {
              key = it.key
              dynamic "inner" {
                for_each = it.value.deep
                content { v = inner.value }
              }
            }
          }
          dynamic "none" {
            for_each = []
            content { n = 1 }
          }
          dynamic "open" {
            for_each = var.u
            content { n = 1 }
          }
        }
        """
    )["t.t"].body
    assert body.plain() == {
        "rule": [{"n": 0}, {"n": "0a"}, {"n": "1b"}],
        "named": [{"key": "k", "inner": [{"v": 1}]}],
        "open": [Unknown("variable u has no value in the repository")],
    }
    assert body["open"].items()[0].location == Location("main.tf", 24)


KB = """
variable "name" { type = string }
variable "kms" { default = null }
variable "unset" {}
resource "aws_bedrock_guardrail" "g" {
  name        = "${var.name}-g"
  kms_key_arn = var.kms
  description = var.unset
}
output "guardrail_id" { value = aws_bedrock_guardrail.g.guardrail_id }
output "guardrail" { value = aws_bedrock_guardrail.g }
output "name" { value = var.name }
"""


def test_a_called_folder_is_evaluated_for_each_call_and_not_as_a_root() -> None:
    found = blocks(
        infra__main="""
        module "a" {
          source = "../modules/kb"
          name   = "first"
          kms    = aws_kms_key.k.arn
        }
        module "b" {
          source = "../modules/kb"
          name   = "${module.a.name}-second"
        }
        resource "aws_kms_key" "k" {}
        resource "t" "t" {
          id    = module.a.guardrail_id
          arn   = module.b.guardrail.arn
          label = module.b.guardrail.name
          wrong = module.b.nothing
        }
        """,
        modules__kb__main=KB,
    )
    a, b = (f"infra/module.{m}.aws_bedrock_guardrail.g" for m in "ab")
    assert set(found) == {"infra/aws_kms_key.k", "infra/t.t", a, b}
    assert found[a].body.plain() == {
        "name": "first-g",
        "kms_key_arn": Reference("infra/aws_kms_key.k", "arn").unresolved(),
        "description": Unknown("variable unset has no value in the repository"),
    }
    assert found[a].body["kms_key_arn"].content == Reference("infra/aws_kms_key.k", "arn")
    assert found[a].body["name"].location == Location("modules/kb/main.tf", 6)
    assert found[b].body["kms_key_arn"].content is None
    body = found["infra/t.t"].body
    assert body["id"].content == Reference(a, "guardrail_id")
    assert body["arn"].content == Reference(b, "arn")
    assert body["label"].content == "first-second-g"
    assert body["wrong"].content == Unknown("there is no output nothing")


def test_module_copies_and_nested_modules() -> None:
    found = blocks(
        main="""
        variable "u" {}
        module "off" {
          source = "./m"
          count  = 0
        }
        module "maybe" {
          source = "./m"
          count  = var.u ? 1 : 0
        }
        module "each" {
          source   = "./m"
          for_each = { k = "v" }
          x        = each.value
        }
        resource "r" "r" {
          a = module.each["k"].x
          b = module.maybe[0].id
          c = module.maybe[*].id
          d = [for k, m in module.each : "${k}=${m.x}"]
        }
        """,
        m__main='variable "x" { default = "d" }\noutput "x" { value = var.x }\noutput "id" { value = module.n.id }\n'
        'module "n" {\n source = "./n"\n}',
        m__n__main='resource "t" "t" {}\noutput "id" { value = t.t.id }',
    )
    assert {a: b.conditional for a, b in found.items()} == {
        "r.r": False,
        "module.maybe.module.n.t.t": True,
        'module.each["k"].module.n.t.t': False,
    }
    assert found["r.r"].body.plain() == {
        "a": "v",
        "b": Reference("module.maybe.module.n.t.t", "id").unresolved(),
        "c": Unknown("module maybe may not be created"),
        "d": ["k=v"],
    }


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('"somebody/bedrock/aws"', "somebody/bedrock/aws"),
        ('"git::https://example.org/m.git"', "git::https://example.org/m.git"),
        ('"../../../outside"', "../../../outside"),
        ('"./missing"', "./missing"),
        ("var.u", "source is not a literal"),
    ],
)
def test_a_module_that_is_elsewhere_is_a_gap(source: str, named: str) -> None:
    text = f'variable "u" {{}}\nmodule "kb" {{\n  source = {source}\n}}\nresource "t" "t" {{\n v = module.kb.id\n}}\n'
    reason = f"module kb is not in this repository ({named})"
    unrelated = named == "git::https://example.org/m.git"
    assert gaps(i__main=text) == (Gap("aws.*", Plane.DECLARED, "i/main.tf", reason, 2, unrelated=unrelated),)
    assert blocks(i__main=text)["i/t.t"].body["v"].content == Unknown(reason)


def test_modules_that_call_each_other_end_with_a_gap() -> None:
    a = 'module "b" {\n source = "../b"\n}\nresource "t" "t" {}\n'
    b = 'module "a" {\n source = "../a"\n}\nresource "t" "t" {}\n'
    assert set(blocks(a__main=a, b__main=b)) == {"a/t.t", "a/module.b.t.t"}
    assert [g.reason for g in gaps(a__main=a, b__main=b)] == ["module a calls itself (../a)"]


def test_examples_count_only_when_there_is_nothing_else() -> None:
    example = file("examples/x/main.tf", 'module "m" {\n source = "../.."\n}\nresource "e" "e" {}\n', Part.EXAMPLE)
    main = file("main.tf", 'resource "t" "t" {}\n')
    assert [b.address for b in read([example, main])[0]] == ["t.t"]
    assert [b.address for b in read([example])[0]] == ["examples/x/e.e"]


def test_tracked_files_are_read_relative_to_the_module() -> None:
    module = """
    resource "t" "t" {
      text     = file("${path.module}/policy.txt")
      rendered = templatefile("${path.module}/../t.tpl", { name = "x", n = [1, 2] })
      absent   = file("${path.module}/no.txt")
    }
    """
    found, _ = read(
        [
            file("i/main.tf", 'module "m" {\n source = "../m"\n}\n'),
            file("m/main.tf", module),
            file("m/policy.txt", "a\nb\n"),
            file("t.tpl", "Hi ${name}%{ for i in n } ${i}%{ endfor }"),
        ]
    )
    assert found[0].body.plain() == {
        "text": "a\nb\n",
        "rendered": "Hi x 1 2",
        "absent": Unknown("file m/no.txt is not in the repository", present=True),
    }


def test_json_syntax() -> None:
    text = """{
      "variable": {"n": {"default": "x"}},
      "locals": {"l": "${var.n}!"},
      "resource": {"aws_s3_bucket": {"b": {
        "bucket": "${local.l}",
        "rule": [{"id": 1}]
      }}}
    }"""
    found, no_gaps = read([file("i/main.tf.json", text)])
    assert no_gaps == ()
    assert found[0].address == "i/aws_s3_bucket.b"
    assert found[0].body.plain() == {"bucket": "x!", "rule": [{"id": 1}]}
    assert found[0].body["bucket"].location == Location("i/main.tf.json", 5)


BROKEN = """resource "t" "before" {
  a = 1
}
resource "t" "broken" {
  b = [1,
}
resource "t" "after" {
  c = <<E
resource "t" "text" {
E
}
variable "x" {
  default = = 3
}
"""


def test_intact_blocks_of_a_broken_file_are_kept() -> None:
    found = blocks(main=BROKEN)
    assert set(found) == {"t.before", "t.after"}
    assert found["t.after"].body["c"].location.line == 8
    assert gaps(main=BROKEN) == (Gap("aws.*", Plane.DECLARED, "main.tf", "Terraform syntax error", 5),)


def test_the_old_index_syntax_is_no_error() -> None:
    text = 'resource "t" "a" { count = 2 }\nresource "t" "b" {\n x = t.a.1.id\n}\n'
    assert blocks(main=text)["t.b"].body["x"].content == Reference("t.a[1]", "id")
    assert gaps(main=text) == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x01", "Terraform syntax error: not a text file"),
        (b"a = 1\n" * 400_000, "Terraform file is larger than 2 MB"),
        (b"}}}}", "Terraform syntax error"),
        (b'resource "t" "t" {\n', "Terraform syntax error"),
        (b'resource "t" "t" {\n a = "\n}\n', "Terraform syntax error"),
        (b'resource "t" "t" {\n a = ' + b"[" * 5000 + b"]" * 5000 + b"\n}\n", "Terraform expression is nested too"),
        (b'resource "t" "t" {\n a = ' + b"(" * 5000 + b"1" + b")" * 5000 + b"\n}\n", "Terraform expression is nested"),
        (b'resource "t" "t" {\n a = 1' + b"+1" * 5000 + b"\n}\n", "Terraform expression is nested too deeply"),
        (b"a {\n" * 3000 + b"}\n" * 3000, "Terraform expression is nested too deeply"),
    ],
    ids=["binary", "huge", "braces", "open", "quote", "lists", "parentheses", "sum", "blocks"],
)
def test_hostile_files_are_gaps_and_nothing_else_is_lost(data: bytes, reason: str) -> None:
    found, missing = read([file("a.tf", data), file("b.tf", 'resource "t" "fine" {}\n')])
    assert "t.fine" in {b.address for b in found}
    assert [(g.scope, g.reason.startswith(reason)) for g in missing] == [("a.tf", True)]


@pytest.mark.parametrize(
    ("first", "each"),
    [
        ('"xxxxxxxxxx"', '"${local.l%d}${local.l%d}"'),
        ("[1]", "[local.l%d, local.l%d]"),
        ("[1]", "concat(local.l%d, local.l%d)"),
        ("10", "local.l%d * local.l%d"),
        ("{ a = 1 }", "{ a = local.l%d, b = local.l%d }"),
        ('"aa"', 'replace(local.l%d, "a", local.l%d)'),
        ("{ a = 1 }", "{ for k, v in local.l%d : k => local.l%d }"),
    ],
    ids=["text", "lists", "concat", "numbers", "mappings", "replace", "for"],
)
def test_values_that_grow_without_end_are_cut(first: str, each: str) -> None:
    lines = [f"l0 = {first}", *(f"l{i} = {each % (i - 1, i - 1)}" for i in range(1, 100))]
    uses = [f"v{i} = local.l{i}" for i in (*range(0, 99, 7), 99)]
    text = "locals {\n" + "\n".join(lines) + '\n}\nresource "t" "t" {\n' + "\n".join(uses) + "\n}\n"
    last = blocks(main=text)["t.t"].body["v99"]
    assert bounded(last) is last
    assert "Unknown(" in repr(last.plain())


def test_a_long_chain_of_locals_is_unknown() -> None:
    text = "locals {\n l0 = 1\n" + "\n".join(f"l{i} = local.l{i - 1}" for i in range(1, 3000)) + "\n}\n"
    found = blocks(main=text + 'resource "t" "t" {\n v = local.l2999\n w = 1\n}\n')
    assert found["t.t"].body["v"].content == Unknown("expression is nested too deeply")
    assert found["t.t"].body["w"].content == 1


def test_modules_that_multiply_are_cut() -> None:
    texts = {
        f"m{i}__main": "".join(f'module "c{j}" {{\n source = "../m{i + 1}"\n}}\n' for j in range(8)) for i in range(8)
    }
    found = gaps(**texts, m8__main='resource "t" "t" {}\n')
    assert any(g.reason == "module c7 is one of too many modules" for g in found)


@pytest.mark.parametrize(
    ("call", "unrelated"),
    [
        ('source = "terraform-aws-modules/vpc/aws"', True),
        ('source = "aws-ia/bedrock/aws"', False),
        ('source = "./elsewhere"\n  bedrock_model = "x"', False),
        ('source = "git::https://example.com/email.git"', True),
    ],
)
def test_a_module_elsewhere_speaks_for_genai_only_by_name(call: str, unrelated: bool) -> None:
    (found,) = gaps(main=f'module "m" {{\n  {call}\n}}\n')
    assert found.unrelated is unrelated
