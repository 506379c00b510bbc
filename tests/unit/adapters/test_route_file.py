"""The generated file: whole, readable by Traefik's YAML, and never a template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.adapters.route_file import TraefikFallbackFile, TraefikRouteFile, render
from orchestrator.errors import DataRootError

TEXTS = st.text(alphabet=st.sampled_from('{}`ab"\\\n é☃'), max_size=12)
DOCUMENTS = st.dictionaries(
    TEXTS,
    st.recursive(
        TEXTS | st.integers(),
        lambda more: st.lists(more, max_size=3) | st.dictionaries(TEXTS, more, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def names_in(path: Path) -> list[str]:
    return [entry.name for entry in path.iterdir()]


@pytest.fixture
def routes(tmp_path: Path) -> TraefikRouteFile:
    (tmp_path / "routes").mkdir()
    return TraefikRouteFile(tmp_path / "routes", tmp_path)


def test_what_was_written_is_read(routes: TraefikRouteFile, tmp_path: Path) -> None:
    assert routes.read() is None
    for document in ({"http": {"routers": {"a": 1}}}, {}):
        routes.write(document)
        assert routes.read() == document
    path = tmp_path / "routes" / "tenants.yml"
    assert path.stat().st_mode & 0o777 == 0o644
    assert names_in(tmp_path / "routes") == ["tenants.yml"]
    assert names_in(tmp_path) == ["routes"]


@given(DOCUMENTS)
def test_no_text_begins_a_template_and_yaml_reads_the_same(document: dict[str, object]) -> None:
    text = render(document)
    assert "{{" not in text
    assert json.loads(text) == document
    assert yaml.safe_load(text) == document


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_told_and_overwritten(
    routes: TraefikRouteFile, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "routes" / "tenants.yml").write_bytes(content)
    with pytest.raises(DataRootError) as error:
        routes.read()
    assert error.value.mend
    routes.write({"http": {}})
    assert routes.read() == {"http": {}}


def test_a_link_is_replaced_and_not_followed(routes: TraefikRouteFile, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "routes" / "tenants.yml").symlink_to(victim)
    with pytest.raises(DataRootError):
        routes.read()
    routes.write({})
    assert victim.read_text() == "kept"
    assert routes.read() == {}


def test_without_the_directory_the_error_is_ours(tmp_path: Path) -> None:
    missing = TraefikRouteFile(tmp_path / "none", tmp_path)
    with pytest.raises(DataRootError):
        missing.read()
    with pytest.raises(DataRootError):
        missing.write({})
    assert names_in(tmp_path) == []


def test_the_fallback_is_below_and_its_directory_made_when_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "routes").mkdir()
    fallback = TraefikFallbackFile(tmp_path / "routes", tmp_path)
    with pytest.raises(DataRootError):
        fallback.read()
    for _ in range(2):
        fallback.write({"http": {}})
        assert fallback.read() == {"http": {}}
        below = tmp_path / "routes" / "fallback"
        assert names_in(tmp_path / "routes") == ["fallback"]
        assert names_in(below) == ["gate.yml"]
        shutil.rmtree(below)
    assert names_in(tmp_path) == ["routes"]


@pytest.mark.parametrize("what", ["file", "link"])
def test_what_stands_in_the_place_of_the_fallback_is_left_alone(tmp_path: Path, what: str) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "else").mkdir()
    place = tmp_path / "routes" / "fallback"
    place.symlink_to(tmp_path / "else") if what == "link" else place.write_text("kept")
    with pytest.raises(DataRootError) as error:
        TraefikFallbackFile(tmp_path / "routes", tmp_path).write({})
    assert error.value.mend
    assert names_in(tmp_path / "else") == []
