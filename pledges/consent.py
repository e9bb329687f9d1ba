"""What a signer agrees to. A change of these words is a new version, and each signature keeps its own."""

from django.utils.translation import gettext_lazy as _

VERSION = "2026-11"
PUBLICATION = _(
    "J’accepte que mon nom, ma qualité et ces réponses soient publiés sur ce portail pour la durée du mandat."
    " Je sais qu’un tel engagement peut révéler une opinion politique, et que je peux le retirer à tout moment."
)
CONTACT = _(
    "J’accepte que le réseau de l’ESS de mon territoire me recontacte au sujet de cet engagement, pendant le mandat."
)
