"""The HTML report in a real browser: its policy, its script, and a narrow window."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from prodworks_cli.render.html import render
from tests.render import samples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--allow-file-access-from-files",
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

# The report in a frame of 390 px, made to open everything and to tell the page around it how wide its content is.
PROBE = """<script>
for (const node of document.querySelectorAll("details")) node.open = true;
parent.postMessage("wide:" + document.documentElement.scrollWidth, "*");
</script></body>"""
FRAME = """<!doctype html><p id="out"></p>
<script>addEventListener("message", (event) => { document.getElementById("out").textContent = event.data; });</script>
<iframe src="report.html" width="390" height="800"></iframe>"""


def browse(tmp_path: Path, page: str, fragment: str = "") -> tuple[str, str]:
    """The DOM after loading ``page`` and what the browser logged."""
    assert CHROMIUM is not None
    address = tmp_path.joinpath(page).as_uri() + fragment
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", address]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return result.stdout, result.stderr


def test_script_opens_the_linked_finding_and_the_policy_holds(tmp_path: Path) -> None:
    tmp_path.joinpath("report.html").write_text(render(samples.not_ready()), encoding="utf-8")
    dom, log = browse(tmp_path, "report.html", "#owner-named")
    assert "Content Security Policy" not in log
    assert re.search(r'<details class="group closed" open="">\s*<summary><h3>Proven', dom)
    assert re.search(r'<details class="finding" id="owner-named"[^>]* open="">', dom)
    assert len(re.findall(r"<details[^>]* open", dom)) == 2
    assert '<form class="tools" id="tools" role="search">' in dom


def test_hostile_texts_run_nothing(tmp_path: Path) -> None:
    text = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    tmp_path.joinpath("report.html").write_text(render(samples.hostile(text)), encoding="utf-8")
    dom, log = browse(tmp_path, "report.html")
    assert "<title>taken" not in dom
    assert dom.count("<script") == 1
    assert "Content Security Policy" not in log


@pytest.mark.parametrize("text", ["", "x" * 400, "wide words | "])
def test_no_sideways_scrolling_at_390(tmp_path: Path, text: str) -> None:
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render(samples.hostile(text)))
    tmp_path.joinpath("report.html").write_text(page.replace("</body>", PROBE), encoding="utf-8")
    tmp_path.joinpath("frame.html").write_text(FRAME, encoding="utf-8")
    dom, _ = browse(tmp_path, "frame.html")
    found = re.search(r'<p id="out">wide:(\d+)</p>', dom)
    assert found, "the page did not report its width"
    assert int(found[1]) <= 390
