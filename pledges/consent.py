"""What a signer agrees to, word for word. A change of these words is a new version, and each consent names its own."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pledges.enums import ConsentPurpose

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

VERSION = "2026-11"
# Every version ever shown, kept as it was: the journal says which one a person read. Add below, change nothing.
TEXTS: dict[str, dict[ConsentPurpose, "StrOrPromise"]] = {
    "2026-11": {
        ConsentPurpose.PUBLICATION: _(
            "J’accepte que mon nom, ma qualité et ces réponses soient publiés sur ce portail pour la durée du mandat."
            " Je sais qu’un tel engagement peut révéler une opinion politique, et que je peux le retirer à tout moment."
        ),
        ConsentPurpose.CONTACT: _(
            "J’accepte que le réseau de l’ESS de mon territoire me recontacte au sujet de cet engagement, pendant le"
            " mandat."
        ),
    },
}
PUBLICATION = TEXTS[VERSION][ConsentPurpose.PUBLICATION]
CONTACT = TEXTS[VERSION][ConsentPurpose.CONTACT]
