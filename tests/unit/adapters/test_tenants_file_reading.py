"""Bytes on disk → text: every encoding, kind of file and size gets its own sentence."""

import os

import pytest

from orchestrator.adapters.tenants_file import load_fleet
from orchestrator.adapters.tenants_file.reading import MAX_BYTES, Unreadable, decode

TEXT = """\
tiers: {small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}
defaults: {tier: small}
tenants:
  customer-a: {name: Müller}
"""


def said(path):
    validation = load_fleet(path)
    assert validation.fleet_without_bad_tenants is None
    return [str(problem) for problem in validation.problems]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        b"---\n" + TEXT.encode() + b"...\n",
    ],
)
def test_ways_to_save_a_text(tmp_path, content):
    path = tmp_path / "tenants.yaml"
    path.write_bytes(content)
    assert load_fleet(path).fleet.tenants[0].name == "Müller"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (TEXT.encode("utf-16"), "the file is in UTF-16; save it as UTF-8"),
        (TEXT.encode("utf-16-le"), "the file is in UTF-16; save it as UTF-8"),
        (TEXT.encode("utf-16-be"), "the file is in UTF-16; save it as UTF-8"),
        (TEXT.encode("utf-32"), "the file is in UTF-32; save it as UTF-8"),
        (
            TEXT.encode("latin-1"),
            (
                "line 4: the file is not in UTF-8 but, by its looks, in Latin-1: column 23 has 'ü'"
                "; save it as UTF-8"
            ),
        ),
        (
            TEXT.replace("ü", "€").encode("cp1252"),
            (
                "line 4: the file is not in UTF-8 but, by its looks, in Windows-1252: column 23 "
                "has '€'; save it as UTF-8"
            ),
        ),
        (
            b"\xef\xbb\xbf# \xff\n",
            (
                "line 1: the file is not in UTF-8 but, by its looks, in Latin-1: column 3 has 'ÿ'; "
                "save it as UTF-8"
            ),
        ),
        (
            TEXT.encode() + b"# x\0y\n",
            "line 5: the file has a NUL byte; remove it, or put a good copy back",
        ),
        (b"", "the file is empty; write tiers and tenants, or put a good copy back"),
        (b"# all\n", "the file is empty; write tiers and tenants, or put a good copy back"),
        (
            "a: x\u202ey\n".encode(),
            (
                "line 1: column 5 has the character U+202E, which may not stand in this file; "
                "remove it; it cannot be seen in most editors"
            ),
        ),
        (
            b"a: 1\r\nb: \x1b[2J\r\n",
            (
                "line 2: column 4 has the character U+001B, which may not stand in this file; "
                "remove it; it cannot be seen in most editors"
            ),
        ),
        (
            b"#" * (MAX_BYTES + 1),
            "the file has more than 1048576 bytes; this is no list of tenants",
        ),
    ],
)
def test_contents_that_cannot_be_used(tmp_path, content, problem):
    path = tmp_path / "tenants.yaml"
    path.write_bytes(content)
    assert said(path) == [problem]


def test_a_file_of_the_largest_size(tmp_path):
    path = tmp_path / "tenants.yaml"
    path.write_bytes(TEXT.encode() + b"#" * (MAX_BYTES - len(TEXT.encode())))
    assert load_fleet(path).ok


def test_no_file(tmp_path):
    path = tmp_path / "tenants.yaml"
    assert said(path) == [f"there is no file {path}; create it, or set its path right"]
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    assert said(link) == [f"there is no file {link}; create it, or set its path right"]


def test_a_directory(tmp_path):
    assert said(tmp_path) == [
        (
            f"{tmp_path} is a directory; give the path of the file; Docker makes a directory where "
            "a file to mount is missing"
        )
    ]


def test_a_pipe_does_not_hang_the_reader(tmp_path):
    path = tmp_path / "tenants.yaml"
    os.mkfifo(path)
    assert said(path) == [f"{path} is not a regular file; give the path of a text file"]


def test_a_path_through_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "tenants.yaml"
    assert said(path) == [f"{path} cannot be read: Not a directory; check the path and the disk"]


def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "tenants.yaml"
    path.write_text(TEXT)
    path.chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may read everything
    try:
        problems = said(path)
    finally:
        os.seteuid(user)
    assert problems == [f"{path} may not be read; give this user the right to read it"]


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.yaml").write_text(TEXT)
    link = tmp_path / "tenants.yaml"
    link.symlink_to("real.yaml")
    assert load_fleet(link).ok


def test_the_mark_is_no_part_of_the_text_and_comes_back():
    source = decode(b"\xef\xbb\xbfa: 1\n")
    assert source.text == "a: 1\n"
    assert source.encoded("b: 2\n") == b"\xef\xbb\xbfb: 2\n"


def test_a_mark_in_the_middle_is_refused():
    with pytest.raises(Unreadable, match="U\\+FEFF"):
        decode("a: 1\n\ufeffb: 2\n".encode())
