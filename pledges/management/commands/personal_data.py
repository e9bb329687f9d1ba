"""``manage.py personal_data``: for whoever writes to the network instead of opening their private page."""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from pledges.actions import personal_data


def _write(path: Path, text: str) -> None:
    """Write a file that nobody else on this machine reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{text}\n")


class Command(BaseCommand):
    help = (
        "Remet à une personne la copie de ce que le portail garde d’elle (--export), ou l’efface pour de bon (--erase)."
        " Assurez-vous d’abord que la demande vient bien de cette boîte. Peut être répétée sans dommage. Code de"
        " retour : 0 quand c’est fait ou qu’il n’y a rien, 1 quand c’est impossible, 2 quand la commande est fautive."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "email", metavar="ADRESSE", help="L’adresse électronique ; « - » pour l’écrire à l’entrée de la commande."
        )
        act = parser.add_mutually_exclusive_group(required=True)
        act.add_argument("--export", metavar="FICHIER", type=Path, help="Écrire la copie, en JSON, dans ce fichier.")
        act.add_argument("--erase", action="store_true", help="Effacer : les engagements en cours sont retirés.")

    def handle(self, *args: Any, email: str, export: Path | None, erase: bool, **options: Any) -> None:
        email = sys.stdin.readline().strip() if email == "-" else email.strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(_("Ce n’est pas une adresse électronique complète.")) from error
        if erase:
            self._erase(email)
        elif export:
            self._export(email, export)

    def _export(self, email: str, path: Path) -> None:
        try:
            with transaction.atomic():  # the journal says that a copy was made if it was
                data = personal_data.export(email)
                _write(path, json.dumps(data, ensure_ascii=False, indent=2))
        except OSError as error:
            raise CommandError(
                _("Le fichier %(path)s ne peut pas être écrit : %(why)s.") % {"path": path, "why": error.strerror}
            ) from error
        signatures = len(data[_("signatures")])
        self.stdout.write(
            _("Écrit dans %(path)s : %(count)d signatures. Remettez-le à la personne, puis effacez-le.")
            % {"path": path, "count": signatures}
        )

    def _erase(self, email: str) -> None:
        erased = personal_data.erase(email)
        if not erased:
            self.stdout.write(_("Rien n’est gardé de cette adresse : rien à effacer."))
            return
        self.stdout.write(
            _(
                "Effacés : les données de %(signatures)d signatures, %(answers)d réponses, %(mails)d courriers,"
                " %(links)d liens, %(changes)d changements d’adresse. Engagements retirés : %(withdrawn)d ; jamais"
                " confirmés, supprimés : %(deleted)d."
            )
            % asdict(erased)
        )
        if erased.addresses:
            self.stdout.write(_("Adresses de listes, notées pour les solliciter, effacées : %d.") % erased.addresses)
        if erased.waiting:
            self.stdout.write(
                _("Silence électoral : %d signatures publiées attendent sa fin, et s’effaceront d’elles-mêmes.")
                % erased.waiting
            )
