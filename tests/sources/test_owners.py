import pytest

from prodworks_cli.sources import owners
from prodworks_cli.sources.files import tree_of

TEXT = """
# comment
*            @org/all
*.tf         @org/infra infra@example.com  # inline comment
/app/        @org/app
docs/*       @org/docs
/app/free/
**/prompts   @org/prompts
we\\ ird/    @x
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("main.py", ("@org/all",)),
        ("infra/main.tf", ("@org/infra", "infra@example.com")),
        ("app/deep/x.tf", ("@org/app",)),
        ("other/app/x.py", ("@org/all",)),
        ("docs/a.md", ("@org/docs",)),
        ("docs/deep/a.md", ("@org/all",)),
        ("app/free/x.py", ()),
        ("src/prompts/system.md", ("@org/prompts",)),
        ("we ird/x", ("@x",)),
    ],
)
def test_the_last_match_wins(path: str, expected: tuple[str, ...]) -> None:
    assert owners.read(tree_of({"CODEOWNERS": TEXT}).files).of(path) == expected


def test_the_first_place_counts() -> None:
    tree = tree_of({"CODEOWNERS": "* @root", ".github/CODEOWNERS": "* @github", "docs/CODEOWNERS": "* @docs"})
    assert owners.read(tree.files).of("a") == ("@github",)


def test_gitlab_sections_add_up() -> None:
    text = "* @all\n[Prompts][2] @reviewers\nprompts/\n^[Optional]\n*.md @writers\n"
    owned = owners.read(tree_of({".gitlab/CODEOWNERS": text}).files)
    assert owned.of("prompts/a.md") == ("@all", "@reviewers", "@writers")


def test_no_file_and_hostile_lines() -> None:
    assert owners.read(()).of("a") == ()
    text = "!a @x\n[ab].py @y\n\\\n/ @z\n*** @w\n"
    assert owners.read(tree_of({"CODEOWNERS": text}).files).of("a.py") in ((), ("@w",))
