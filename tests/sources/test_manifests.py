"""What programs are installed from, from raw manifests and lock files."""

from __future__ import annotations

import time

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.manifests import Manifest
from prodworks_cli.resources.workflows import CiWorkflow
from prodworks_cli.resources.workload import Workload
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.jvm_builds import EXACT

PROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["boto3"]\n'
POETRY = '[tool.poetry.dependencies]\npython = "^3.12"\nboto3 = "^1"\n'
LOCK = '[[package]]\nname = "boto3"\nversion = "1.44.5"\n'
HASHED = "boto3==1.44.5 \\\n    --hash=sha256:aa\n"
PACKAGE = '{"name": "x", "dependencies": {"next": "^16"}}'
NPM = '{"lockfileVersion": 3}'
POM = (
    "<project><version>1-SNAPSHOT</version><dependencies><dependency><version>{}</version></dependency></dependencies>"
)
ENFORCED = "<plugin><rules><banDynamicVersions></banDynamicVersions></rules></plugin>"
GRADLE = 'dependencies {{\n  implementation("org.acme:x:{}")\n}}\n'


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of({"app.py": "x = 1\n", **files}), {})


def read(files: dict[str, str]) -> list[Manifest]:
    return [r.value for r in collected(files).resources if isinstance(r.value, Manifest)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": PROJECT, "uv.lock": LOCK}, [("pyproject.toml", "python", "uv.lock", True)]),
        ({"a/pyproject.toml": POETRY, "a/poetry.lock": LOCK}, [("a/pyproject.toml", "python", "a/poetry.lock", True)]),
        ({"a/pyproject.toml": POETRY, "poetry.lock": LOCK}, [("a/pyproject.toml", "python", None, False)]),
        (
            {"a/pyproject.toml": PROJECT, "uv.lock": LOCK, "pyproject.toml": "[tool.uv.workspace]\nmembers = []\n"},
            [("a/pyproject.toml", "python", "uv.lock", True)],
        ),
        ({"pyproject.toml": PROJECT, "requirements.txt": HASHED}, [("pyproject.toml", "python", None, True)]),
        ({"Pipfile": '[packages]\nboto3 = "*"\n', "Pipfile.lock": "{}"}, [("Pipfile", "python", "Pipfile.lock", True)]),
        ({"setup.py": "setup(install_requires=['boto3'])\n"}, [("setup.py", "python", None, False)]),
        ({"package.json": PACKAGE, "package-lock.json": NPM}, [("package.json", "npm", "package-lock.json", True)]),
        ({"package.json": PACKAGE, "yarn.lock": "# yarn lockfile v1\n"}, [("package.json", "npm", "yarn.lock", True)]),
        ({"package.json": PACKAGE}, [("package.json", "npm", None, False)]),
        ({"package.json": '{"devDependencies": {"esbuild": "1"}}'}, [("package.json", "npm", None, False)]),
        (
            {"packages/a/package.json": PACKAGE, "package.json": '{"workspaces": []}', "package-lock.json": NPM},
            [("packages/a/package.json", "npm", "package-lock.json", True)],
        ),
        (
            {"packages/a/package.json": PACKAGE, "pnpm-workspace.yaml": "packages: []\n", "pnpm-lock.yaml": "a: 1\n"},
            [("packages/a/package.json", "npm", "pnpm-lock.yaml", True)],
        ),
        (
            {"a/package.json": PACKAGE, "package.json": "{}", "package-lock.json": NPM},
            [("a/package.json", "npm", None, False)],
        ),
        ({"pom.xml": POM.format("1.2.3")}, [("pom.xml", "jvm", None, EXACT)]),
        ({"pom.xml": POM.format("[1.2.3]")}, [("pom.xml", "jvm", None, EXACT)]),
        ({"pom.xml": POM.format("LATEST")}, [("pom.xml", "jvm", None, False)]),
        ({"pom.xml": POM.format("${v}") + "<v>[1,2)</v>"}, [("pom.xml", "jvm", None, False)]),
        ({"pom.xml": POM.format("${v}") + "<v>1.2</v>"}, [("pom.xml", "jvm", None, EXACT)]),
        ({"pom.xml": f"<!-- {POM.format('LATEST')} -->" + POM.format("1.2")}, [("pom.xml", "jvm", None, EXACT)]),
        ({"pom.xml": POM.format("1"), "lockfile.json": "{}"}, [("pom.xml", "jvm", "lockfile.json", True)]),
        ({"pom.xml": POM.format("1.2.3") + ENFORCED}, [("pom.xml", "jvm", None, True)]),
        (
            {"pom.xml": POM.format("1.2.3") + f"<pluginManagement>{ENFORCED}</pluginManagement>"},
            [("pom.xml", "jvm", None, EXACT)],
        ),
        (
            {"pom.xml": POM.format("1") + ENFORCED.replace("><", "><allowRanges>true</allowRanges><")},
            [("pom.xml", "jvm", None, EXACT)],
        ),
        (
            {"a/pom.xml": POM.format("1"), "pom.xml": f"<project>{ENFORCED}</project>"},
            [("a/pom.xml", "jvm", None, True)],
        ),
        (
            {"a/pom.xml": POM.format("1-SNAPSHOT"), "b/pom.xml": "<project><artifactId>own</artifactId></project>"},
            [("a/pom.xml", "jvm", None, False)],
        ),
        (
            {
                "a/pom.xml": POM.format("1-SNAPSHOT</version><artifactId>own</artifactId><version>1"),
                "b/pom.xml": "<parent><artifactId>p</artifactId></parent><artifactId>own</artifactId>",
            },
            [("a/pom.xml", "jvm", None, EXACT)],
        ),
        ({"pom.xml": POM.format("[1,2)")}, [("pom.xml", "jvm", None, False)]),
        ({"pom.xml": POM.format("1.2-SNAPSHOT")}, [("pom.xml", "jvm", None, False)]),
        ({"build.gradle.kts": GRADLE.format("1.2.3")}, [("build.gradle.kts", "jvm", None, EXACT)]),
        ({"build.gradle": GRADLE.format("[1.0,2.0)")}, [("build.gradle", "jvm", None, False)]),
        (
            {"a/build.gradle": GRADLE.format("1"), "gradle/libs.versions.toml": '[versions]\nx = "1.+"\n'},
            [("a/build.gradle", "jvm", None, False)],
        ),
        (
            {
                "a/build.gradle": GRADLE.format("1"),
                "gradle/libs.versions.toml": (
                    '[versions]\nx = {prefer = "1.+", strictly = "1.2"}\n[libraries]\nz = {version = "2"}\n'
                ),
            },
            [("a/build.gradle", "jvm", None, EXACT)],
        ),
        (
            {
                "a/build.gradle": GRADLE.format("1"),
                "b/gradle/libs.versions.toml": '[libraries]\ny = "a:b:latest.release"\n',
            },
            [("a/build.gradle", "jvm", None, EXACT)],
        ),
        (
            {
                "build.gradle": GRADLE.format("1"),
                "gradle/libs.versions.toml": '[libraries]\ny = "a:b:latest.release"\n',
            },
            [("build.gradle", "jvm", None, False)],
        ),
        ({"build.gradle": GRADLE.format("1"), "gradle/x.versions.toml": "="}, [("build.gradle", "jvm", None, EXACT)]),
        (
            {"a/build.gradle": GRADLE.format("1.+"), "gradle/verification-metadata.xml": '<sha256 value="aa"/>'},
            [("a/build.gradle", "jvm", "gradle/verification-metadata.xml", True)],
        ),
        (
            {
                "build.gradle": GRADLE.format("1"),
                "gradle/verification-metadata.xml": '<sha256 value="aa"/>',
                "gradle.properties": "org.gradle.dependency.verification=lenient\n",
            },
            [("build.gradle", "jvm", None, EXACT)],
        ),
        (
            {"build.gradle": GRADLE.format("1"), "gradle/verification-metadata.xml": '<trusted-key id="aa"/>'},
            [("build.gradle", "jvm", None, EXACT)],
        ),
        (
            {"build.gradle": GRADLE.format("1"), "gradle/dependency-locks/compileClasspath.lockfile": "a:b:1\n"},
            [("build.gradle", "jvm", "gradle/dependency-locks/compileClasspath.lockfile", True)],
        ),
        ({"build.gradle": GRADLE.format("1.+")}, [("build.gradle", "jvm", None, False)]),
        (
            {"build.gradle": GRADLE.format("1.+"), "gradle.lockfile": "empty=\n"},
            [("build.gradle", "jvm", "gradle.lockfile", True)],
        ),
    ],
)
def test_manifests(files: dict[str, str], expected: list[tuple[str, str, str | None, bool | Unknown]]) -> None:
    manifests = [m for m in read(files) if m.path != "requirements.txt"]
    assert [(m.path, m.ecosystem, m.lock, m.locked) for m in manifests] == expected


