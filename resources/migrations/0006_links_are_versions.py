from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("resources", "0005_links_become_versions")]

    # The default is for the way back, where a resource that was a file has no link.
    operations = [
        migrations.AlterField(model, "url", models.URLField(default="", verbose_name="lien"))
        for model in ("resource", "historicalresource")
    ] + [migrations.RemoveField(model, "url") for model in ("resource", "historicalresource")]
