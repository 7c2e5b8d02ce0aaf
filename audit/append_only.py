"""Migration operations that let the database itself refuse to change what was written.

The errors are IntegrityError on both databases: SQLite's RAISE is one, and PostgreSQL is told to
use SQLSTATE 23000.
"""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython


def append_only(table: str, *, deletable_when: str = "") -> RunPython:
    """Refuse UPDATE, TRUNCATE and DELETE on `table`.

    deletable_when: SQL over OLD under which a row may go after all; the same text runs on both
    databases. Empty means never.
    """
    return RunPython(_by_vendor(_sqlite, _postgresql, table, deletable_when), _drop(table))


def changeable(table: str) -> RunPython:
    """Take the refusals of `append_only` off again, so that a migration may reshape the table.

    SQLite makes such a table anew, which would lose them anyway. `append_only` comes last.
    """
    return RunPython(_drop(table), _by_vendor(_sqlite, _postgresql, table, ""))


_Writer = Callable[[str, str], list[str]]


def _by_vendor(
    sqlite: _Writer, postgresql: _Writer, table: str, deletable_when: str
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def create(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        write = postgresql if editor.connection.vendor == "postgresql" else sqlite
        for statement in write(table, deletable_when):
            editor.execute(statement)

    return create


def _sqlite(table: str, deletable_when: str) -> list[str]:
    condition = f"WHEN NOT ({deletable_when})" if deletable_when else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {condition} {refuse}",
    ]


def _postgresql(table: str, deletable_when: str) -> list[str]:
    allow = f"IF TG_OP = 'DELETE' AND ({deletable_when}) THEN RETURN OLD; END IF;"
    function = f"{table}_refuse_change"
    return [
        f"""CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {allow if deletable_when else ""}
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23000';
        END $$""",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ]


def _drop(table: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def drop(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP FUNCTION {table}_refuse_change() CASCADE")
            return
        for verb in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{verb}")

    return drop
