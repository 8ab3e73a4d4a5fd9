import os
import subprocess
from pathlib import Path

import pytest

from prodworks_cli.model import Gap, Plane, Skipped
from prodworks_cli.sources.files import Part, judged, part_of, tree_of
from prodworks_cli.sources.listings import read_tree
from prodworks_cli.sources.opening import LARGEST_FILE, LARGEST_LOCK


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("src/app.py", Part.PRODUCTION),
        ("tests/helper.py", Part.TEST),
        ("app/test_chat.py", Part.TEST),
        ("app/chat_test.py", Part.TEST),
        ("web/chat.test.tsx", Part.TEST),
        ("web/__tests__/chat.ts", Part.TEST),
        ("conftest.py", Part.TEST),
        ("app/latest.py", Part.PRODUCTION),
        ("infra/environments/test/main.tf", Part.PRODUCTION),
        ("spec/openapi.yaml", Part.PRODUCTION),
        ("spec/chat.rb", Part.TEST),
        ("examples/chat/app.py", Part.EXAMPLE),
        ("notebooks/try.ipynb", Part.NOTEBOOK),
        ("docs/conf.py", Part.DOCS),
        ("src/docs/loader.py", Part.PRODUCTION),
        ("README.md", Part.DOCS),
        ("prompts/system.md", Part.PRODUCTION),
        ("prompts/README.md", Part.DOCS),
        ("CLAUDE.md", Part.AGENT_INSTRUCTIONS),
        ("app/AGENTS.md", Part.AGENT_INSTRUCTIONS),
        (".github/prompts/review.prompt.md", Part.AGENT_INSTRUCTIONS),
        (".github/workflows/deploy.yml", Part.PRODUCTION),
        (".kiro/steering/a.md", Part.AGENT_INSTRUCTIONS),
        ("node_modules/x/index.js", Part.VENDORED),
        ("layer/python/site-packages/x.py", Part.VENDORED),
        ("web/app.min.js", Part.VENDORED),
        ("cdk.out/Stack.template.json", Part.VENDORED),
        ("poetry.lock", Part.LOCK),
        ("test/__snapshots__/stack.test.ts.snap", Part.SNAPSHOT),
    ],
)
def test_part_of(path: str, part: Part) -> None:
    assert part_of(path) is part


def git(root: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *who, "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q")
    (root / ".gitignore").write_text("*.log\nbuilt/\n")
    (root / "app.py").write_text("x = 1\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


def paths(root: Path, *ignore: str) -> list[str]:
    return [f.path for f in read_tree(root, ignore).files]


def test_tracked_and_untracked_files_are_read_and_ignored_ones_not(repository: Path) -> None:
    (repository / "new.py").write_text("y = 2\n")
    (repository / "trace.log").write_text("z")
    (repository / "gone.py").write_text("z")
    git(repository, "add", "gone.py")
    (repository / "gone.py").unlink()
    assert paths(repository) == [".gitignore", "app.py", "new.py"]


def test_commit_and_dirty(repository: Path) -> None:
    clean = read_tree(repository)
    (repository / "new.py").write_text("y = 2\n")
    assert (clean.name, clean.commit, clean.dirty) == ("shop", git(repository, "rev-parse", "HEAD"), False)
    assert read_tree(repository).dirty is True


def test_a_subfolder_shows_only_its_own_files(repository: Path) -> None:
    (repository / "service").mkdir()
    (repository / "service" / "main.py").write_text("")
    assert paths(repository / "service") == ["main.py"]


def test_a_folder_that_the_outer_repository_ignores_is_walked(repository: Path) -> None:
    (repository / "built").mkdir()
    (repository / "built" / "main.py").write_text("")
    tree = read_tree(repository / "built")
    assert ([f.path for f in tree.files], tree.commit) == (["main.py"], None)


def test_environment_of_a_git_hook_does_not_redirect(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(repository / "elsewhere"))
    assert read_tree(repository).dirty is False


def test_nothing_that_the_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "config", "filter.x.clean", str(program))
    (repository / ".gitattributes").write_text("*.py filter=x\n")
    (repository / "app.py").write_text("x = 2\n")
    tree = read_tree(repository)
    assert not (tmp_path / "ran").exists()
    assert (len(tree.files), tree.dirty) == (3, None)


