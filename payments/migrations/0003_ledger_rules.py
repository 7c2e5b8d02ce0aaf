"""The database itself holds balances to postings, and postings to what they say."""

from django.db import migrations

from audit.append_only import append_only
from payments.ledger_rules import hold_the_ledger


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_ledger")]

    operations = [
        append_only("payments_posting"),
        hold_the_ledger(),
    ]
