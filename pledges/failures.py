"""Why a mail did not leave: kept as a short code without any address, told to a moderator in words."""

import smtplib

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Reasons of our own, where no mail server has spoken.
NO_ADDRESS = "NoAddress"
OVERTAKEN = "Overtaken"
# A mail server took the mail, then sent it back: its status follows (RFC 3463), « 5.1.1 ».
RETURNED = "Returned"

# By the name of the exception, and by what follows it: the first code of a refusal, or its first digit.
_WORDS: dict[tuple[str, str], Promise] = {
    (NO_ADDRESS, ""): _("l’adresse a été effacée"),
    (OVERTAKEN, ""): _("il n’avait plus d’objet : la situation a changé avant l’envoi"),
    (RETURNED, "5.1"): _("l’adresse n’existe pas : le courrier est revenu"),
    (RETURNED, "5.2"): _("la boîte est pleine ou fermée : le courrier est revenu"),
    (RETURNED, "5.7"): _("le serveur du destinataire refuse nos courriers : celui-ci est revenu"),
    (RETURNED, ""): _("le courrier est revenu"),
    ("SMTPRecipientsRefused", "552"): _("la boîte du destinataire est pleine"),
    ("SMTPRecipientsRefused", "452"): _("la boîte du destinataire est pleine, ou son serveur occupé"),
    ("SMTPRecipientsRefused", "5"): _("l’adresse n’existe pas, ou refuse nos courriers"),
    ("SMTPRecipientsRefused", "4"): _("le serveur du destinataire demande d’attendre"),
    ("SMTPDataError", "5"): _("le message a été refusé, peut-être pris pour un indésirable"),
    ("SMTPDataError", "4"): _("le serveur de courrier demande d’attendre"),
    ("SMTPSenderRefused", ""): _(
        "le serveur de courrier refuse notre adresse d’expédition : prévenez l’administration"
    ),
    ("SMTPAuthenticationError", ""): _("le serveur de courrier refuse notre mot de passe : prévenez l’administration"),
    ("SMTPServerDisconnected", ""): _("le serveur de courrier a coupé la connexion"),
    ("TimeoutError", ""): _("le serveur de courrier n’a pas répondu à temps"),
    ("ConnectionRefusedError", ""): _("le serveur de courrier ne répond pas"),
    ("ConnectionResetError", ""): _("le serveur de courrier a coupé la connexion"),
    ("BrokenPipeError", ""): _("le serveur de courrier a coupé la connexion"),
    ("gaierror", ""): _("le serveur de courrier est introuvable : prévenez l’administration"),
    ("SSLCertVerificationError", ""): _("le certificat du serveur de courrier est refusé : prévenez l’administration"),
    ("ValueError", ""): _("l’adresse est mal écrite"),
}
_OTHERWISE = _("le serveur de courrier n’a pas pris le message")


def code_of(error: Exception) -> str:
    """What is kept of a failure: its name and the server's codes, without the address that an answer often repeats."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        error = error.__context__  # smtplib says « disconnected » of a server that it got tired of waiting for
    codes = " ".join(map(str, _codes(error)))
    name = "ValueError" if isinstance(error, ValueError) else type(error).__name__
    return f"{name} {codes}".strip()


def is_final(error: Exception) -> bool:
    """Whether to try again would be vain: the server refused this recipient or message for good (RFC 5321: 5yz)."""
    refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
    return isinstance(error, ValueError) or (refused and all(500 <= code < 600 for code in _codes(error)))


def in_words(code: str) -> str:
    """What a kept code means, for whoever reads the desk; nothing for no failure."""
    if not code:
        return ""
    name, _space, answers = code.partition(" ")
    keys = ((name, answers[:3]), (name, answers[:1]), (name, ""))
    return str(next((_WORDS[key] for key in keys if key in _WORDS), _OTHERWISE))


def _codes(error: Exception) -> list[int]:
    """The SMTP codes of a refusal."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _text in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
