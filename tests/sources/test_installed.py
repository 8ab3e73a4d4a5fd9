import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.sources.installed import installed
from prodworks_cli.sources.listings import list_tree
from prodworks_cli.sources.revision import list_revision

RECORD = b"requests/__init__.py,sha256=abc,10\nrequests-2.32.dist-info/RECORD,,\n../../bin/tool,,\n/etc/passwd,,\n"


def test_a_record_names_what_lies_below_its_folder() -> None:
    found = installed([("bundle/lib/requests-2.32.dist-info/RECORD", RECORD)])
    assert found == {"bundle/lib/requests/__init__.py", "bundle/lib/requests-2.32.dist-info/RECORD"}


def test_a_record_at_the_root_names_nothing_outside() -> None:
    assert "requests/__init__.py" in installed([("requests-2.32.dist-info/RECORD", RECORD)])
    assert not any(path.startswith(("..", "/")) for path in installed([("x.dist-info/RECORD", RECORD)]))


@given(st.binary(max_size=200))
def test_any_bytes_make_no_error_and_lead_nowhere_else(data: bytes) -> None:
    assert all(path.startswith("lib/") for path in installed([("lib/x.dist-info/RECORD", data)]))


def repository(root: Path) -> Path:
    for path, text in {
        "lib/app.py": "import requests\n",
        "lib/requests/__init__.py": "print()\n",
        "lib/requests-2.32.dist-info/RECORD": RECORD.decode(),
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def test_installed_packages_are_not_read(tmp_path: Path) -> None:
    tree = list_tree(repository(tmp_path)).read()
    assert [f.path for f in tree.files] == ["lib/app.py"]
    assert ("lib/requests/__init__.py", "vendored") in {(s.path, s.reason) for s in tree.skipped}


def test_a_revision_leaves_out_the_same(tmp_path: Path) -> None:
    repository(tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message", "first"], check=True)
    assert [f.path for f in list_revision(tmp_path, "HEAD").read().files] == ["lib/app.py"]
