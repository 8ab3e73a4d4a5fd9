"""How TypeScript code sets up logging, and which records are written and masked, from raw source and IaC."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.log_setups import Logging
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.sources.files import tree_of

ASK = """
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
SETUP
const client = new BedrockRuntimeClient({});
const ask = (text) => {
  const messages = [{ role: "user", content: [{ text }] }];
  return client.send(new ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages }));
};
export const handler = async (event) => {
  const question = event.question;
  RECORD
  return ask(question);
};
"""
TEMPLATE = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Environment: {{Variables: {{{}}}}}
      {}
"""
PINO = 'import pino from "pino";\nconst logger = pino({});\n'
WINSTON = 'import winston from "winston";\nconst logger = winston.createLogger({});\n'
POWERTOOLS = 'import {{ Logger }} from "@aws-lambda-powertools/logger";\nconst logger = new Logger({});\n'
FORMAT = (
    'import { createLogger, format } from "winston";\nconst redact = format((info) => {\n  BODY\n  return info;\n});\n'
    "const logger = createLogger({ format: format.combine(redact(), format.json()) });\n"
)


def resources(setup: str, record: str = "", **files: str) -> tuple[Resource, ...]:
    app = ASK.replace("SETUP", setup).replace("RECORD", record)
    paths = {name.replace("__", "."): content for name, content in files.items()}
    return collect_repository(tree_of({"src/app.ts": app, **paths}), {}).resources


def read(setup: str, **files: str) -> Logging:
    (value,) = [r.value for r in resources(setup, **files) if isinstance(r.value, Logging)]
    return value


def written(setup: str, record: str, **files: str) -> LogStatement:
    (value,) = [r.value for r in resources(setup, record, **files) if isinstance(r.value, LogStatement)]
    return value


