"""Loading the charter: the published text, and our plain words beside it."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pledges.actions.recording import record_at_large
from pledges.calendar import silence_among
from pledges.enums import Act
from pledges.models import Charter, Principle
from pledges.models.charter import fingerprint
from regions.models import Revision, User


class CharterError(Exception):
    """The file cannot become a charter. The text says why."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    :raises CharterError: When it is missing or is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CharterError(_("Fichier illisible : %s.") % path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CharterError(
            _("%(path)s n’est pas du TOML en UTF-8 : %(error)s.") % {"path": path, "error": error}
        ) from error


def _refuse_in_silence() -> None:
    """The charter is on the pages of all territories: it waits until none keeps silence."""
    if silence := silence_among(None):
        raise CharterError(_("%s Chargez la charte ensuite : rien n’a changé.") % silence)


@transaction.atomic
def load_charter(text: dict[str, Any], words: dict[str, Any], *, by: User | None = None) -> tuple[Charter, bool]:
    """Load a version of the charter, or its plain words again.

    A version that is signed never changes; a version that nobody signed is replaced whole.

    :param text: ``version``, ``title``, ``addressed_to``, ``source`` and the list ``principle`` of ``number`` and
        ``statement``.
    :param words: The list ``principle`` of ``number``, ``short`` and ``explanation``: not part of the signed text.
    :return: The charter, and whether anything changed.
    :raises CharterError: When something is missing, the signed text differs, or a territory keeps silence.
    """
    try:
        statements = {principle["number"]: principle["statement"] for principle in text["principle"]}
        plain = {principle["number"]: principle for principle in words["principle"]}
        facts = {name: text[name] for name in ("version", "title", "addressed_to", "source")}
        asides = {number: {key: plain[number][key] for key in ("short", "explanation")} for number in statements}
    except (KeyError, TypeError) as error:
        raise CharterError(_("Il manque une rubrique à la charte : %s.") % error) from error
    if sorted(statements) != list(range(1, len(text["principle"]) + 1)):
        raise CharterError(_("Les principes se numérotent 1, 2, 3… sans trou ni doublon."))
    sha256 = fingerprint(facts["title"], facts["addressed_to"], [statements[number] for number in sorted(statements)])
    charter = Charter.objects.select_for_update().filter(version=facts["version"]).first()
    if charter and charter.sha256 != sha256:
        if charter.pledges.exists() or charter.elections.exists():
            raise CharterError(
                _("La charte %s est déjà employée, son texte ne change plus : donnez une nouvelle version.")
                % charter.version
            )
        charter.principles.all().delete()
        charter.delete()
        charter = None
    if charter:
        changed = [
            principle
            for principle in charter.principles.all()
            if any(getattr(principle, name) != value for name, value in asides[principle.number].items())
        ]
        for principle in changed:
            principle.short, principle.explanation = (
                asides[principle.number]["short"],
                asides[principle.number]["explanation"],
            )
            principle.save(update_fields=["short", "explanation"])
        if changed:
            _refuse_in_silence()
            Revision.advance()
        return charter, bool(changed)
    _refuse_in_silence()
    charter = Charter.objects.create(**facts, sha256=sha256)
    Principle.objects.bulk_create(
        Principle(charter=charter, number=number, statement=statements[number], **asides[number])
        for number in sorted(statements)
    )
    record_at_large(Act.CHARTER_LOADED, by=by, version=charter.version, sha256=sha256)
    Revision.advance()
    return charter, True
