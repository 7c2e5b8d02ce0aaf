"""What the database itself refuses of the ledger, as migration operations for both databases.

A posting moves the balances of its tracked accounts, and nothing else does: a change of a balance
needs a newer posting that explains it to the cent. Both sides have one currency. A frozen wallet
gives nothing out. What an account stands for never changes, and none goes away. Every refusal is an
IntegrityError on both databases: SQLite's RAISE is one, and PostgreSQL is told SQLSTATE 23000.
"""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

_FIXED = (
    *("id", "public_id", "kind", "code", "currency"),
    *("user_id", "organization_id", "vendor_id"),
)
# Whether the posting that an account names as its last explains the change of its balance.
_IS_EXPLAINED = """NEW.moved_by > OLD.moved_by AND EXISTS (
    SELECT 1 FROM payments_posting AS p WHERE p.id = NEW.moved_by AND (
        (p.debit_id = OLD.id AND p.debit_balance_cents = NEW.balance_cents
            AND NEW.balance_cents = OLD.balance_cents - p.amount_cents)
        OR (p.credit_id = OLD.id AND p.credit_balance_cents = NEW.balance_cents
            AND NEW.balance_cents = OLD.balance_cents + p.amount_cents)))"""

# What is refused: its name, and the condition over the row that comes.
_REFUSED_OF_POSTINGS = {
    "one currency": "(SELECT currency FROM payments_account WHERE id = NEW.debit_id)"
    " <> (SELECT currency FROM payments_account WHERE id = NEW.credit_id)",
    "frozen": "EXISTS (SELECT 1 FROM payments_account WHERE id = NEW.debit_id"
    " AND frozen_at IS NOT NULL)",
    "untold balance": "EXISTS (SELECT 1 FROM payments_account WHERE"
    " (id = NEW.debit_id AND (balance_cents IS NULL) <> (NEW.debit_balance_cents IS NULL))"
    " OR (id = NEW.credit_id AND (balance_cents IS NULL) <> (NEW.credit_balance_cents IS NULL)))",
}
_MOVES = [
    "UPDATE payments_account SET balance_cents = balance_cents - NEW.amount_cents,"
    " moved_by = NEW.id WHERE id = NEW.debit_id AND balance_cents IS NOT NULL",
    "UPDATE payments_account SET balance_cents = balance_cents + NEW.amount_cents,"
    " moved_by = NEW.id WHERE id = NEW.credit_id AND balance_cents IS NOT NULL",
]


def hold_the_ledger() -> RunPython:
    """Put every refusal on both tables; `append_only` for postings stands beside it."""
    return RunPython(_by_vendor(_sqlite, _postgresql), _by_vendor(_sqlite_drop, _postgresql_drop))


_Writer = Callable[[], list[str]]


def _by_vendor(
    sqlite: _Writer, postgresql: _Writer
) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def run(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in (postgresql if editor.connection.vendor == "postgresql" else sqlite)():
            editor.execute(statement)

    return run


def _sqlite() -> list[str]:
    refusals = [
        f"SELECT RAISE(ABORT, 'payments_posting: {name}') WHERE {condition};"
        for name, condition in _REFUSED_OF_POSTINGS.items()
    ]
    is_changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in _FIXED)
    return [
        f"CREATE TRIGGER payments_posting_check BEFORE INSERT ON payments_posting "
        f"BEGIN {' '.join(refusals)} END",
        f"CREATE TRIGGER payments_posting_move AFTER INSERT ON payments_posting "
        f"BEGIN {'; '.join(_MOVES)}; END",
        "CREATE TRIGGER payments_account_begin BEFORE INSERT ON payments_account "
        "WHEN COALESCE(NEW.balance_cents, 0) <> 0 OR NEW.moved_by <> 0 "
        "BEGIN SELECT RAISE(ABORT, 'payments_account: begins empty'); END",
        f"CREATE TRIGGER payments_account_stay BEFORE UPDATE ON payments_account "
        f"WHEN {is_changed} BEGIN SELECT RAISE(ABORT, 'payments_account: is for ever'); END",
        f"CREATE TRIGGER payments_account_explain BEFORE UPDATE ON payments_account "
        f"WHEN (NEW.balance_cents IS NOT OLD.balance_cents OR NEW.moved_by <> OLD.moved_by) "
        f"AND NOT ({_IS_EXPLAINED}) "
        f"BEGIN SELECT RAISE(ABORT, 'payments_account: unexplained balance'); END",
        "CREATE TRIGGER payments_account_keep BEFORE DELETE ON payments_account "
        "BEGIN SELECT RAISE(ABORT, 'payments_account: is for ever'); END",
    ]


def _sqlite_drop() -> list[str]:
    names = ("posting_check", "posting_move", "account_begin", "account_stay")
    return [f"DROP TRIGGER payments_{name}" for name in (*names, "account_explain", "account_keep")]


def _postgresql() -> list[str]:
    refusals = [
        _refuse(condition, f"payments_posting: {name}")
        for name, condition in _REFUSED_OF_POSTINGS.items()
    ]
    is_changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in _FIXED)
    return [
        *_trigger("posting_check", "BEFORE INSERT ON payments_posting", *refusals),
        *_trigger("posting_move", "AFTER INSERT ON payments_posting", *(f"{m};" for m in _MOVES)),
        *_trigger(
            "account_begin",
            "BEFORE INSERT ON payments_account",
            _refuse(
                "COALESCE(NEW.balance_cents, 0) <> 0 OR NEW.moved_by <> 0",
                "payments_account: begins empty",
            ),
        ),
        *_trigger(
            "account_stay",
            "BEFORE UPDATE ON payments_account",
            _refuse(is_changed, "payments_account: is for ever"),
            _refuse(
                "(NEW.balance_cents IS DISTINCT FROM OLD.balance_cents"
                f" OR NEW.moved_by <> OLD.moved_by) AND NOT ({_IS_EXPLAINED})",
                "payments_account: unexplained balance",
            ),
        ),
        *_trigger(
            "account_keep",
            "BEFORE DELETE ON payments_account",
            _refuse("true", "payments_account: is for ever"),
        ),
    ]


def _refuse(condition: str, message: str) -> str:
    return f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23000'; END IF;"


def _trigger(name: str, moment: str, *body: str) -> list[str]:
    return [
        f"CREATE FUNCTION payments_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {' '.join(body)} RETURN NEW; END $$",
        f"CREATE TRIGGER payments_{name} {moment} FOR EACH ROW EXECUTE FUNCTION payments_{name}()",
    ]


def _postgresql_drop() -> list[str]:
    names = ("posting_check", "posting_move", "account_begin", "account_stay", "account_keep")
    return [f"DROP FUNCTION payments_{name}() CASCADE" for name in names]
