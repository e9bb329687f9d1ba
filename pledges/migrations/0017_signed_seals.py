from django.db import migrations, models

import regions.constraints
from pledges import chain


def sign_what_is_sealed(apps, schema_editor):
    """Give each seal its signature. Run `verify_journal --expect` before: what stands is signed as it stands."""
    seals = apps.get_model('pledges', 'Seal').objects.order_by('position')
    last = 0
    while batch := list(seals.filter(position__gt=last)[:500]):
        for seal in batch:
            seal.mac = chain.sign_link(seal.digest)
        seals.bulk_update(batch, ['mac'])
        last = batch[-1].position


class Migration(migrations.Migration):

    dependencies = [
        ('pledges', '0016_mails_to_accounts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='seal',
            name='seal_is_append_only',
        ),
        migrations.AddField(
            model_name='seal',
            name='mac',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='signature'),
            preserve_default=False,
        ),
        migrations.RunPython(sign_what_is_sealed, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='seal',
            constraint=regions.constraints.RefuseChange(events=('UPDATE', 'DELETE', 'TRUNCATE'), name='seal_is_append_only', violation_error_message='Un sceau ne se modifie ni ne s’efface.', when=''),
        ),
    ]
