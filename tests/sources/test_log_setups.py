"""How logging is set up, from raw source, files of logging frameworks and IaC."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.agent_code import Tool
from prodworks_cli.resources.log_setups import Logging
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.sources.files import tree_of

ASK = """
import boto3

bedrock = boto3.client("bedrock-runtime")


def ask(question):
    messages = [{"role": "user", "content": [{"text": question}]}]
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)


def handler(event, context):
    question = event["question"]
    RECORD
    return ask(question)
"""
LAMBDA = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: f
      Environment: {{Variables: {{{variables}}}}}
      {more}
"""


def resources(**files: str) -> tuple[Resource, ...]:
    paths = {name.replace("__", "."): content for name, content in files.items()}
    return collect_repository(tree_of(paths), {}).resources


def setups(setup: str, **files: str) -> list[Logging]:
    app = setup + ASK.replace("RECORD", "pass")
    return [r.value for r in resources(app__py=app, **files) if isinstance(r.value, Logging)]


def written(setup: str, record: str, **files: str) -> LogStatement:
    found = resources(app__py=setup + ASK.replace("RECORD", record), **files)
    (statement,) = [r.value for r in found if isinstance(r.value, LogStatement)]
    return statement


def function(variables: str = "A: b", more: str = "") -> str:
    return LAMBDA.format(variables=variables, more=more)


BASIC = "import logging\nlogging.basicConfig(level={})\nlogger = logging.getLogger(__name__)\n"
POWERTOOLS = "from aws_lambda_powertools import Logger\nlogger = Logger({})\n"
STRUCTLOG = "import structlog\nstructlog.configure({})\nlogger = structlog.get_logger()\n"
LOGURU = "from loguru import logger\n"
BOUND = "wrapper_class=structlog.make_filtering_bound_logger({})"


@pytest.mark.parametrize(
    ("setup", "framework", "level", "structured"),
    [
        (BASIC.format("logging.INFO"), "logging", "info", False),
        (BASIC.format("'warning'"), "logging", "warning", False),
        (BASIC.format("30"), "logging", "warning", False),
        ("import logging\nlogging.basicConfig()\n", "logging", "warning", False),
        ("import logging\nlog = logging.getLogger()\nlog.setLevel(logging.ERROR)\n", "logging", "error", False),
        ("import logging\nlog = logging.getLogger(__name__)\nlog.setLevel('DEBUG')\n", "logging", "debug", False),
        ("import logging\nlog = logging.Logger('x', level=logging.ERROR)\n", "logging", "error", False),
        (POWERTOOLS.format(""), "powertools", "info", True),
        (POWERTOOLS.format("level='ERROR'"), "powertools", "error", True),
        (STRUCTLOG.format(BOUND.format("logging.INFO")), "structlog", "info", False),
        (STRUCTLOG.format("processors=[structlog.processors.JSONRenderer()]"), "structlog", "debug", True),
        (LOGURU + "logger.remove()\nlogger.add(out, level='INFO', serialize=True)\n", "loguru", "info", True),
    ],
)  # fmt: skip
def test_frameworks_of_python(setup: str, framework: str, level: str, structured: bool) -> None:
    (value,) = setups(setup)
    assert (value.framework, value.level, value.structured) == (framework, level, structured)
    assert (value.masks, value.logs_event) == ((), False)


@pytest.mark.parametrize(
    "setup",
    [
        "import logging\nlogging.getLogger('botocore').setLevel(logging.WARNING)\n",
        "import logging\nlogger = logging.getLogger(__name__)\n",
        "PROMPT = 'We need structured logging: logging.basicConfig(level=logging.INFO)'\n",
        "from own import Logger\nlogger = Logger(level='INFO')  # not aws_lambda_powertools\n",
        "# logging.basicConfig(level=logging.INFO)\n",
    ],
)
def test_what_sets_up_nothing(setup: str) -> None:
    assert setups(setup) == []


def test_json_of_a_library() -> None:
    text = (
        "import logging\nfrom pythonjsonlogger import jsonlogger\nhandler_ = logging.StreamHandler()\n"
        "handler_.setFormatter(jsonlogger.JsonFormatter())\nlogging.basicConfig(level='INFO', handlers=[handler_])\n"
    )
    (value,) = setups(text)
    assert (value.framework, value.structured) == ("python-json-logger", True)


def test_set_ups_that_are_alike_are_one() -> None:
    files = {f"job{n}/main__py": BASIC.format("logging.INFO") for n in range(3)}
    assert len(setups(BASIC.format("logging.INFO"), **files)) == 1
    assert len(setups(BASIC.format("logging.ERROR"), **files)) == 2


