import accounts.public_id
from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('scanning', '0004_name_findings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='public_id',
            field=accounts.public_id.PublicIdField('fnd'),
        ),
        append_only('scanning_report'),
        append_only('scanning_finding'),
    ]
