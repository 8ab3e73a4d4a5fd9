from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.schema import assemble
from tests.resources.support import DENIED, block, declared, drafted, observe, ref


def trail(**body: object) -> Any:
    return declared("aws_cloudtrail", {"name": "audit", "s3_bucket_name": ref("infra/b", "id"), **body})


def test_terraform_defaults() -> None:
    made = trail()
    assert (made.name, made.logging, made.multi_region, made.log_validation) == ("audit", True, False, False)
    assert (made.management_events, made.excluded_sources, made.data_event_types) == ("All", (), ())
    assert made.bucket == Ref("aws.s3.bucket", "infra/b")


@pytest.mark.parametrize("kind", ["aws_cloudtrail", "aws_cloudtrail_event_data_store", "AWS::CloudTrail::Trail"])
def test_what_may_not_be_created_may_not_log(kind: str) -> None:
    made: Any = assemble(drafted(block(kind, "infra/t", {"IsLogging": True}, conditional=True)))[0]
    assert isinstance(made.logging, Unknown)


def selector(*fields: dict[str, object]) -> dict[str, object]:
    return {"field_selector": list(fields)}


def where(field: str, **operands: object) -> dict[str, object]:
    return {"field": field, **operands}


MANAGEMENT = where("eventCategory", equals=["Management"])
DATA = where("eventCategory", equals=["Data"])
READS, WRITES = where("readOnly", equals=["true"]), where("readOnly", equals=["false"])


@pytest.mark.parametrize(
    ("selectors", "kept"),
    [
        ([selector(MANAGEMENT)], "All"),
        ([selector(DATA, where("resources.type", equals=["AWS::Lambda::Function"]))], "None"),
        ([selector(MANAGEMENT, READS)], "ReadOnly"),
        ([selector(MANAGEMENT, WRITES)], "WriteOnly"),
        ([selector(MANAGEMENT, READS), selector(MANAGEMENT, WRITES)], "All"),
        ([selector(MANAGEMENT, where("eventSource", not_equals=["kms.amazonaws.com"]))], "All"),
        ([selector(MANAGEMENT, where("eventSource", equals=["s3.amazonaws.com"]))], "Some"),
        ([selector(MANAGEMENT, where("eventName", equals=["DeleteTrail"]))], "Some"),
        ([selector(where("readOnly", equals=["true"]))], "None"),
    ],
)
def test_advanced_selectors(selectors: list[object], kept: str) -> None:
    assert trail(advanced_event_selector=selectors).management_events == kept
    assert declared("aws_cloudtrail_event_data_store", {"advanced_event_selector": selectors}).management_events == kept


def test_advanced_selectors_name_what_they_leave_out_and_which_data_events_they_keep() -> None:
    made = trail(
        advanced_event_selector=[
            selector(MANAGEMENT, where("eventSource", not_equals=["bedrock.amazonaws.com"])),
            selector(DATA, where("resources.type", equals=["AWS::Bedrock::KnowledgeBase"])),
        ]
    )
    assert made.excluded_sources == ("bedrock.amazonaws.com",)
    assert made.data_event_types == ("AWS::Bedrock::KnowledgeBase",)


@pytest.mark.parametrize(
    ("selectors", "kept"),
    [
        ([{"read_write_type": "All"}], "All"),
        ([{"read_write_type": "WriteOnly"}], "WriteOnly"),
        ([{"read_write_type": "All", "include_management_events": False}], "None"),
        ([{"include_management_events": False}, {}], "All"),
        ([Unknown("var.selectors")], None),
        (Unknown("dynamic"), None),
    ],
)
def test_basic_selectors(selectors: object, kept: str | None) -> None:
    events = trail(event_selector=selectors).management_events
    assert (None if isinstance(events, Unknown) else events) == kept


def test_basic_selectors_name_what_they_leave_out_and_which_data_events_they_keep() -> None:
    kept = {"exclude_management_event_sources": ["kms.amazonaws.com"], "data_resource": [{"type": "AWS::S3::Object"}]}
    made = trail(event_selector=[kept])
    assert (made.excluded_sources, made.data_event_types) == (("kms.amazonaws.com",), ("AWS::S3::Object",))


