"""Every attack known, as a regression suite: through the guard, and past it against the worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import _duckdb
import pytest
from data_agent.errors import DataAgentError, QueryFailed, Refused
from data_agent.worker.database import Connection, connect
from data_agent.worker.guard.statement import guarded
from data_agent.worker.orders import Orders

MIB = 1024 * 1024
TABLES = ("sales", "people")


def orders(directory: Path, mode: str = "reader") -> Orders:
    return Orders(
        mode=mode,  # type: ignore[arg-type]
        database=str(directory / "entries.duckdb"),
        scratch_dir=str(directory / ".scratch"),
        memory_bytes=160 * MIB,
        threads=2,
        file_bytes=100 * MIB,
        cpu_s=30,
        max_columns=1000,
        max_result_bytes=MIB,
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guard")
    made = _duckdb.connect(str(path / "entries.duckdb"))
    made.execute("CREATE TABLE sales AS SELECT range AS id, range * 1.5 AS amount FROM range(10)")
    made.execute("CREATE TABLE people AS SELECT 1 AS id, 'Ann' AS name, DATE '2024-01-31' AS born")
    made.close()
    (path / "secret.csv").write_text("secret\n42\n")
    return path


@pytest.fixture(scope="module")
def connection(directory: Path) -> Iterator[Connection]:
    opened = connect(orders(directory))
    yield opened
    opened.close()


ALLOWED = [
    "SELECT 1",
    "select 1;",
    "SELECT 1 ; ; ",
    "SELECT 1 -- a comment",
    "SELECT 1; -- a comment behind",
    "/* before */ SELECT count(*) FROM sales",
    "FROM sales",
    "TABLE sales",
    "VALUES (1, 'a'), (2, 'b')",
    'SELECT * FROM "sales" WHERE amount > 3 ORDER BY 1 DESC LIMIT 3 OFFSET 1',
    "SELECT * FROM main.sales",
    "SELECT s.id, p.name FROM sales s JOIN people p USING (id)",
    "SELECT * FROM sales s LEFT JOIN people p ON s.id = p.id WHERE p.id IS NULL",
    "SELECT * FROM sales, people",
    "SELECT id % 2 AS odd, sum(amount), count(*) FILTER (WHERE id > 3) FROM sales GROUP BY odd",
    "SELECT id, sum(amount) FROM sales GROUP BY ROLLUP (id) HAVING sum(amount) > 1",
    "SELECT id FROM sales UNION ALL SELECT id FROM people EXCEPT SELECT 3 INTERSECT SELECT 4",
    "WITH big AS (SELECT * FROM sales WHERE amount > 3), two AS (SELECT * FROM big) SELECT * FROM two",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
    "SELECT * FROM (WITH x AS (SELECT 1 AS a) SELECT * FROM x)",
    "SELECT row_number() OVER (PARTITION BY id ORDER BY amount), lag(amount) OVER w FROM sales "
    "WINDOW w AS (ORDER BY id)",
    "SELECT * FROM sales QUALIFY rank() OVER (ORDER BY amount DESC) = 1",
    "SELECT CASE WHEN amount > 3 THEN 'big' ELSE 'small' END, CAST(id AS VARCHAR), id::DOUBLE FROM sales",
    "SELECT date_trunc('month', born), extract(year FROM born), born + INTERVAL 3 DAY FROM people",
    "SELECT DATE '2024-01-01', strftime(born, '%Y'), current_date FROM people",
    "SELECT coalesce(name, 'x'), name || '!', upper(name), name ILIKE 'a%', name IN ('Ann') FROM people",
    "SELECT (SELECT max(amount) FROM sales) AS m, EXISTS (SELECT 1 FROM people)",
    "SELECT * EXCLUDE (id), * REPLACE (id + 1 AS id), COLUMNS('am.*') FROM sales",
    "SELECT DISTINCT ON (id) id, amount FROM sales",
    "SELECT [1, 2, 3], {'a': 1}, list_transform([1, 2], lambda x: x + 1), [x * 2 FOR x IN [1, 2]]",
    "SELECT unnest([1, 2]), range FROM range(3)",
    "SELECT median(amount), quantile_cont(amount, 0.9), stddev(amount), corr(id, amount) FROM sales",
    "SELECT string_agg(name, ', ' ORDER BY name) FROM people",
    "SUMMARIZE sales",
    "DESCRIBE sales",
    "SELECT * FROM (UNPIVOT sales ON id, amount)",
    "SELECT * FROM sales TABLESAMPLE 50%",
    "SELECT * FROM sales WHERE amount BETWEEN 1 AND 5 AND NOT (id = 2 OR id IS NULL)",
    "SELECT $$it's text$$, 'semi;colon', 'com--ment'",
    "SELECT count(DISTINCT id), any_value(amount), arg_max(id, amount) FROM sales",
]

REFUSED = [
    # more than one statement, or none
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE sales",
    "",
    ";",
    "-- only a comment",
    # statements that are no query
    "DROP TABLE sales",
    "DELETE FROM sales",
    "UPDATE sales SET id = 1",
    "INSERT INTO sales VALUES (1, 2)",
    "CREATE TABLE t AS SELECT 1",
    "CREATE MACRO m() AS 1",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "ALTER TABLE sales RENAME TO x",
    "COPY sales TO '/tmp/x.csv'",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "COPY sales FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "ATTACH '/tmp/x.db' AS x",
    "ATTACH ':memory:' AS x (READ_WRITE)",
    "DETACH entries",
    "USE system",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '100GB'",
    "RESET lock_configuration",
    "PRAGMA database_list",
    "PRAGMA disable_verification",
    "CALL pragma_version()",
    "CALL force_checkpoint()",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "BEGIN",
    "COMMIT",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE DELETE FROM sales",
    "EXPLAIN ANALYZE SELECT * FROM sales",
    "CREATE SECRET s (TYPE s3)",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "SHOW DATABASES",
    # queries that write
    "WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO sales VALUES (1, 2) RETURNING *) SELECT * FROM x",
    "WITH x AS (UPDATE sales SET id = 1 RETURNING *) SELECT * FROM x",
    "WITH x AS (COPY sales TO '/tmp/x.csv') SELECT * FROM x",
    "SELECT * FROM (WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x)",
    "SELECT (WITH x AS (DELETE FROM sales RETURNING *) SELECT count(*) FROM x)",
    "SELECT 1 WHERE EXISTS (WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x)",
    "WITH RECURSIVE r AS (SELECT 1 UNION ALL (WITH x AS (DELETE FROM sales RETURNING id) "
    "SELECT * FROM x)) SELECT * FROM r",
    # files
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'secret.csv'",
    'SELECT * FROM "secret.csv"',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('x')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('entries.duckdb')",
    "SELECT * FROM read_parquet('x')",
    "SELECT * FROM read_json('x')",
    "SELECT * FROM read_json_objects('x')",
    "SELECT * FROM read_duckdb('entries.duckdb')",
    "SELECT * FROM parquet_metadata('x')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM READ_CSV('/etc/passwd')",
    "SELECT * FROM \"read_csv\"('/etc/passwd')",
    "SELECT * FROM main.read_csv('/etc/passwd')",
    "SELECT * FROM system.main.read_csv('/etc/passwd')",
    "SELECT * FROM sales, LATERAL (SELECT * FROM read_text('/etc/passwd'))",
    "SELECT * FROM sales s JOIN read_text('/etc/passwd') ON true",
    "SELECT * FROM sales WHERE id IN (SELECT size FROM read_text('/etc/passwd'))",
    "SELECT * FROM sales ORDER BY (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM sales LIMIT (SELECT size FROM read_text('/etc/passwd'))",
    "SELECT CASE WHEN true THEN (SELECT content FROM read_text('/etc/passwd')) END",
    "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('/etc/passwd')))",
    "SELECT sum(id) FILTER (WHERE id < (SELECT size FROM read_text('x'))) FROM sales",
    "SELECT sum(id) OVER (ORDER BY (SELECT size FROM read_text('x'))) FROM sales",
    "SELECT * FROM range((SELECT size FROM read_text('/etc/passwd')))",
    "SELECT * FROM (SUMMARIZE SELECT * FROM read_text('/etc/passwd'))",
    "SUMMARIZE 'secret.csv'",
    "DESCRIBE 'secret.csv'",
    "DESCRIBE SELECT * FROM read_text('/etc/passwd')",
    "FROM '/etc/passwd'",
    # text that is run as a statement
    "SELECT * FROM query('DROP TABLE sales')",
    "SELECT * FROM query_table('/etc/passwd')",
    "SELECT * FROM query_table(['sales'])",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT json_serialize_sql('SELECT 1')",
    "SELECT json_deserialize_sql('{}')",
    "SELECT json_serialize_plan('SELECT 1')",
    # the system's own tables, functions and state
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_table_info('sales')",
    "SELECT * FROM pragma_storage_info('sales')",
    "SELECT * FROM seq_scan('sales')",
    "SELECT * FROM duckdb_logs",
    "SELECT * FROM enable_logging()",
    "SELECT * FROM checkpoint()",
    "SELECT * FROM which_secret('x', 's3')",
    "SELECT * FROM test_all_types()",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM python_map_function(1)",
    "SELECT current_setting('home_directory')",
    "SELECT getvariable('x')",
    "SELECT getenv('HOME')",
    "SELECT nextval('s')",
    "SELECT setval('s', 1)",
    "SELECT setseed(0.5)",
    "SELECT write_log('x')",
    "SELECT sleep_ms(100000)",
    "SELECT pg_sleep(100)",
    "SELECT current_query()",
    "SELECT version()",
    "SELECT current_database()",
    "SELECT txid_current()",
    "SELECT stats(id) FROM sales",
    "SELECT __internal_compress_string_hugeint('x')",
    "SELECT main.upper('x')",
    "SELECT system.main.upper('x')",
    "SELECT 1::nothing_known",
    "SELECT CAST(1 AS main.thing)",
    # names that hide elsewhere
    "SELECT * FROM entries.main.sales",
    "SELECT * FROM other.sales",
    "SELECT * FROM system.main.duckdb_tables",
    "SELECT * FROM temp.sales",
    'WITH "secret.csv" AS (SELECT * FROM \'secret.csv\') SELECT * FROM "secret.csv"',
    "WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables",
    "SELECT * FROM (WITH duckdb_tables AS (SELECT 1) SELECT 1), duckdb_tables",
    "WITH a AS (SELECT * FROM duckdb_views), duckdb_views AS (SELECT 1) SELECT * FROM a",
    "WITH RECURSIVE duckdb_tables AS (SELECT * FROM duckdb_tables UNION ALL SELECT 1) "
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM sales AT (VERSION => 1)",
    # parameters and pivots, which cannot be looked into
    "SELECT ?",
    "SELECT $1",
    "SELECT $name",
    "PIVOT sales ON id USING sum(amount)",
    "SELECT * FROM (PIVOT sales ON id USING sum(amount))",
]


@pytest.mark.parametrize("statement", ALLOWED)
def test_questions_about_the_tables_run(connection: Connection, statement: str) -> None:
    allowed = guarded(connection, statement, tables=TABLES)
    connection.execute(allowed.limited(5)).fetchall()


@pytest.mark.parametrize("statement", REFUSED)
def test_everything_else_is_refused(connection: Connection, statement: str) -> None:
    with pytest.raises((Refused, QueryFailed)):
        guarded(connection, statement, tables=TABLES)


def test_nesting_without_end_is_refused_and_harmless(connection: Connection) -> None:
    for attack in (
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "1+" * 20_000 + "1",
        "SELECT " + "NOT " * 5000 + "true",
        "SELECT * FROM " + "(SELECT * FROM " * 500 + "sales" + ")" * 500,
    ):
        with pytest.raises((DataAgentError, _duckdb.Error)):
            allowed = guarded(connection, attack, tables=TABLES)
            connection.execute(allowed.limited(5)).fetchall()
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_unknown_table_names_the_nearest(connection: Connection) -> None:
    with pytest.raises(Refused, match="Did you mean sales"):
        guarded(connection, "SELECT * FROM slaes", tables=TABLES)
    with pytest.raises(Refused, match="Your tables: people, sales"):
        guarded(connection, "SELECT * FROM qqq", tables=TABLES)


BEHIND_THE_GUARD = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{dir}/secret.csv')",
    "SELECT * FROM glob('/*')",
    "COPY sales TO '{dir}/out.csv'",
    "COPY sales TO '{dir}/.scratch/out.csv'",
    "ATTACH '{dir}/new.duckdb' AS n (READ_WRITE)",
    "DELETE FROM sales",
    "WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x",
    "WITH x AS (COPY sales TO '{dir}/out.csv') SELECT * FROM x",
    "EXPLAIN ANALYZE DELETE FROM sales",
    "EXPORT DATABASE '{dir}/out'",
    "SET enable_external_access=true",
    "SET memory_limit='100GB'",
    "SET temp_directory='/tmp'",
    "SET allowed_paths=['/etc/passwd']",
    "RESET lock_configuration",
    "LOAD httpfs",
    "INSTALL httpfs",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')",
]


@pytest.mark.parametrize("statement", BEHIND_THE_GUARD)
def test_the_locks_hold_even_without_the_guard(
    connection: Connection, directory: Path, statement: str
) -> None:
    before = sorted(path.name for path in directory.iterdir())
    with pytest.raises(_duckdb.Error):
        connection.execute(statement.format(dir=directory)).fetchall()
    assert sorted(path.name for path in directory.iterdir()) == before
    assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(10,)]


HARDENED = """
import sys
from data_agent.worker.limits import harden
from data_agent.worker.orders import Orders
orders = Orders.from_json(sys.argv[1])
harden(orders)
from data_agent.worker.database import DatabaseError, connect
connection = connect(orders)
try:
    connection.execute(sys.argv[2])