@pytest.mark.parametrize(
    ("text", "locked"),
    [
        (HASHED, True),
        ("# compiled\n--index-url https://pypi.org/simple\n" + HASHED, True),
        ("-r base.txt\n-e .\n./lib\n" + HASHED, True),
        ('x @ git+https://github.com/a/x@0123456789012345678901234567890123456789 ; python_version < "4"\n', True),
        ("x @ https://example.com/x.whl#sha256=aa\n", True),
        ("boto3==1.44.5\n", False),
        ("boto3==1.44.* --hash=sha256:aa\n", False),
        ("boto3>=1.44 --hash=sha256:aa\n", False),
        ("-e git+https://github.com/a/x@main#egg=x\n", False),
        (HASHED + "requests\n", False),
    ],
)
def test_requirements(text: str, locked: bool) -> None:
    (manifest,) = read({"src/requirements.txt": text})
    assert manifest.locked is locked


def test_the_line_that_leaves_the_version_open() -> None:
    (found,) = [
        r for r in collected({"requirements.txt": HASHED + "requests\n"}).resources if isinstance(r.value, Manifest)
    ]
    assert found.locations[""].line == 3


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements-dev.txt", "boto3\n"),
        ("requirements/test.txt", "boto3\n"),
        ("tests/requirements.txt", "boto3\n"),
        ("examples/requirements.txt", "boto3\n"),
        (".github/linters/pyproject.toml", PROJECT),
        ("requirements.txt", "# none\n"),
        ("pyproject.toml", "[tool.ruff]\nline-length = 120\n"),
        ("requirements.txt", "mkdocs\nmkdocs-material[imaging]\npytest>=8\n"),
        ("package.json", '{"name": "x"}'),
        ("pom.xml", "<project/>"),
    ],
)
def test_what_is_no_manifest_of_a_program(path: str, text: str) -> None:
    assert read({path: text}) == []


