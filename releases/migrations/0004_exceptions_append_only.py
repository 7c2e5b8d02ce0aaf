from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0003_reviews_and_rescans'),
    ]

    operations = [
        append_only('releases_findingexception'),
    ]
