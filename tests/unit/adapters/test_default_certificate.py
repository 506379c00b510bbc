"""The certificate that spares Traefik from making one at every reload."""

import json
import ssl
import stat

import pytest

from orchestrator.adapters import default_certificate
from orchestrator.adapters.default_certificate import FILE_NAME, ensure
from orchestrator.errors import DataRootError


@pytest.fixture
def routes(tmp_path):
    directory = tmp_path / "routes"
    directory.mkdir()
    return directory


def pair_in(routes):
    document = json.loads((routes / FILE_NAME).read_text())
    return document["tls"]["stores"]["default"]["defaultCertificate"]


def test_certificate_and_key_belong_together(routes, tmp_path):
    assert ensure(routes, tmp_path)
    pair = pair_in(routes)
    both = tmp_path / "both.pem"
    both.write_text(pair["certFile"] + pair["keyFile"])
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(both)


def test_only_its_owner_reads_it_and_nothing_else_is_left(routes, tmp_path):
    ensure(routes, tmp_path)
    assert stat.S_IMODE((routes / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in routes.iterdir()] == [FILE_NAME]
    assert {path.name for path in tmp_path.iterdir()} == {"routes"}


def test_a_second_time_it_stays(routes, tmp_path):
    ensure(routes, tmp_path)
    before = pair_in(routes)
    assert not ensure(routes, tmp_path)
    assert pair_in(routes) == before


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"tls": {"stores": 1}}', b"\xff\xfe"])
def test_a_damaged_one_is_replaced(routes, tmp_path, damage):
    (routes / FILE_NAME).write_bytes(damage)
    assert ensure(routes, tmp_path)
    assert pair_in(routes)["certFile"].startswith("-----BEGIN CERTIFICATE-----")


def test_without_openssl_it_says_that_routes_work_all_the_same(routes, tmp_path, monkeypatch):
    monkeypatch.setattr(default_certificate, "OPENSSL", ["/nowhere/openssl"])
    with pytest.raises(DataRootError) as failed:
        ensure(routes, tmp_path)
    assert "slower" in failed.value.mend
    assert list(routes.iterdir()) == []