DATA = """
version: 1
formatters:
  json: {class: pythonjsonlogger.jsonlogger.JsonFormatter}
handlers:
  console: {class: logging.StreamHandler, formatter: json}
root: {level: WARNING, handlers: [console]}
loggers:
  app: {level: INFO}
"""
INI = """
[loggers]
keys=root
[handlers]
keys=console
[formatters]
keys=plain
[logger_root]
level=ERROR
handlers=console
"""


@pytest.mark.parametrize(
    ("name", "text", "level", "structured"),
    [
        ("logging__yaml", DATA, "warning", True),
        ("logging__json", '{"version": 1, "formatters": {}, "handlers": {}, "root": {"level": "INFO"}}', "info", False),
        ("logging__ini", INI, "error", False),
    ],
)
def test_files_of_the_standard_library(name: str, text: str, level: str, structured: bool) -> None:
    (value,) = setups("", **{name: text})
    assert (value.framework, value.level, value.structured) == ("logging", level, structured)


@pytest.mark.parametrize("text", ["import logging.config\nlogging.config.dictConfig({})\n", "LOGGING = {}\n"])
def test_mappings_in_code(text: str) -> None:
    (value,) = setups(text.replace("{}", "{'version': 1, 'root': {'level': 'ERROR'}}"))
    assert (value.framework, value.level) == ("logging", "error")


@pytest.mark.parametrize("text", ["[loggers]\n[handlers]\nno key\n", "[handlers]\n[loggers]\n%\n"])
def test_a_file_that_cannot_be_read_is_a_gap(text: str) -> None:
    gaps = collect_repository(tree_of({"app.py": ASK, "logging.ini": text}), {}).gaps
    assert [g.kind for g in gaps if g.scope == "logging.ini"] == ["repo.logging"]


@pytest.mark.parametrize(
    ("variables", "level"),
    [("LOG_LEVEL: ERROR", "error"), ("OTHER: x", "info"), ("LOG_LEVEL: !ImportValue x", Unknown), (None, Unknown)],
)
def test_the_level_that_a_variable_holds(variables: str | None, level: str | type) -> None:
    files = {} if variables is None else {"template__yaml": function(variables)}
    (value,) = setups("import os\n" + BASIC.format("os.environ.get('LOG_LEVEL', 'INFO')"), **files)
    assert isinstance(value.level, Unknown) if level is Unknown else value.level == level


@pytest.mark.parametrize(
    ("variables", "level"),
    [("POWERTOOLS_LOG_LEVEL: ERROR", "error"), ("LOG_LEVEL: warn", "warning"), ("A: b", "info")],
)
def test_the_level_of_powertools(variables: str, level: str) -> None:
    assert setups(POWERTOOLS.format(""), template__yaml=function(variables))[0].level == level


def test_a_share_of_records_at_debug() -> None:
    assert isinstance(setups(POWERTOOLS.format("sampling_rate=0.1"))[0].level, Unknown)


EVENT = "\n@logger.inject_lambda_context{}\ndef other(event, context):\n    pass\n"


@pytest.mark.parametrize(
    ("given", "variables", "told"),
    [
        ("(log_event=True)", "A: b", True),
        ("(log_event=False)", "POWERTOOLS_LOGGER_LOG_EVENT: 'true'", False),
        ("", "POWERTOOLS_LOGGER_LOG_EVENT: 'true'", True),
        ("()", "POWERTOOLS_LOGGER_LOG_EVENT: 'false'", False),
        ("", "A: b", False),
    ],
)
def test_whether_the_event_is_written(given: str, variables: str, told: bool) -> None:
    (value,) = setups(POWERTOOLS.format("") + EVENT.format(given), template__yaml=function(variables))
    assert value.logs_event is told


BOTH = "('question', 'answer')"
MASK = "\ndef mask(logger, name, event):\n{}\n    return event\n\n"


@pytest.mark.parametrize(
    ("body", "masks"),
    [
        ("    event['question'] = '***'", ("question",)),
        ("    if 'question' in event:\n        event['question'] = '***'", ("question",)),
        ("    event.pop('question', None)", ("question",)),
        (f"    for key in {BOTH}:\n        if key in event:\n            event[key] = '***'", ("answer", "question")),
        ("    for key in list(event):\n        if key in KEYS:\n            event[key] = '***'", ("question",)),
        ("    event['question'] = event['question'][:5]", ()),
        ("    if DEBUG:\n        event['question'] = '***'", ()),
        ("    if not DEBUG:\n        return event\n    event['question'] = '***'", ()),
        ("    other['question'] = '***'", ()),
    ],
)  # fmt: skip
def test_what_a_processor_masks(body: str, masks: tuple[str, ...]) -> None:
    configured = STRUCTLOG.format("processors=[mask, structlog.processors.JSONRenderer()]")
    (value,) = setups("KEYS = {'question'}\n" + MASK.format(body) + configured)
    assert value.masks == masks


