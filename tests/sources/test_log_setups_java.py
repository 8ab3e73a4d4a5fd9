"""How Java programs set up logging, and which records are written, from raw source, files and IaC."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.log_setups import Logging
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.sources.files import tree_of

SOURCE = """package com.acme.chat;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import software.amazon.lambda.powertools.logging.Logging;

class Chat {
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  MARK
  public Object handleRequest(Ask request, Context context) {
    RECORD
    return bedrock.converse(r -> r.modelId("amazon.nova-lite-v1:0")
      .messages(Message.builder().role("user").content(ContentBlock.fromText(request.question())).build()));
  }
}
"""
RESOURCES = "src/main/resources"
TEMPLATE = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Environment: {{Variables: {{{}}}}}
"""


def resources(record: str = "", mark: str = "", files: dict[str, str] | None = None) -> tuple[Resource, ...]:
    app = SOURCE.replace("RECORD", record).replace("MARK", mark)
    paths = {"pom.xml": "<project/>", "src/main/java/com/acme/chat/Chat.java": app, **(files or {})}
    return collect_repository(tree_of(paths), {}).resources


def read(files: dict[str, str] | None = None, mark: str = "") -> Logging:
    (value,) = [r.value for r in resources("", mark, files) if isinstance(r.value, Logging)]
    return value


LOGBACK = """<configuration>
  <!-- <root level="TRACE"/> -->
  <appender name="OUT" class="ConsoleAppender"><encoder class="{encoder}">{more}</encoder></appender>
  <logger name="com.acme.chat" level="{own}"/>
  <root level="{root}"><appender-ref ref="OUT"/></root>
</configuration>
"""
LOGSTASH = "net.logstash.logback.encoder.LogstashEncoder"
PATTERN = "ch.qos.logback.classic.encoder.PatternLayoutEncoder"
MASKING = (
    '<jsonGeneratorDecorator class="net.logstash.logback.mask.MaskingJsonGeneratorDecorator">'
    "<path>question</path><path>body.text</path></jsonGeneratorDecorator>"
)
LOG4J = '<Configuration><Loggers><Root level="warn"/></Loggers><JsonTemplateLayout/></Configuration>'


def logback(own: str = "INFO", root: str = "WARN", encoder: str = PATTERN, more: str = "") -> dict[str, str]:
    return {f"{RESOURCES}/logback.xml": LOGBACK.format(own=own, root=root, encoder=encoder, more=more)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (logback(), Logging("logback", "warning", False, (), False)),
        (
            logback(encoder=LOGSTASH, more=MASKING),
            Logging("logback", "warning", True, ("body.text", "question"), False),
        ),
        ({f"{RESOURCES}/logback-spring.xml": "<configuration/>"}, Logging("logback", "debug", False, (), False)),
        ({f"{RESOURCES}/log4j2.xml": LOG4J}, Logging("log4j2", "warning", True, (), False)),
        ({f"{RESOURCES}/log4j2.xml": "<Configuration/>"}, Logging("log4j2", "error", False, (), False)),
        (
            {
                f"{RESOURCES}/application.properties": "logging.level.root=ERROR\n"
                "logging.structured.format.console=ecs\n"
            },
            Logging("spring-boot", "error", True, (), False),
        ),
        (
            {f"{RESOURCES}/application.yaml": "logging:\n  level:\n    root: WARN\n"},
            Logging("spring-boot", "warning", False, (), False),
        ),
    ],
)
def test_files(files: dict[str, str], expected: Logging) -> None:
    assert read(files) == expected


def test_the_level_that_a_variable_holds() -> None:
    files = logback(root="${LOG_LEVEL:-INFO}")
    assert isinstance(read(files).level, Unknown)
    assert read({**files, "template.yaml": TEMPLATE.format("LOG_LEVEL: ERROR")}).level == "error"
    assert read({**files, "template.yaml": TEMPLATE.format("A: b")}).level == "info"


def test_no_set_up_is_read_elsewhere() -> None:
    files = {"src/test/resources/logback.xml": "<configuration/>", "notes.xml": LOG4J, "docs/logback.xml": LOG4J}
    assert not [r for r in resources(files=files) if isinstance(r.value, Logging)]


@pytest.mark.parametrize(
    ("mark", "variables", "told"),
    [
        ("@Logging(logEvent = true)", "A: b", True),
        ("@Logging", "POWERTOOLS_LOGGER_LOG_EVENT: 'true'", True),
        ("@Logging", "A: b", False),
    ],
)
def test_whole_events_of_powertools(mark: str, variables: str, told: bool) -> None:
    found = resources("", mark, {"template.yaml": TEMPLATE.format(variables)})
    (value,) = [r.value for r in found if isinstance(r.value, Logging)]
    assert value == Logging("powertools", "info", True, (), told)
    statements = [r.value for r in found if isinstance(r.value, LogStatement)]
    assert [(s.content, s.emitted) for s in statements] == ([("event", True)] if told else [])


@pytest.mark.parametrize(
    ("record", "files", "emitted"),
    [
        ("log.info(request.question());", {}, True),
        ("log.debug(request.question());", {}, Unknown),
        ("log.debug(request.question());", logback(own="INFO", root="DEBUG"), False),
        ("log.debug(request.question());", logback(own="DEBUG", root="ERROR"), True),
        ("log.info(request.question());", logback(own="WARN"), False),
        ("System.out.println(request.question());", logback(own="WARN"), True),
        ("log.info(request.question());", {f"{RESOURCES}/log4j2.xml": LOG4J}, False),
        ("log.debug(request.question());", {"application.properties": "logging.level.com.acme=DEBUG\n"}, True),
        ("log.debug(request.question());", {"application.properties": "logging.level.org.other=DEBUG\n"}, Unknown),
        ("log.info(request.question());", {"other/pom.xml": "<project/>", "other/log4j2.xml": LOG4J}, True),
        (
            "log.info(request.question());",
            {**logback(own="ERROR"), "application.properties": "logging.level.root=INFO\n"},
            True,
        ),
    ],
)
def test_a_record_below_the_level_is_not_written(record: str, files: dict[str, str], emitted: bool | type) -> None:
    (statement,) = [r.value for r in resources(record, files=files) if isinstance(r.value, LogStatement)]
    assert isinstance(statement.emitted, Unknown) if emitted is Unknown else statement.emitted is emitted


def test_comments_that_do_not_end_take_no_time() -> None:
    files = {f"{RESOURCES}/logback.xml": "<configuration>" + "<!--" * 200_000}
    assert read(files).level == "debug"
