"""Uploads: limits, several files, replacing, deleting; nothing half-written is ever left."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest

from tests.support.agent import HOST, Agent, StartAgent, TestClient, upload

PAGE = {"Origin": HOST}


def on_disk(agent: Agent) -> set[str]:
    return {path.name for path in (agent.settings.data_dir / "files").iterdir()}


def names(client: TestClient) -> list[str]:
    return sorted(file["name"] for file in client.get("/api/v1/files").json()["files"])


def test_an_upload_answers_its_import_report_and_keeps_the_original(agent: Agent) -> None:
    admin = agent.admin()
    answer = upload(admin, "my sales.csv", "a,b\n1,2\n3,4\n")
    assert answer.status_code == 201
    (entry,) = answer.json()["files"]
    assert entry["table"] == "my_sales"
    assert entry["report"]["rows_in"] == entry["report"]["rows_kept"] == entry["rows"] == 2
    kept = agent.settings.data_dir / "files" / "my sales.csv"
    assert kept.read_text() == "a,b\n1,2\n3,4\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    listed = admin.get("/api/v1/files").json()
    assert (listed["used"], listed["allowed"]) == (1, None)
    assert listed["files"][0]["by"] == "admin"
    assert admin.get("/api/v1/tables").json()["tables"][0]["rows"] == 2


def test_several_files_each_have_their_own_outcome(start: StartAgent) -> None:
    agent = start(max_csv_files=2)
    admin = agent.admin()
    texts = {"a.csv": "a,b\n1,2\n", "bad.csv": "nothing", "b.csv": "a,b\n", "c.csv": "a,b\n"}
    files = [("file", (name, text.encode(), "text/csv")) for name, text in texts.items()]
    answer = admin.post("/api/v1/files", files=files, headers=PAGE)
    outcomes = [(e["name"], e.get("problem", {}).get("status")) for e in answer.json()["files"]]
    assert answer.status_code == 201
    # Two places: the first two are let in; one of them turns out to be no table.
    assert outcomes == [("a.csv", None), ("bad.csv", 400), ("b.csv", 409), ("c.csv", 409)]
    assert on_disk(agent) == {"a.csv"}


def test_the_tier_limits_files_and_a_deleted_one_makes_room(start: StartAgent) -> None:
    agent = start(max_csv_files=1)
    admin = agent.admin()
    file_id = upload(admin, "a.csv").json()["files"][0]["id"]
    refused = upload(admin, "b.csv")
    assert refused.status_code == 409
    assert (refused.json()["used"], refused.json()["allowed"]) == (1, 1)
    assert upload(admin, "a.csv").status_code == 201, "replacing needs no new place"
    assert admin.delete(f"/api/v1/files/{file_id}").status_code == 404
    file_id = admin.get("/api/v1/files").json()["files"][0]["id"]
    assert admin.delete(f"/api/v1/files/{file_id}").status_code == 204
    assert agent.engine.data == {}
    assert on_disk(agent) == set()
    assert upload(admin, "b.csv").status_code == 201


def test_a_file_of_the_same_name_replaces_and_a_similar_one_does_not(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "my sales.csv", "a,b\n1,2\n")
    upload(admin, "My Sales.csv", "a,b\n3,4\n5,6\n")
    upload(admin, "my-sales.csv", "a,b\n")
    tables = {t["name"]: t["rows"] for t in admin.get("/api/v1/tables").json()["tables"]}
    assert tables == {"my_sales": 2, "my_sales_2": 0}
    assert names(admin) == ["My Sales.csv", "my-sales.csv"]
    assert len(on_disk(agent)) == 2


@pytest.mark.parametrize("announced", [True, False])
def test_too_much_is_refused_before_and_while_it_arrives(
    start: StartAgent, announced: bool
) -> None:
    agent = start(max_upload_bytes=2000)
    admin = agent.admin()
    body = b"".join(multipart("big.csv", b"a,b\n" + b"1,2\n" * 1000))
    headers = {**PAGE, "Content-Type": "multipart/form-data; boundary=XX"}
    answer = admin.post(
        "/api/v1/files", content=body if announced else iter([body]), headers=headers
    )
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("too-large")
    assert on_disk(agent) == set()


def test_above_85_percent_of_the_quota_nothing_is_written(start: StartAgent) -> None:
    agent = start(disk_bytes=100_000)
    admin = agent.admin()
    answer = upload(admin, "big.csv", "a,b\n" + "1,2\n" * 25_000)
    assert answer.status_code == 507
    assert on_disk(agent) == set()
    assert upload(admin, "small.csv").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no multipart at all",
        b"--XX\r\nContent-Disposition: form-data; name=file; filename=a.csv\r\n\r\na,b\n1,",
        b"--XX\r\n" + b"X: " + b"y" * 100_000,
        b"--XX--\r\n",
        b'--XX\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--XX--\r\n',
    ],
)
def test_malformed_bodies_leave_nothing(agent: Agent, body: bytes) -> None:
    headers = {**PAGE, "Content-Type": "multipart/form-data; boundary=XX"}
    answer = agent.admin().post("/api/v1/files", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert on_disk(agent) == set()


@pytest.mark.parametrize(
    "name",
    ["../../users.json", "..\\..\\x.csv", "/etc/passwd", ".pending", ".incoming-1", "a\x00b.csv",
     "CON.csv", "é" * 300 + ".csv", "a\r\nb.csv", '"; rm -rf.csv', "…", "sales.csv.gz"],
)  # fmt: skip
def test_hostile_file_names_stay_in_their_directory(agent: Agent, name: str) -> None:
    admin = agent.admin()
    before = {path for path in agent.settings.data_dir.rglob("*") if path.is_file()}
    raw = b"".join(multipart(name, b"a,b\n1,2\n"))
    headers = {**PAGE, "Content-Type": "multipart/form-data; boundary=XX"}
    answer = admin.post("/api/v1/files", content=raw, headers=headers)
    if answer.status_code == 400:
        return
    assert answer.status_code == 201, answer.text
    after = {path for path in agent.settings.data_dir.rglob("*") if path.is_file()}
    new = {path for path in after - before if path.parent.name == "files"}
    assert len(new) == 1
    assert not new.pop().name.startswith(".")


def test_plain_users_delete_only_what_they_brought(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "a.csv").json()["files"][0]["id"]
    user = agent.user()
    assert user.delete(f"/api/v1/files/{file_id}").status_code == 403
    own = upload(user, "b.csv").json()["files"][0]["id"]
    assert user.delete(f"/api/v1/files/{own}").status_code == 204


def test_plain_users_replace_and_retype_only_what_they_brought(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "a.csv", "n,m\n1,1\n2,2\n").json()["files"][0]["id"]
    user = agent.user()
    assert upload(user, "A.csv", "n,m\n9,9\n").status_code == 403
    retyped = user.patch(f"/api/v1/files/{file_id}", json={"types": {"n": "text"}})
    assert retyped.status_code == 403
    assert admin.get("/api/v1/files").json()["files"][0]["rows"] == 2
    assert upload(user, "b.csv", "n,m\n1,1\n").status_code == 201
    assert upload(user, "b.csv", "n,m\n1,1\n2,2\n").status_code == 201
    assert upload(admin, "b.csv", "n,m\n1,1\n").status_code == 201


def test_a_failed_import_leaves_the_older_file_and_table(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "a.csv", "a,b\n1,2\n")
    assert upload(admin, "a.csv", "broken").status_code == 400
    assert agent.engine.data["a"] == (("a", "b"), [("1", "2")])
    assert (agent.settings.data_dir / "files" / "a.csv").read_text() == "a,b\n1,2\n"


def multipart(name: str, content: bytes) -> list[Any]:
    quoted = name.replace('"', '\\"').encode("utf-8", "surrogateescape")
    return [
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="' + quoted + b'"\r\n',
        b"Content-Type: text/csv\r\n\r\n",
        content,
        b"\r\n--XX--\r\n",
    ]


def send(client: TestClient, name: str, content: bytes) -> Any:
    files = {"file": (name, content, "application/zip")}
    return client.post("/api/v1/files", files=files, headers=PAGE)


def archive(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return made.getvalue()


def test_a_zip_gives_one_table_for_each_csv_file(agent: Agent) -> None:
    admin = agent.admin()
    answer = send(
        admin, "all.zip", archive({"a.csv": "x,y\n1,2\n", "b/b.csv": "x,y\n", "c.xlsx": ""})
    )
    assert answer.status_code == 201
    outcomes = {e["name"]: e.get("table") for e in answer.json()["files"]}
    assert outcomes == {"a.csv": "a", "b.csv": "b", "c.xlsx": None}
    assert send(admin, "a.csv.gz", gzip.compress(b"x,y\n5,6\n7,8\n")).status_code == 201
    assert on_disk(agent) == {"a-2.csv", "b.csv"}
    tables = {t["name"]: t["rows"] for t in admin.get("/api/v1/tables").json()["tables"]}
    assert tables == {"a": 2, "b": 0}


def test_what_is_left_out_of_a_zip_is_listed_and_takes_no_place(start: StartAgent) -> None:
    agent = start(max_csv_files=1)
    texts = {
        "../evil.csv": "x,y\n",
        "readme.txt": "Hello.\nSee the table.\n",
        "data.json": "{}",
        "good.csv": "x,y\n1,2\n",
    }
    entries = send(agent.admin(), "all.zip", archive(texts)).json()["files"]
    found = {e["name"]: e.get("problem", {}).get("detail", "") for e in entries}
    assert list(found) == ["evil.csv", "readme.txt", "data.json", "good.csv"]
    assert ["left out" in reason for reason in found.values()] == [True, True, True, False]
    assert on_disk(agent) == {"good.csv"}


def test_a_zip_does_not_go_around_the_limit_of_files(start: StartAgent) -> None:
    agent = start(max_csv_files=2)
    texts = {f"{n}.csv": "x,y\n" for n in "abc"}
    admin = agent.admin()
    entries = send(admin, "all.zip", archive(texts)).json()["files"]
    assert [e.get("problem", {}).get("status") for e in entries] == [None, None, 409]
    assert send(admin, "again.zip", archive({"a.csv": "x,y\n1,2\n"})).status_code == 201


def test_a_bomb_leaves_nothing_behind(agent: Agent) -> None:
    answer = send(agent.admin(), "b.csv.gz", gzip.compress(b"0" * (30 << 20)))
    assert answer.status_code == 400
    assert "250 times" in answer.json()["detail"]
    assert on_disk(agent) == set()