FILTER = """
class Redact(logging.Filter):
    def filter(self, record):
        if hasattr(record, "question"):
            record.question = "***"
        return True
"""


@pytest.mark.parametrize(("target", "masks"), [("handler_", ("question",)), ("logging.getLogger('x')", ())])
def test_a_filter_masks_where_a_handler_uses_it(target: str, masks: tuple[str, ...]) -> None:
    text = BASIC.format("'INFO'") + FILTER + f"\nhandler_ = logging.StreamHandler()\n{target}.addFilter(Redact())\n"
    assert setups(text)[0].masks == masks


PATTERN = """
import re
EMAIL = re.compile(r"\\S+@\\S+")
class Redact(logging.Filter):
    def filter(self, record):
        BODY
        return True
"""


@pytest.mark.parametrize(
    ("body", "attached", "masks"),
    [
        ('record.msg = EMAIL.sub("***", str(record.msg))', "handler_.addFilter(Redact())", ("text like EMAIL",)),
        (
            'record.msg = re.sub(r"\\d{16}", "***", record.msg)',
            "handler_.addFilter(Redact())",
            ("text like a pattern",),
        ),
        ('record.msg = re.sub(EMAIL, "***", record.msg)', "handler_.addFilter(Redact())", ("text like EMAIL",)),
        ('record.msg = EMAIL.sub("***", record.msg)', "logger.addFilter(Redact())", ()),
        ('name = EMAIL.sub("***", record.name)', "handler_.addFilter(Redact())", ()),
        (
            'record.msg = EMAIL.sub("***", record.msg)',
            'CONFIG = {"filters": {"pii": {"()": Redact}}, "handlers": {"a": {"filters": ["pii"]}}}',
            ("text like EMAIL",),
        ),
        (
            'record.msg = EMAIL.sub("***", record.msg)',
            'CONFIG = {"filters": {"pii": {"()": Other}}, "filters": []}',
            (),
        ),
    ],
)
def test_a_filter_masks_what_looks_like_a_pattern(body: str, attached: str, masks: tuple[str, ...]) -> None:
    text = BASIC.format("'INFO'") + PATTERN.replace("BODY", body)
    text += f"\nhandler_ = logging.StreamHandler()\n{attached}\n"
    assert setups(text)[0].masks == masks
    statement = written(text, "logger.info(question)")
    assert isinstance(statement.masked, Unknown) is bool(masks or "addFilter" in attached)
    assert statement.leaks is not False


def test_a_function_is_a_filter_too_with_the_functions_that_it_uses() -> None:
    text = BASIC.format("'INFO'") + (
        "import re\nTIN = re.compile('a')\n"
        "def _mask(value):\n    return TIN.sub('*', value)\n"
        "def _each(key, value):\n    return _mask(value)\n"
        "def redact(record):\n    record.__dict__ |= {k: _each(k, v) for k, v in record.__dict__.items()}\n"
        "def other(record):\n    return _mask(record.name) == 'a'\n"
        "handler_ = logging.StreamHandler()\nhandler_.addFilter(USED)\n"
    )
    assert setups(text.replace("USED", "redact"))[0].masks == ("text like TIN",)
    assert setups(text.replace("USED", "other"))[0].masks == ()
    assert setups(text.replace("handler_.addFilter(USED)", "logger.addFilter(redact)"))[0].masks == ()


def test_a_formatter_and_a_processor_mask_what_looks_like_a_pattern() -> None:
    formatter = PATTERN.replace("logging.Filter", "logging.Formatter").replace("def filter", "def format")
    formatter = formatter.replace("BODY", "line = super().format(record)").replace("True", 'EMAIL.sub("***", line)')
    text = (
        BASIC.format("'INFO'") + formatter + "\nhandler_ = logging.StreamHandler()\nhandler_.setFormatter(Redact())\n"
    )
    assert setups(text)[0].masks == ("text like EMAIL",)
    processor = 'import re\nEMAIL = re.compile("a@b")\n' + MASK.format(
        '    event["event"] = EMAIL.sub("***", event["event"])'
    )
    (value,) = setups(processor + STRUCTLOG.format("processors=[mask, structlog.processors.JSONRenderer()]"))
    assert value.masks == ("text like EMAIL",)


