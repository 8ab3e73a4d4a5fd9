"""Renderers: each turns a Report into text, and sees nothing else.

A format is one module with a ``render`` function and one line in ``RENDERERS``. Modules are imported when used, so that
a JSON report needs neither jinja2 nor rich.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from prodworks_cli.report import Report

Renderer = Callable[[Report], str]


def _terminal(report: Report) -> str:
    from prodworks_cli.render.terminal import render

    return render(report)


def _html(report: Report) -> str:
    from prodworks_cli.render.html import render

    return render(report)


def _markdown(report: Report) -> str:
    from prodworks_cli.render.markdown import render

    return render(report)


def _json(report: Report) -> str:
    from prodworks_cli.render.json_ import render

    return render(report)


def _sarif(report: Report) -> str:
    from prodworks_cli.render.sarif import render

    return render(report)


def _junit(report: Report) -> str:
    from prodworks_cli.render.junit import render

    return render(report)


def _codequality(report: Report) -> str:
    from prodworks_cli.render.codequality import render

    return render(report)


def _annotations(report: Report) -> str:
    from prodworks_cli.render.annotations import render

    return render(report)


def _csv(report: Report) -> str:
    from prodworks_cli.render.csv_ import render

    return render(report)


RENDERERS: Mapping[str, Renderer] = MappingProxyType(
    {
        "terminal": _terminal,
        "html": _html,
        "markdown": _markdown,
        "json": _json,
        "sarif": _sarif,
        "junit": _junit,
        "codequality": _codequality,
        "csv": _csv,
        "annotations": _annotations,
    }
)
