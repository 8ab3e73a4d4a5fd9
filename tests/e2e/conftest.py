"""The wheel, built once and installed into an environment of its own: end-to-end tests run what users get."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIME = "1795514400"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of ``prodworks`` in an environment that holds the wheel and sees the dependencies, but no checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False, system_site_packages=False)
    python = folder / "env" / "bin" / "python"
    install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    dependencies = next(p for p in map(Path, sys.path) if p.name == "site-packages")
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    # Only folders: an editable install of the checkout is a .pth file there, which a path entry does not run.
    (site / "dependencies.pth").write_text(str(dependencies))
    return folder / "env" / "bin" / "prodworks"


@pytest.fixture
def prodworks(installed: Path, tmp_path: Path) -> Run:
    """Run the installed command in an empty folder with a fixed clock."""

    def run(*arguments: object, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        base = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PRODWORKS_", "PYTHONPATH"))}
        clean = {
            **base,
            "SOURCE_DATE_EPOCH": TIME,
            "COLUMNS": "100",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            **environment,
        }
        command = [str(installed), *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False, timeout=120)

    return run
