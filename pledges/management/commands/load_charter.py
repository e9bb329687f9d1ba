"""``manage.py load_charter FILE``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pledges.actions.charter import CharterError, load_charter, read_toml

DATA = Path(__file__).resolve().parents[2] / "data"
CHARTER = DATA / "charte-2021.toml"


class Command(BaseCommand):
    help = (
        "Charge une version de la charte (TOML) et ses explications en mots simples ; peut être répétée sans dommage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, nargs="?", default=CHARTER, help="La charte, par exemple charte-2021.toml."
        )
        parser.add_argument(
            "--words",
            type=Path,
            default=DATA / "principes-2021.toml",
            help="Les explications, qui ne sont pas signées.",
        )

    def handle(self, *args: Any, file: Path, words: Path, **options: Any) -> None:
        try:
            charter, changed = load_charter(read_toml(file), read_toml(words))
        except CharterError as error:
            raise CommandError(str(error)) from error
        count = charter.principles.count()
        outcome = _("chargée") if changed else _("déjà chargée, rien à changer")
        self.stdout.write(
            _("Charte %(version)s %(outcome)s : %(count)d principes, SHA-256 %(sha256)s.")
            % {"version": charter.version, "outcome": outcome, "count": count, "sha256": charter.sha256}
        )