except DatabaseError as error:
    print("refused", type(error).__name__)
"""


def test_a_reader_process_cannot_write_where_duckdb_itself_would_let_it(
    connection: Connection, directory: Path
) -> None:
    """DuckDB allows every statement to write `<database>.wal`; the process's own limit does not."""
    attack = f"COPY sales TO '{directory}/entries.duckdb.wal'"
    done = subprocess.run(
        [sys.executable, "-c", HARDENED, orders(directory).to_json(), attack],
        env={"PYTHONPATH": "agent_image"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.startswith("refused"), done.stderr
    assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(10,)]


def test_a_worker_has_no_environment_no_core_and_no_new_privileges(tmp_path: Path) -> None:
    code = (
        "import os, sys, resource; from data_agent.worker.limits import *; "
        "from data_agent.worker.orders import Orders; o = Orders.from_json(sys.argv[1]); "
        "drop_environment(); harden(o); allow_cpu(5); status = open('/proc/self/status').read(); "
        "print(dict(os.environ), 'NoNewPrivs:\\t1' in status, "
        "resource.getrlimit(resource.RLIMIT_CORE)[0], resource.getrlimit(resource.RLIMIT_FSIZE)[0], "
        "resource.getrlimit(resource.RLIMIT_CPU)[0] > 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, orders(tmp_path).to_json()],
        env={"PYTHONPATH": "agent_image", "SECRET": "x"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.strip() == "{} True 0 0 True", done.stderr


def test_the_writer_may_open_its_upload_and_nothing_else(tmp_path: Path) -> None:
    upload, other = tmp_path / "upload.csv", tmp_path / "other.csv"
    for file in (upload, other):
        file.write_text("a\n1\n")
    opened = connect(orders(tmp_path, "writer"), readable=(upload,))
    try:
        assert opened.execute(f"SELECT * FROM read_csv('{upload}')").fetchall() == [(1,)]
        with pytest.raises(_duckdb.Error):
            opened.execute(f"SELECT * FROM read_csv('{other}')")
    finally:
        opened.close()
