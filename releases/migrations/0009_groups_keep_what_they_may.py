"""Rename the permissions of reviews: Django would grant those of cases to nobody."""

from django.db import migrations

_ACTS = ('add', 'change', 'delete', 'view')


def _rename(apps, editor, before, after):
    # As the owner: the running role may only read permissions.
    permissions = apps.get_model('auth', 'Permission').objects.using(editor.connection.alias)
    ours = permissions.filter(content_type__app_label='releases')
    for act in _ACTS:
        ours.filter(codename=f'{act}_{before}').update(codename=f'{act}_{after}')


def _to_cases(apps, editor):
    _rename(apps, editor, 'review', 'case')


def _to_reviews(apps, editor):
    _rename(apps, editor, 'case', 'review')


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('releases', '0008_reviews_become_cases'),
    ]

    operations = [
        migrations.RunPython(_to_cases, _to_reviews),
    ]
