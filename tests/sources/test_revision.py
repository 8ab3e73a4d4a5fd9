"""Reading a revision from git's objects: the same files as in a work tree, and nothing that a repository could run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from prodworks_cli.sources.files import Tree
from prodworks_cli.sources.listings import read_tree
from prodworks_cli.sources.revision import RevisionError, list_revision


def read_revision(root: Path, revision: str, ignore: Sequence[str] = ()) -> Tree:
    return list_revision(root, revision, ignore).read()


def git(root: Path, *arguments: str, data: bytes | None = None) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=root, env=environment, capture_output=True, input=data, check=True
    )
    return done.stdout.decode().strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    (root / "app.py").write_text("x = 1\n")
    (root / "sub").mkdir()
    (root / "sub" / "näme with blank.py").write_text("y = 1\n")
    (root / "sub" / "link.py").symlink_to("/etc/hostname")
    (root / "big.txt").write_bytes(b"x" * 2_000_001)
    (root / "picture.png").write_bytes(b"\0")
    (root / "old.py").write_text("z = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    return root


def test_a_revision_reads_as_its_work_tree_did(repo: Path) -> None:
    before, commit = read_tree(repo, ["old.py"]), git(repo, "rev-parse", "HEAD")
    (repo / "app.py").write_text("x = 2\n")
    (repo / "new.py").write_text("")
    git(repo, "rm", "-q", "old.py")
    git(repo, "commit", "-qam", "two")
    assert read_revision(repo, "HEAD~1", ["old.py"]) == before
    assert read_revision(repo, commit, ["old.py"]) == before


def test_a_folder_of_the_repository_is_read_relative_to_itself(repo: Path) -> None:
    tree = read_revision(repo / "sub", "main")
    assert [f.path for f in tree.files] == ["näme with blank.py"]
    assert tree == read_tree(repo / "sub")


def test_the_work_tree_and_the_index_stay_as_they_are(repo: Path) -> None:
    (repo / "app.py").write_text("staged\n")
    git(repo, "add", "app.py")
    (repo / "app.py").write_text("not staged\n")
    before = (git(repo, "status", "--porcelain"), (repo / ".git" / "index").read_bytes())
    assert next(f for f in read_revision(repo, "HEAD").files if f.path == "app.py").data == b"x = 1\n"
    assert (git(repo, "status", "--porcelain"), (repo / ".git" / "index").read_bytes()) == before
    assert (repo / "app.py").read_text() == "not staged\n"


@pytest.mark.parametrize("name", ["nope", "", "-h", "--output=/tmp/x", "HEAD:app.py", "HEAD\nmain", "\x1b[1m"])
def test_a_name_that_is_no_commit(repo: Path, name: str) -> None:
    with pytest.raises(RevisionError, match="no such commit here"):
        read_revision(repo, name)


def test_outside_of_git(tmp_path: Path) -> None:
    with pytest.raises(RevisionError):
        read_revision(tmp_path, "HEAD")


def test_hostile_configuration_runs_nothing(repo: Path) -> None:
    mark = repo.parent / "ran"
    trap = repo.parent / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    trap.chmod(0o755)
    (repo / ".gitattributes").write_text("*.py filter=trap diff=trap\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "attributes")
    for key in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        git(repo, "config", key, str(trap))
    assert len(read_revision(repo, "HEAD").files) == 4
    assert not mark.exists()


def test_paths_that_lead_out_are_only_names(repo: Path) -> None:
    blob = git(repo, "hash-object", "-w", "--stdin", data=b"x = 1\n")
    listed = f"100644 blob {blob}\tescape.py\n040000 tree {git(repo, 'rev-parse', 'HEAD:sub')}\t..\n"
    tree = git(repo, "mktree", data=listed.encode())
    commit = git(repo, "commit-tree", tree, "-m", "hostile")
    paths = [f.path for f in read_revision(repo, commit).files]
    assert "escape.py" in paths
    assert sorted(p.name for p in repo.parent.iterdir()) == ["repo"]


def test_content_that_git_does_not_have_is_a_gap(repo: Path) -> None:
    blob = git(repo, "rev-parse", "HEAD:app.py")
    place = repo / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o644)
    place.unlink()
    tree = read_revision(repo, "HEAD")
    assert [(g.scope, g.reason) for g in tree.gaps] == [("app.py", "cannot be read: git does not have its content")]
    assert "old.py" in [f.path for f in tree.files]


def test_what_prodworks_writes_is_no_part_of_the_workload(repo: Path) -> None:
    (repo / ".prodworks").mkdir()
    (repo / ".prodworks" / "history.jsonl").write_text("{}\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "history")
    for tree in (read_tree(repo), read_revision(repo, "HEAD")):
        assert not [f.path for f in tree.files if f.path.startswith(".prodworks")]
        assert (".prodworks/history.jsonl", "written by prodworks") in [(s.path, s.reason) for s in tree.skipped]
