#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    if sys.version_info < (3, 12):  # noqa: UP036  said in words to whoever starts it with an old Python
        sys.exit(
            f"Python 3.12 ou plus récent est nécessaire (ici : {sys.version_info.major}.{sys.version_info.minor})."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  after the version's check

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