def test_event_data_store_of_terraform() -> None:
    made = declared("aws_cloudtrail_event_data_store", {"name": "lake", "suspend": "true"})
    assert (made.name, made.logging, made.multi_region, made.log_validation) == ("lake", False, True, True)
    assert (made.management_events, made.bucket) == ("All", None)


BODY = {
    "TrailName": "audit",
    "IsLogging": True,
    "IsMultiRegionTrail": True,
    "EnableLogFileValidation": True,
    "S3BucketName": "logs",
    "EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object"}], "ExcludeManagementEventSources": ["kms"]}],
}
SNAKE = {
    "trail_name": "audit",
    "is_logging": True,
    "is_multi_region_trail": True,
    "enable_log_file_validation": True,
    "s3_bucket_name": "logs",
    "event_selectors": [{"data_resources": [{"type": "AWS::S3::Object"}], "exclude_management_event_sources": ["kms"]}],
}


@pytest.mark.parametrize(("kind", "body"), [("AWS::CloudTrail::Trail", BODY), ("awscc_cloudtrail_trail", SNAKE)])
def test_cloudformation(kind: str, body: dict[str, object]) -> None:
    made = declared(kind, body)
    assert (made.name, made.logging, made.multi_region, made.log_validation) == ("audit", True, True, True)
    assert (made.management_events, made.excluded_sources, made.data_event_types) == (
        "All",
        ("kms",),
        ("AWS::S3::Object",),
    )
    assert made.bucket == Ref("aws.s3.bucket", "logs")


def test_event_data_stores_of_cloudformation() -> None:
    reads = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]
    made = declared(
        "AWS::CloudTrail::EventDataStore",
        {"Name": "lake", "IngestionEnabled": False, "MultiRegionEnabled": False, "AdvancedEventSelectors": reads},
    )
    assert (made.name, made.logging, made.multi_region, made.management_events) == ("lake", False, False, "All")
    twin = declared("awscc_cloudtrail_event_data_store", {"name": "lake", "multi_region_enabled": "false"})
    assert (twin.name, twin.logging, twin.multi_region) == ("lake", True, False)


ARN = "arn:aws:cloudtrail:eu-west-1:1:trail/audit"
LISTED = {"Name": "audit", "TrailARN": ARN, "S3BucketName": "logs", "IsMultiRegionTrail": True}


def test_observed_trail() -> None:
    answers = {
        "cloudtrail:DescribeTrails": {"trailList": [{"Name": "b"}, {**LISTED, "LogFileValidationEnabled": True}]},
        "cloudtrail:GetTrailStatus": {"IsLogging": True},
        "cloudtrail:GetEventSelectors": {"EventSelectors": [{"ReadWriteType": "ReadOnly"}]},
    }
    made = observe("aws.cloudtrail.trail", answers, ARN)
    assert (made.name, made.logging, made.multi_region, made.log_validation) == ("audit", True, True, True)
    assert (made.management_events, made.bucket) == ("ReadOnly", Ref("aws.s3.bucket", "logs"))
    denied = observe("aws.cloudtrail.trail", {**answers, "cloudtrail:GetEventSelectors": DENIED}, ARN)
    for value in (denied.management_events, denied.excluded_sources, denied.data_event_types):
        assert isinstance(value, Unknown)
    assert denied.logging is True


def test_observed_event_data_store() -> None:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["T"]}]
    answer = {
        "Name": "lake",
        "Status": "STOPPED_INGESTION",
        "MultiRegionEnabled": False,
        "AdvancedEventSelectors": [{"FieldSelectors": fields}],
    }
    made = observe("aws.cloudtrail.trail", {"cloudtrail:GetEventDataStore": answer})
    assert (made.name, made.logging, made.multi_region) == ("lake", False, False)
    assert (made.management_events, made.data_event_types) == ("None", ("T",))


def test_names_are_keys() -> None:
    assert drafted(block("aws_cloudtrail", "infra/t", {"name": "audit"})).aliases == ("audit",)
