import subprocess
import sys

import pytest

from prodworks_cli.render import RENDERERS
from tests.render import samples


def test_formats() -> None:
    assert list(RENDERERS) == ["terminal", "html", "markdown", "json", "sarif", "junit", "codequality", "csv"]


def test_formats_are_imported_when_used() -> None:
    program = (
        "import sys, prodworks_cli.render; print(sorted({'jinja2', 'rich', 'markupsafe', 'json'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("sample", [samples.not_ready, samples.ready, samples.nothing, samples.large])
def test_every_format_is_deterministic_and_leaves_the_report_alone(name: str, sample: object) -> None:
    assert callable(sample)
    report = sample()
    first = RENDERERS[name](report)
    assert first == RENDERERS[name](report)
    assert report == sample()
    assert first.endswith("\n")
    first.encode()


@pytest.mark.parametrize("name", [name for name in RENDERERS if name not in ("codequality", "csv")])
def test_a_report_without_account_says_so(name: str) -> None:
    report = samples.not_ready()
    report["scan"]["account_read_at"] = None
    text = RENDERERS[name](report)
    assert ('"account_read_at": null' if name == "json" else "what only the account can show is unverified") in text