@pytest.mark.parametrize(
    ("setup", "record", "emitted"),
    [
        (BASIC.format("logging.ERROR"), "logger.info(question)", False),
        (BASIC.format("logging.INFO"), "logger.info(question)", True),
        (BASIC.format("logging.INFO"), "logger.debug(question)", False),
        (BASIC.format("logging.INFO"), "print(question)", True),
        (BASIC.format("logging.INFO") + "logger.setLevel(logging.ERROR)\n", "logger.info(question)", False),
        (BASIC.format("'INFO'") + "logging.getLogger('httpx').setLevel('ERROR')\n", "logger.info(question)", True),
        (BASIC.format("logging.ERROR"), "logging.info(question)", False),
        (BASIC.format("logging.ERROR"), "logging.exception(question)", True),
        ("logger = logging.Logger('x', level=logging.ERROR)\n", "logger.info(question)", False),
        (POWERTOOLS.format("level='ERROR'"), "logger.info(question)", False),
        (POWERTOOLS.format(""), "logger.info(question)", True),
        (POWERTOOLS.format("") + "logger.setLevel('ERROR')\n", "logger.info(question)", False),
        (STRUCTLOG.format(BOUND.format("40")), "logger.info('x', question=question)", False),
        (STRUCTLOG.format(BOUND.format("20")), "log = logger.bind(a=1)\n    log.info('x', question=question)", True),
        (LOGURU + "logger.remove()\nlogger.add(out, level='ERROR')\n", "logger.info(question)", False),
        (LOGURU + "logger.add(out, level='ERROR')\n", "logger.info(question)", True),
        ("from own import logger\n", "logger.info(question)", True),
    ],
)  # fmt: skip
def test_a_record_below_the_level_is_not_written(setup: str, record: str, emitted: bool) -> None:
    statement = written("import logging\n" + setup, record)
    assert (statement.content, statement.emitted, statement.leaks) == ("prompt", emitted, emitted)


def test_the_level_of_a_logger_in_another_file() -> None:
    shared = "import logging\nlogger = logging.getLogger('app')\nlogger.setLevel(logging.ERROR)\n"
    assert written("from shared import logger\n", "logger.info(question)", shared__py=shared).emitted is False


def test_the_set_up_of_another_program_does_not_count() -> None:
    ask = "import logging\nlogger = logging.getLogger(__name__)\n" + ASK.replace("RECORD", "logger.debug(question)")
    files = {"service/main__py": BASIC.format("'INFO'"), "scripts/tool__py": BASIC.format("'DEBUG'")}
    found = resources(**{"service/chat/app__py": ask, **files})
    assert [r.value.emitted for r in found if isinstance(r.value, LogStatement)] == [False]
    far = resources(**{"library/chat/app__py": ask, **files})
    assert [r.value.emitted for r in far if isinstance(r.value, LogStatement)] == [True]


def test_structlog_may_leave_the_level_to_the_standard_library() -> None:
    setup = BASIC.format("logging.ERROR") + STRUCTLOG.format("wrapper_class=structlog.stdlib.BoundLogger")
    assert written(setup, "logger.info('x', question=question)").emitted is False


@pytest.mark.parametrize(
    ("settings", "emitted"),
    [
        ("LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: ERROR}", False),
        ("LoggingConfig: {LogFormat: JSON}", True),
        ("LoggingConfig: {LogFormat: Text}", True),
        ("LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: !ImportValue x}", Unknown),
    ],
)
def test_what_lambda_lets_through(settings: str, emitted: bool | type) -> None:
    statement = written(BASIC.format("'INFO'"), "logger.info(question)", template__yaml=function(more=settings))
    assert isinstance(statement.emitted, Unknown) if emitted is Unknown else statement.emitted is emitted


MASKED = MASK.format("    event['question'] = '*'") + STRUCTLOG.format("processors=[mask]")
FILTERED = BASIC.format("'INFO'") + FILTER + "logging.StreamHandler().addFilter(Redact())\n"


@pytest.mark.parametrize(
    ("setup", "record", "masked"),
    [
        (MASKED, "logger.info('x', question=question)", True),
        (MASKED, "logger.info('x', text=question)", False),
        (MASKED, "logger.info(question)", False),
        (MASKED, "print(question)", False),
        (FILTERED, "logger.info('x', extra={'question': question})", True),
        (FILTERED, "logger.info('x', extra={'text': question})", False),
    ],
)
def test_a_key_that_the_set_up_masks(setup: str, record: str, masked: bool) -> None:
    statement = written(setup, record)
    assert (statement.masked is True) is masked
    assert (statement.leaks is False) is masked


