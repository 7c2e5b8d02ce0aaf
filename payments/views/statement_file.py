"""A statement as a file."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.http import HttpResponseBase, StreamingHttpResponse

from payments import statements
from payments.models import Account

_COLUMNS = ("at", "what", "reference", "package", "amount", "balance", "currency")


def of(account: Account, *, name: str) -> HttpResponseBase:
    """Return the whole statement of an account as CSV (RFC 4180), newest line first.

    name: of the file, without its ending.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(_csv(account), content_type="text/csv", headers=headers)


def _csv(account: Account) -> Iterator[str]:
    """Write line by line. No text begins with anything but a letter or digit (a listing's name is
    the one that people choose), so no program takes it for a formula.
    """
    yield _row(*_COLUMNS)
    for line in statements.every_line(account):
        at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        amounts = (_decimal(line.amount_cents), _decimal(line.balance_cents), account.currency)
        yield _row(at, line.name, line.reference, line.listing_name, *amounts)


def _row(*cells: str) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _decimal(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{part:02}"
