"""botocore's models, cut down: of what is read nothing is lost, of the rest only the names are left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from prodworks_cli.resources.registry import reads
from prodworks_cli.sources.account.models import cut_down, loader_of
from prodworks_cli.sources.account.session import CREDENTIAL_CALLS, Access, open_session
from tests.aws.shapes import SESSION

ALLOWED = frozenset(read.name for read in reads())


@pytest.fixture(scope="module")
def session() -> botocore.session.Session:
    return open_session(Access(), ALLOWED)


def _without_texts(part: Any) -> Any:
    if isinstance(part, dict):
        return {k: _without_texts(v) for k, v in part.items() if not isinstance(v, str) or "documentation" not in k}
    return [_without_texts(e) for e in part] if isinstance(part, list) else part


@pytest.mark.parametrize("service", sorted({name.partition(":")[0] for name in ALLOWED | CREDENTIAL_CALLS}))
def test_what_is_read_has_all_its_shapes(session: botocore.session.Session, service: str) -> None:
    whole = SESSION.get_component("data_loader").load_service_model(service, "service-2")
    left = session.get_component("data_loader").load_service_model(service, "service-2")
    assert left["metadata"] == whole["metadata"]
    for name, shape in left["shapes"].items():
        assert _without_texts(shape) == _without_texts(whole["shapes"][name])
    assert set(left["operations"]) == set(whole["operations"])
    for name, operation in left["operations"].items():
        if f"{service}:{name}" in ALLOWED | CREDENTIAL_CALLS:
            assert _without_texts(operation) == _without_texts(whole["operations"][name])
            model = session.get_service_model(service).operation_model(name)
            _walk(model.output_shape)
            _walk(model.input_shape)
        else:
            assert set(operation) <= {"name", "http"}


def _walk(shape: Any, seen: frozenset[str] = frozenset()) -> None:
    """Every shape below can be resolved."""
    if shape is None or shape.name in seen:
        return
    kind = shape.type_name
    inner = {"structure": ("members",), "list": ("member",), "map": ("key", "value")}.get(kind, ())
    for name in inner:
        found = getattr(shape, name)
        for one in found.values() if kind == "structure" else (found,):
            _walk(one, seen | {shape.name})


def test_a_member_that_is_called_documentation_is_kept() -> None:
    members = {"documentation": {"shape": "Text", "documentation": "<p>long</p>"}}
    model = {
        "operations": {"GetIt": {"name": "GetIt", "output": {"shape": "It"}}, "DropIt": {"input": {"shape": "Lost"}}},
        "shapes": {"It": {"type": "structure", "members": members}, "Text": {"type": "string"}, "Lost": {}},
    }
    left = cut_down(model, {"GetIt"})
    assert left["shapes"] == {
        "It": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": ""}}},
        "Text": {"type": "string"},
    }
    assert left["operations"]["DropIt"] == {}


def test_models_of_the_users_own_folder_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps({"metadata": {"x": 1}, "operations": {}, "shapes": {}}))
    loader = loader_of(ALLOWED, str(tmp_path))
    assert loader.load_service_model("own", "service-2")["metadata"] == {"x": 1}
    assert "bedrock" in loader.list_available_services("service-2")
