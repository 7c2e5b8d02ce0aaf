
from django.db import migrations, models

from audit.append_only import changeable


class Migration(migrations.Migration):

    dependencies = [
        ('scanning', '0002_append_only'),
    ]

    # Their refusals come back in 0005.
    operations = [
        changeable('scanning_report'),
        changeable('scanning_finding'),
        migrations.RemoveConstraint(
            model_name='finding',
            name='scanning_finding_category_known',
        ),
        migrations.RemoveConstraint(
            model_name='finding',
            name='scanning_finding_effect_known',
        ),
        migrations.AddField(
            model_name='finding',
            name='confidence',
            field=models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], default='medium', max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='finding',
            name='excerpt',
            field=models.CharField(blank=True, max_length=240),
        ),
        migrations.AddField(
            model_name='finding',
            name='file_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='finding',
            name='is_enforced',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='is_malicious',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='finding',
            name='layer',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='finding',
            name='public_id',
            field=models.CharField(editable=False, max_length=24, null=True),
        ),
        migrations.AddField(
            model_name='report',
            name='quality',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='report',
            name='timings',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='finding',
            name='category',
            field=models.CharField(choices=[('archive', 'Archive'), ('manifest', 'Manifest'), ('file-type', 'File-type'), ('skill', 'Skill'), ('secret', 'Secret'), ('prompt-injection', 'Prompt-injection'), ('social-engineering', 'Social-engineering'), ('hidden-text', 'Hidden-text'), ('link', 'Link'), ('code', 'Code'), ('image', 'Image'), ('mcp', 'Mcp'), ('capability', 'Capability'), ('quality', 'Quality')], max_length=20),
        ),
        migrations.AlterField(
            model_name='finding',
            name='effect',
            field=models.CharField(choices=[('block', 'Block'), ('review', 'Review'), ('suspicion', 'Suspicion'), ('note', 'Note')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['archive', 'manifest', 'file-type', 'skill', 'secret', 'prompt-injection', 'social-engineering', 'hidden-text', 'link', 'code', 'image', 'mcp', 'capability', 'quality'])), name='scanning_finding_category_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', ['low', 'medium', 'high'])), name='scanning_finding_confidence_known'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('file_sha256__regex', '^(?:[0-9a-f]{64})?$')), name='scanning_finding_file_shape'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('effect__in', ['block', 'review', 'suspicion', 'note'])), name='scanning_finding_effect_known'),
        ),
    ]