def with_(text: str, given: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").replace("({})", f"({given})")


@pytest.mark.parametrize(
    ("setup", "framework", "level", "structured"),
    [
        (with_(PINO, ""), "pino", "info", True),
        (with_(PINO, '{ level: "warn" }'), "pino", "warning", True),
        (with_(PINO, '{ level: process.env.NODE_ENV === "production" ? "error" : "debug" }'), "pino", "error", True),
        (with_(PINO, '{ level: process.env.NODE_ENV !== "production" ? "debug" : "info" }'), "pino", "info", True),
        (with_(WINSTON, ""), "winston", "info", True),
        (with_(WINSTON, '{ level: "debug", format: winston.format.json() }'), "winston", "debug", True),
        (with_(WINSTON, '{ level: "debug", format: winston.format.simple() }'), "winston", "debug", False),
        (
            with_(WINSTON, '{ level: "error", transports: [new winston.transports.Console({ level: "debug" })] }'),
            "winston",
            "debug",
            True,
        ),
        (with_(POWERTOOLS, ""), "powertools", "info", True),
        (with_(POWERTOOLS, '{ logLevel: "ERROR" }'), "powertools", "error", True),
        (with_(POWERTOOLS, "{ logLevel: LogLevel.WARN }"), "powertools", "warning", True),
    ],
)
def test_frameworks(setup: str, framework: str, level: str, structured: bool) -> None:
    value = read(setup)
    assert (value.framework, value.level, value.structured) == (framework, level, structured)
    assert (value.masks, value.logs_event) == ((), False)


@pytest.mark.parametrize(
    "setup",
    [
        'const PROMPT = "We log with pino and winston.createLogger()";\n',
        'import { Logger } from "./logger";\nconst logger = new Logger(); // not @aws-lambda-powertools/logger\n',
        'import { Logger } from "aws-amplify";\nconst logger = new Logger("x"); // no pino\n',
        'import winston from "winston";\n',
    ],
)
def test_what_sets_up_nothing(setup: str) -> None:
    assert [r for r in resources(setup) if isinstance(r.value, Logging)] == []


def test_what_the_start_of_the_program_decides_is_not_known() -> None:
    pretty = with_(PINO, '{ transport: dev ? { target: "pino-pretty" } : undefined }')
    assert isinstance(read(pretty).structured, Unknown)
    chosen = with_(WINSTON, "{ format: dev ? winston.format.simple() : winston.format.json() }")
    assert isinstance(read(chosen).structured, Unknown)
    assert isinstance(read(with_(POWERTOOLS, "{ sampleRateValue: 0.1 }")).level, Unknown)


VARIABLE = with_(PINO, '{ level: process.env.LOG_LEVEL ?? "info" }')


@pytest.mark.parametrize(
    ("variables", "level"),
    [("LOG_LEVEL: ERROR", "error"), ("OTHER: x", "info"), ("LOG_LEVEL: !ImportValue x", Unknown), (None, Unknown)],
)
def test_the_level_that_a_variable_holds(variables: str | None, level: str | type) -> None:
    files = {} if variables is None else {"template__yaml": TEMPLATE.format(variables, "")}
    value = read(VARIABLE, **files)
    assert isinstance(value.level, Unknown) if level is Unknown else value.level == level


def test_the_level_of_powertools() -> None:
    files = {"template__yaml": TEMPLATE.format("POWERTOOLS_LOG_LEVEL: ERROR", "")}
    assert read(with_(POWERTOOLS, ""), **files).level == "error"
    assert read(with_(POWERTOOLS, '{ logLevel: "INFO" }'), **files).level == "info"


@pytest.mark.parametrize(
    ("redact", "masks"),
    [
        ('["question", "body.*"]', ("body.*", "question")),
        ('{ paths: ["question"], censor: "***" }', ("question",)),
        ('{ paths: ["question"], remove: true }', ("question",)),
        ("paths()", ()),
    ],
)
def test_what_pino_redacts(redact: str, masks: tuple[str, ...]) -> None:
    assert read(with_(PINO, f"{{ redact: {redact} }}")).masks == masks


@pytest.mark.parametrize(
    ("body", "masks"),
    [
        ('info.question = "***";', ("question",)),
        ('if (info.question) info.question = "***";', ("question",)),
        ("delete info.question;", ("question",)),
        ('if (dev) return info;\n  info.question = "***";', ()),
        ('if (dev) info.question = "***";', ()),
        ("info.question = info.question.slice(0, 5);", ()),
        ('other.question = "***";', ()),
    ],
)
def test_what_a_format_of_winston_masks(body: str, masks: tuple[str, ...]) -> None:
    assert read(FORMAT.replace("BODY", body)).masks == masks


MIDDY = POWERTOOLS + 'import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";\n'


@pytest.mark.parametrize(
    ("given", "variables", "told"),
    [
        ("{ logEvent: true }", "A: b", True),
        ("{ logEvent: false }", "POWERTOOLS_LOGGER_LOG_EVENT: 'true'", False),
        ("{}", "POWERTOOLS_LOGGER_LOG_EVENT: 'true'", True),
        ("{}", "A: b", False),
    ],
)
def test_whole_events(given: str, variables: str, told: bool) -> None:
    setup = with_(MIDDY, "") + f"injectLambdaContext(logger, {given});\n"
    files = {"template__yaml": TEMPLATE.format(variables, "")}
    assert read(setup, **files).logs_event is told
    statements = [r.value for r in resources(setup, **files) if isinstance(r.value, LogStatement)]
    assert [(s.content, s.emitted) for s in statements] == ([("event", True)] if told else [])


def test_an_event_that_the_handler_writes_itself() -> None:
    statement = written(with_(POWERTOOLS, '{ logLevel: "ERROR" }'), "logger.logEventIfEnabled(event, true);")
    assert (statement.content, statement.emitted) == ("event", False)


@pytest.mark.parametrize(
    ("setup", "record", "emitted"),
    [
        (with_(PINO, '{ level: "error" }'), "logger.info(question);", False),
        (with_(PINO, '{ level: "error" }'), "logger.error(question);", True),
        (with_(PINO, '{ level: "error" }'), "console.log(question);", True),
        (with_(PINO, '{ level: "error" }'), "const log = logger.child({});\n  log.info(question);", False),
        (with_(PINO, "{}"), "logger.debug(question);", False),
        (with_(WINSTON, '{ level: "warn" }'), "logger.http(question);", False),
        (with_(POWERTOOLS, '{ logLevel: "WARN" }'), "logger.info(question);", False),
        ('import { logger } from "own";\n', "logger.info(question);", True),
        ('import { logger } from "own";\n', "logger.debug(question);", Unknown),
        ("", "console.debug(question);", Unknown),
    ],
)
def test_a_record_below_the_level_is_not_written(setup: str, record: str, emitted: bool | type) -> None:
    statement = written(setup, record)
    assert isinstance(statement.emitted, Unknown) if emitted is Unknown else statement.emitted is emitted


def test_the_level_of_a_logger_in_another_file() -> None:
    shared = 'import pino from "pino";\nexport const logger = pino({ level: "error" });\n'
    files = {"src/logger__ts": shared}
    assert written('import { logger } from "./logger";\n', "logger.info(question);", **files).emitted is False


def test_the_console_writes_all_that_lambda_lets_through() -> None:
    files = {"template__yaml": TEMPLATE.format("LOG_LEVEL: ERROR", "")}
    assert written("", "console.debug(question);", **files).emitted is True
    json = {"template__yaml": TEMPLATE.format("A: b", "LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: ERROR}")}
    assert written("", "console.info(question);", **json).emitted is False
    assert written(with_(PINO, ""), "logger.info(question);", **json).emitted is False


@pytest.mark.parametrize(
    ("redact", "record", "masked"),
    [
        ('["question"]', "logger.info({ question }, 'asked');", True),
        ('["question"]', "logger.info({ question: event.question });", True),
        ('["*.question"]', "logger.info({ body: { question } });", True),
        ('["body"]', "logger.info({ body: { question } });", True),
        ("['body[\"question\"]']", "logger.info({ body: { question } });", True),
        ('["question"]', "logger.info({ text: question });", False),
        ('["question"]', "logger.info({ body: { question } });", False),
        ('["question.text"]', "logger.info({ question });", False),
        ('["question"]', "logger.info({ question: `asked ${question}` });", True),
        ('["question"]', "logger.info(`asked ${question}`);", False),
        ('["question"]', "logger.info({ question: `asked ${question}`, text: question });", False),
        ('["question"]', "console.log({ question });", False),
    ],
)
def test_a_path_that_is_redacted(redact: str, record: str, masked: bool) -> None:
    statement = written(with_(PINO, f"{{ redact: {redact} }}"), record)
    assert (statement.masked is True, statement.leaks is False) == (masked, masked)


def test_a_key_that_a_format_masks() -> None:
    setup = FORMAT.replace("BODY", "delete info.question;")
    assert written(setup, 'logger.info("asked", { question });').masked is True
    assert written(setup, 'logger.info("asked", { text: question });').masked is not True
