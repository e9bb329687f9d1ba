"""A worker that is killed for good while it imports: `test_import_races.py` starts it, and says where it dies."""
# ruff: noqa: PLC0415  what needs the settings is imported once they are made

import os
import signal
import sys
from pathlib import Path


def main(database: str, folder: str, import_id: str, point: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.DATA_DIR = Path(folder)
    django.setup()
    from pledges.actions import import_job

    def die(*args: object, **kwargs: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if point == "reading":
        import_job.read_file = die
    elif point == "written, not committed":
        import_job.import_summary.report_of = die
    import_job.work(int(import_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
