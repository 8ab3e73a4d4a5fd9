"""What resources take over from their provider: the Region and the default tags."""

from __future__ import annotations

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import terraform_tags
from prodworks_cli.sources.terraform import read
from tests.sources.terraform_case import blocks, file

PROVIDERS = """
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "a", stage = "prod" }
  }
}
provider "aws" {
  alias  = "use1"
  region = "us-east-1"
}
"""


def test_a_resource_is_in_the_region_of_its_provider_unless_it_names_one() -> None:
    text = """
    resource "aws_sqs_queue" "a" {}
    resource "aws_sqs_queue" "b" { provider = aws.use1 }
    resource "aws_sqs_queue" "c" { region = "eu-north-1" }
    resource "awscc_sqs_queue" "d" {}
    """
    found = blocks(main=PROVIDERS + text)
    regions = {address: block.body["region"].content for address, block in found.items()}
    assert regions == {
        "aws_sqs_queue.a": "eu-west-1",
        "aws_sqs_queue.b": "us-east-1",
        "aws_sqs_queue.c": "eu-north-1",
        "awscc_sqs_queue.d": None,
    }
    assert found["aws_sqs_queue.a"].body["region"].location == Location("main.tf", 3)


def test_modules_have_the_providers_that_they_are_given() -> None:
    call = """
    module "a" { source = "./m" }
    module "b" {
      source    = "./m"
      providers = { aws = aws.use1, aws.other = aws }
    }
    """
    inner = 'resource "aws_sqs_queue" "q" {}\nresource "aws_sqs_queue" "o" {\n  provider = aws.other\n}\n'
    found = blocks(main=PROVIDERS + call, m__main=inner)
    regions = {address: block.body["region"].content for address, block in found.items()}
    assert regions == {
        "module.a.aws_sqs_queue.q": "eu-west-1",
        "module.a.aws_sqs_queue.o": None,
        "module.b.aws_sqs_queue.q": "us-east-1",
        "module.b.aws_sqs_queue.o": "eu-west-1",
    }


def test_a_region_that_is_not_known_is_left_to_the_reader_of_the_resource() -> None:
    found = blocks(main='variable "r" {}\nprovider "aws" {\n  region = var.r\n}\nresource "aws_sqs_queue" "a" {}\n')
    assert not found["aws_sqs_queue.a"].body["region"].present


def keys(body: Node) -> object:
    found = terraform_tags(body)
    return [n.content if isinstance(n, Node) else n for n in found] if isinstance(found, tuple) else found


@pytest.mark.parametrize(
    ("provider", "resource", "expected"),
    [
        (PROVIDERS, "tags = { name = 1 }", ["team", "stage", "name"]),
        (PROVIDERS, "", ["team", "stage"]),
        (PROVIDERS, "provider = aws.use1", []),
        ('provider "aws" {}', "tags = { name = 1 }", ["name"]),
        ("", "tags = { name = 1 }", ["name", Unknown("default_tags of the provider may add tags")]),
        (
            'variable "t" {}\nprovider "aws" {\n  default_tags {\n    tags = var.t\n  }\n}',
            "",
            Unknown("tags that are not known", present=True),
        ),
        (
            'provider "aws" {\n  dynamic "default_tags" {\n    for_each = var.x\n    content {}\n  }\n}',
            "",
            Unknown("tags that are not known", present=True),
        ),
    ],
)
def test_the_default_tags_of_the_provider_count(provider: str, resource: str, expected: object) -> None:
    found = blocks(main=f'{provider}\nresource "aws_s3_bucket" "b" {{\n  {resource}\n}}\n')
    assert keys(found["aws_s3_bucket.b"].body) == expected


def test_providers_written_as_json() -> None:
    text = """{
      "provider": {"aws": [
        {"region": "eu-west-1", "default_tags": {"tags": {"team": "a"}}},
        {"alias": "use1", "region": "us-east-1"}
      ]},
      "resource": {"aws_s3_bucket": {"a": {}, "b": {"provider": "aws.use1"}}}
    }"""
    found, gaps = read([file("main.tf.json", text)])
    assert {b.address: b.body["region"].content for b in found} == {
        "aws_s3_bucket.a": "eu-west-1",
        "aws_s3_bucket.b": "us-east-1",
    }
    assert keys(found[0].body) == ["team"]
    assert gaps == ()
