"""The receipts made of a pledge: which file, and the proof that it is that one."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.models.pledge import Pledge

RECEIPT_FOLDER = "receipts"


def receipt_name(receipt: "Receipt", _filename: str) -> str:
    """Where its file is kept: under the hash of what it was made from."""
    return f"{RECEIPT_FOLDER}/{receipt.content_sha256}.pdf"


class Receipt(models.Model):
    """One PDF made of a pledge. The same content is the same receipt: it is not made twice.

    A pledge that has receipts cannot be deleted: an act takes them away first, files included.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("engagement"))
    content_sha256 = models.CharField(_("empreinte du contenu"), max_length=64, unique=True)
    pdf_sha256 = models.CharField(_("empreinte du fichier"), max_length=64)
    file = models.FileField(_("fichier"), upload_to=receipt_name)
    size = models.PositiveIntegerField(_("poids"), help_text=_("En octets."))
    made_at = models.DateTimeField(_("fait le"))

    class Meta:
        verbose_name = _("reçu")
        verbose_name_plural = _("reçus")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(file=Concat(Value(f"{RECEIPT_FOLDER}/"), F("content_sha256"), Value(".pdf"))),
                name="receipt_is_named_after_its_content",
                violation_error_message=_("Le fichier d’un reçu porte le nom de son contenu."),
            ),
            models.CheckConstraint(
                condition=~Q(pdf_sha256=""),
                name="receipt_file_has_a_fingerprint",
                violation_error_message=_("Un reçu garde l’empreinte de son fichier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge}, {self.pdf_sha256[:8]}"

    def pdf(self) -> bytes:
        """The file itself.

        :raises OSError: When it cannot be read.
        """
        with self.file.open("rb") as file:
            content: bytes = file.read()
        return content

    @property
    def weight(self) -> str:
        """« 62 Ko »."""
        return gettext("%d Ko") % max(1, round(self.size / 1000))
