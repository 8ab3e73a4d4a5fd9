"""The registry says of each module what it holds, since most of them are not imported to find out."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from prodworks_cli import resources
from prodworks_cli.resources.registry import MODULES, kinds, kinds_in, modules

FOLDER = Path(str(resources.__file__)).parent
TABLES = ("TERRAFORM", "CLOUDFORMATION", "PARTS", "API")


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"))
def test_a_module_is_listed_with_its_kinds_and_where_it_holds_a_table(name: str) -> None:
    module = import_module(f"prodworks_cli.resources.{name}")
    held = [table for table in (*TABLES, "COLLECT") if getattr(module, table, None)]
    assert set(kinds_in(module)) == set(MODULES.get(name, ()))
    assert name in MODULES or not held
    if name.endswith("_reads"):
        assert not set(held) & set(TABLES)


def test_kinds_are_those_of_all_modules() -> None:
    found = {kind: cls for module in modules() for kind, cls in kinds_in(module).items()}
    assert dict(kinds()) == found
    assert len(kinds()) == sum(len(names) for names in MODULES.values())
    with pytest.raises(KeyError):
        kinds()["aws.no.kind"]


def test_a_kind_is_had_without_importing_those_of_others() -> None:
    program = """
import sys
from prodworks_cli.resources.registry import kinds
found = kinds()["aws.kms.key"]
print(found.KIND, "prodworks_cli.resources.kms" in sys.modules, "prodworks_cli.resources.flows" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["aws.kms.key", "True", "False"]