def test_requirements_beside_a_lock_count_where_something_installs_them() -> None:
    files = {"pyproject.toml": PROJECT, "uv.lock": LOCK, "requirements.txt": "boto3\n"}
    assert [m.path for m in read(files)] == ["pyproject.toml"]
    container = {"Dockerfile": "RUN pip install -r requirements.txt\n"}
    assert [(m.path, m.locked) for m in read({**files, **container})][1] == ("requirements.txt", False)


@pytest.mark.parametrize(
    ("path", "text"), [("pyproject.toml", "[project\n"), ("package.json", "{" * 100_000), ("Pipfile", "=")]
)
def test_a_manifest_that_cannot_be_read_is_a_gap(path: str, text: str) -> None:
    inventory = collected({path: text})
    assert [g.scope for g in inventory.gaps if g.kind == "repo.manifest"] == [path]
    assert isinstance(workload(inventory).dependencies_locked, Unknown)


def test_a_lock_with_conflicts_is_a_gap() -> None:
    inventory = collected({"pyproject.toml": PROJECT, "uv.lock": f"<<<<<<< HEAD\n{LOCK}"})
    assert [g.scope for g in inventory.gaps if g.kind == "repo.manifest"] == ["uv.lock"]
    (manifest,) = [r.value for r in inventory.resources if isinstance(r.value, Manifest)]
    assert isinstance(manifest.locked, Unknown)


def workload(inventory: Inventory) -> Workload:
    (found,) = [r.value for r in inventory.resources if isinstance(r.value, Workload)]
    return found


def test_a_workload_is_locked_when_all_of_its_programs_are() -> None:
    locked = {"pyproject.toml": PROJECT, "uv.lock": LOCK}
    assert workload(collected(locked)).dependencies_locked is True
    assert workload(collected({**locked, "web/package.json": PACKAGE})).dependencies_locked is False
    assert isinstance(workload(collected({})).dependencies_locked, Unknown)


PIPELINE = "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {}\n"
UPDATES = "version: 2\nupdates:\n  - package-ecosystem: {}\n    directory: /\n"


@pytest.mark.parametrize(
    ("path", "text", "scanned"),
    [
        (".github/workflows/a.yml", PIPELINE.format("npm audit"), True),
        (".github/workflows/a.yml", PIPELINE.format("bandit -r ."), False),
        (".github/workflows/a.yml", "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/a.yml@v1\n", None),
        (".github/dependabot.yml", UPDATES.format("npm"), True),
        ("renovate.json", "{}", True),
        (".github/dependabot.yml", UPDATES.format("github-actions"), None),
        ("notes.txt", "npm audit", None),
    ],
)
def test_whether_dependencies_are_scanned(path: str, text: str, scanned: bool | None) -> None:
    found = workload(collected({path: text})).dependencies_scanned
    assert isinstance(found, Unknown) if scanned is None else found is scanned


def test_renovate_is_listed_with_the_pipelines() -> None:
    (found,) = [
        r.value for r in collected({".github/renovate.json": "{}"}).resources if isinstance(r.value, CiWorkflow)
    ]
    assert (found.system, found.scans, found.runs_evaluations, found.deploys_to) == (
        "renovate",
        ("renovate",),
        False,
        None,
    )


def test_the_line_of_a_version_that_a_build_picks_anew() -> None:
    pom = "<project>\n<!-- a\nb -->\n" + POM.format("1") + "\n" + POM.format("LATEST")
    (found,) = [r for r in collected({"pom.xml": pom}).resources if isinstance(r.value, Manifest)]
    assert found.locations[""].line == 5


@pytest.mark.parametrize("unit", ["<!--", "<dependency>", "<banDynamicVersions>", "<version>${a}", "<a>b</"])
def test_hostile_poms_take_linear_time(unit: str) -> None:
    started = time.process_time()
    read({"pom.xml": "<dependency></dependency>" + unit * (300_000 // len(unit))})
    assert time.process_time() - started < 3
