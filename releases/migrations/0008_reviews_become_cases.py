"""What waits for a person is a case: the table, its constraints and its index say so."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):

    dependencies = [
        ('releases', '0007_reviews_are_called_cases'),
    ]

    operations = [
        *(
            migrations.RemoveConstraint(model_name='review', name=f'releases_review_{name}')
            for name in (
                'one_open',
                'cause_known',
                'outcome_known',
                'closed_has_outcome',
                'due_after_opened',
            )
        ),
        migrations.RenameModel(old_name='Review', new_name='Case'),
        migrations.AlterModelOptions(
            name='case',
            options={'verbose_name_plural': 'review queue'},
        ),
        migrations.AlterField(
            model_name='case',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='releases.release'),
        ),
        migrations.RenameIndex(
            model_name='case',
            old_name='releases_review_waiting',
            new_name='releases_case_waiting',
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=Q(closed_at__isnull=True), fields=('release',), name='releases_case_one_open'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=Q(cause__in=['held', 'rescan', 'dispute']), name='releases_case_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=Q(outcome__in=['', 'accepted', 'rejected', 'examined-again', 'cleared', 'suspended', 'revoked', 'answered']), name='releases_case_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=Q(closed_at__isnull=True, outcome='') | Q(closed_at__isnull=False) & ~Q(outcome=''), name='releases_case_closed_has_outcome'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=Q(due_at__gte=F('opened_at')), name='releases_case_due_after_opened'),
        ),
    ]