def test_links_do_not_lead_out(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text("")
    folder = repository / "sub"
    folder.mkdir()
    (folder / "secret.py").write_text("")
    git(repository, "add", ".")
    (folder / "secret.py").unlink()
    folder.rmdir()
    folder.symlink_to(outside)
    (repository / "link.py").symlink_to(outside / "secret.py")
    tree = read_tree(repository)
    assert [f.path for f in tree.files] == [".gitignore", "app.py"]
    assert Skipped("sub/secret.py", "outside the audited folder") in tree.skipped
    assert Skipped("link.py", "symbolic link") in tree.skipped


def test_files_that_are_not_read_are_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"a" * (LARGEST_FILE + 1))
    (tmp_path / "model.bin").write_bytes(b"\0\1")
    (tmp_path / "logo.png").write_bytes(b"x")
    (tmp_path / "go.sum").write_text("")
    (tmp_path / "uv.lock").write_bytes(b"a" * (LARGEST_LOCK + 1))
    (tmp_path / "bundle.js").write_text("a" * 30_000)
    os.mkfifo(tmp_path / "pipe")
    assert {(s.path, s.reason) for s in read_tree(tmp_path).skipped} == {
        ("data.csv", "larger than 2 MB"),
        ("model.bin", "binary"),
        ("logo.png", "media"),
        ("go.sum", "lock file"),
        ("uv.lock", "lock file larger than 10 MB"),
        ("bundle.js", "minified"),
        ("pipe", "not a regular file"),
    }


def test_lock_files_are_kept_apart(tmp_path: Path) -> None:
    for name in ("uv.lock", "package-lock.json", "node_modules/x/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"a" * (LARGEST_LOCK - 1))
    tree = read_tree(tmp_path)
    assert (tree.files, [f.path for f in tree.locks]) == ((), ["package-lock.json", "uv.lock"])


def test_lock_files_that_do_not_fit_together_are_listed(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "uv.lock").write_bytes(b"a" * (LARGEST_LOCK - 1))
    tree = read_tree(tmp_path)
    assert len(tree.locks) == 3
    assert [s.path for s in tree.skipped] == ["3/uv.lock"]


def test_production_source_that_cannot_be_decoded_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"# caf\xe9\n")
    (tmp_path / "template.yaml").write_text("a: 1\n", encoding="utf-16")
    (tmp_path / "test_app.py").write_bytes(b"# caf\xe9\n")
    (tmp_path / "notes.txt").write_bytes(b"caf\xe9\n")
    tree = read_tree(tmp_path)
    reason = "cannot be read: not UTF-8"
    assert set(tree.gaps) == {Gap("*", Plane.DECLARED, p, reason) for p in ("app.py", "template.yaml")}
    assert tree.skipped == (Skipped("test_app.py", reason),)
    assert [(f.path, f.text) for f in tree.files] == [("notes.txt", None)]


def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app.py").write_text("")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert read_tree(tmp_path).gaps == (Gap("*", Plane.DECLARED, "app.py", "cannot be read: Permission denied"),)


def test_without_git_nested_gitignore_files_and_links_are_heeded(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/out/\n\\\n!\n")
    for folder in ("out", "a/b", "node_modules/x"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "m.py").write_text("")
    (tmp_path / "a" / ".gitignore").write_text("b/*.tmp\n")
    (tmp_path / "a" / "b" / "x.tmp").write_text("")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    tree = read_tree(tmp_path)
    assert [f.path for f in tree.files] == [".gitignore", "a/.gitignore", "a/b/m.py"]
    assert Skipped("node_modules/", "vendored") in tree.skipped
    assert (tree.commit, tree.dirty) == (None, None)


def test_ignore_patterns_and_odd_names(repository: Path) -> None:
    (repository / os.fsdecode(b"b\xff\nc.py")).write_text("")
    assert paths(repository, "app*") == [".gitignore", "b\\xff\nc.py"]


def test_a_bad_path_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError):
        read_tree(tmp_path / "none")
    with pytest.raises(NotADirectoryError):
        read_tree(tmp_path / "file")


def test_examples_are_judged_only_when_there_is_nothing_else() -> None:
    only = tree_of({"examples/app.py": "", "README.md": "", "config.yaml": ""})
    both = tree_of({"examples/app.py": "", "app.py": ""})
    assert [(f.path, f.part) for f in judged(only)] == [
        ("config.yaml", Part.PRODUCTION),
        ("examples/app.py", Part.PRODUCTION),
    ]
    assert [f.path for f in judged(both)] == ["app.py"]