@pytest.mark.parametrize(
    ("decorator", "variables", "found"),
    [("", "POWERTOOLS_LOGGER_LOG_EVENT: '1'", True), ("(log_event=True)", "A: b", True), ("", "A: b", None)],
)
def test_a_whole_event_is_a_statement(decorator: str, variables: str, found: bool | None) -> None:
    app = POWERTOOLS.format("") + ASK.replace("def handler", f"@logger.inject_lambda_context{decorator}\ndef handler")
    all_ = resources(app__py=app.replace("RECORD", "pass"), template__yaml=function(variables))
    statements = [r.value for r in all_ if isinstance(r.value, LogStatement)]
    assert [(s.content, s.emitted) for s in statements] == ([] if found is None else [("event", True)])


TERRAFORM = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  logging_config {
    log_format            = "JSON"
    application_log_level = "WARN"
  }
}
"""
MODULE = """
module "f" {
  source                        = "terraform-aws-modules/lambda/aws"
  version                       = "8.0.0"
  function_name                 = "f"
  logging_log_format            = "JSON"
  logging_application_log_level = "WARN"
}
"""
CDK = """
import * as lambda from "aws-cdk-lib/aws-lambda";
import { Stack } from "aws-cdk-lib";

export class S extends Stack {
  constructor(scope: any, id: string) {
    super(scope, id);
    new lambda.Function(this, "F", {
      runtime: lambda.Runtime.PYTHON_3_12,
      handler: "app.handler",
      code: lambda.Code.fromAsset("src"),
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambda.ApplicationLogLevel.WARN,
    });
  }
}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main__tf", TERRAFORM),
        ("main__tf", MODULE),
        ("template__yaml", function(more="LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: WARN}")),
        ("stack__ts", CDK),
    ],
)
def test_settings_of_lambda(name: str, text: str) -> None:
    (value,) = [r.value for r in resources(**{name: text}) if isinstance(r.value, Logging)]
    assert value == Logging("lambda", "warning", True, (), False)


def test_lambda_writes_text_unless_it_is_told() -> None:
    text = function(more="LoggingConfig: {LogFormat: Text}")
    (value,) = [r.value for r in resources(template__yaml=text) if isinstance(r.value, Logging)]
    assert value == Logging("lambda", None, False, (), False)
    assert not [r for r in resources(template__yaml=function()) if isinstance(r.value, Logging)]


@pytest.mark.parametrize(
    ("line", "emitted"),
    [
        ("boto3.set_stream_logger('')", True),
        ("boto3.set_stream_logger('botocore')", True),
        ("logging.getLogger('botocore').setLevel(logging.DEBUG)", True),
        ("if VERBOSE:\n    boto3.set_stream_logger('')", Unknown),
        ("boto3.set_stream_logger('botocore', logging.WARNING)", None),
        ("boto3.set_stream_logger()", None),
        ("logging.getLogger('botocore').setLevel(logging.INFO)", None),
        ("logging.getLogger().setLevel(logging.DEBUG)", None),
        ("other.set_stream_logger('')", None),
    ],
)
def test_botocore_at_debug_writes_all_that_is_asked(line: str, emitted: bool | type | None) -> None:
    found = resources(app__py=f"import logging\nimport boto3\n{line}\n" + ASK.replace("RECORD", "pass"))
    statements = [r.value for r in found if isinstance(r.value, LogStatement)]
    assert [(s.content, s.level) for s in statements] == ([] if emitted is None else [("prompt", "debug")])
    assert all(isinstance(s.emitted, Unknown) if emitted is Unknown else s.emitted for s in statements)


TOOL = """
import logging
from strands import Agent, tool

logging.basicConfig(level=logging.{})
logger = logging.getLogger(__name__)


@tool
def refund(order: str) -> str:
    logger.info("refund %s", order)
    return order


Agent(tools=[refund])
"""


@pytest.mark.parametrize(("level", "recorded"), [("INFO", True), ("ERROR", False)])
def test_a_tool_is_recorded_where_its_records_are_written(level: str, recorded: bool) -> None:
    found = resources(app__py=TOOL.format(level), ask__py=ASK.replace("RECORD", "pass"))
    (tool,) = [r.value for r in found if isinstance(r.value, Tool)]
    assert tool.recorded is recorded


def test_names_of_variables_are_no_patterns() -> None:
    files = {"template__yaml": function("'LOG((a+)+': x, LOG_LEVEL: ERROR")}
    assert setups("import os\n" + BASIC.format("os.environ['LOG_LEVEL']"), **files)[0].level == "error"
