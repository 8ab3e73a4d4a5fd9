"""Make the pictures of the README from what the tool prints about ``examples/poc``.

``python docs/pictures.py`` writes both: the terminal report as SVG, and the first screen of the HTML report as PNG, for
which it needs Chromium. ``docs/generate.py`` keeps the SVG in step: unlike the PNG it is the same on every machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from prodworks_cli.render.html import render as render_html
from prodworks_cli.render.terminal import render as render_terminal
from prodworks_cli.report import Report

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TERMINAL, FIRST_SCREEN = IMAGES / "terminal.svg", IMAGES / "report.png"
COMMAND = ("audit", "examples/poc", "--evidence", "examples/poc/evidence.json")
DEMO_TIME = "1795514400"
WIDTH = 100
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
COLOURS = [(240, 113, 98), (74, 190, 145), (229, 181, 82), (141, 184, 245), (141, 184, 245), (111, 205, 214)]
BACK, TEXT = (22, 27, 34), (225, 230, 238)
THEME = TerminalTheme(BACK, TEXT, [BACK, *COLOURS, TEXT], [(140, 150, 163), *COLOURS, (255, 255, 255)])
# Rich's own frame without the font that it would load from elsewhere.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>prodworks audit examples/poc</title>
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font-variant-east-asian: full-width;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def report() -> Report:
    """The report on the example, without the commit, which is not the same for two readers."""
    program = Path(sys.executable).parent / "prodworks"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": DEMO_TIME}
    command = [program, *COMMAND, "-o", "json=-"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found = cast(Report, json.loads(done.stdout))
    found["target"].update({"commit": None, "dirty": None})
    return found


def terminal_svg() -> str:
    """What ``prodworks audit`` prints, as a picture."""
    shown = render_terminal(report(), width=WIDTH, color=True)
    text = Text.from_ansi(f"$ prodworks {' '.join(COMMAND)}\n\n{shown.rstrip()}")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True, color_system="standard")
        console.print(text, soft_wrap=True)
    svg = console.export_svg(title="prodworks", theme=THEME, code_format=FRAME, unique_id="terminal")
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def first_screen(path: Path) -> None:
    """The first screen of the HTML report, as a PNG."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        page_file.write_text(render_html(report()), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(page_file.as_uri())
        page.screenshot(path=path)
        browser.close()


def main() -> None:
    """Write both pictures."""
    IMAGES.mkdir(exist_ok=True)
    TERMINAL.write_text(terminal_svg(), encoding="utf-8")
    first_screen(FIRST_SCREEN)


if __name__ == "__main__":
    main()
