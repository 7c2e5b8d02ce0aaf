from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('scanning', '0001_initial'),
    ]

    operations = [
        append_only('scanning_report'),
        append_only('scanning_finding'),
    ]
