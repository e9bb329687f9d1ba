from django.db import migrations
from django.utils import timezone


def keep_links(apps, schema_editor):
    """Each link is the first version of its resource, published on the day that it had."""
    resource = apps.get_model("resources", "Resource")
    version = apps.get_model("resources", "Version")
    now = timezone.now()
    resource.objects.filter(published_on__isnull=False).update(state="published")
    resource.objects.filter(kind="link").update(kind="sheet")
    version.objects.bulk_create(
        [version(resource=row, number=1, url=row.url, language="fr", added_at=now) for row in resource.objects.all()]
    )


def give_links_back(apps, schema_editor):
    version = apps.get_model("resources", "Version")
    for row in version.objects.filter(replaced_on=None).exclude(url="").select_related("resource"):
        row.resource.url = row.url[:200]
        row.resource.save(update_fields=["url"])
    version.objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [("resources", "0004_versions")]

    operations = [migrations.RunPython(keep_links, give_links_back)]
