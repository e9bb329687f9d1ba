"""All that a visitor can type."""

from .answers import AnswersForm, PrincipleForm
from .confirming import CodeForm, ConfirmForm
from .corrections import AnswerCorrectionForm, CorrectionForm
from .private_page import (
    AnswerForm,
    ContactForm,
    DecideChangeForm,
    EmailChangeForm,
    EraseForm,
    PrivateLinkForm,
    WithdrawForm,
)
from .receipts import CODE_PARAMETER, RECEIPT_LIMIT, ReceiptCodeForm, ReceiptFileForm
from .signing import DeclareForm, SendForm, SignersForm

__all__ = [
    "CODE_PARAMETER",
    "RECEIPT_LIMIT",
    "AnswerCorrectionForm",
    "AnswerForm",
    "AnswersForm",
    "CodeForm",
    "ConfirmForm",
    "ContactForm",
    "CorrectionForm",
    "DecideChangeForm",
    "DeclareForm",
    "EmailChangeForm",
    "EraseForm",
    "PrincipleForm",
    "PrivateLinkForm",
    "ReceiptCodeForm",
    "ReceiptFileForm",
    "SendForm",
    "SignersForm",
    "WithdrawForm",
]
