"""What someone has typed so far, kept in their own browser: nothing of it is stored here.

A signed cookie for each step, on the addresses of that one candidacy: a closed tab, the back button, a second tab and
a browser without scripts all find it again. It is erased after a day, or at will.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

LIFE = 24 * 60 * 60  # seconds
# The steps, as their addresses name them; a principle's is followed by its number.
PRINCIPLE, WHO, READ, SENT, DECLARED = "principe-", "qui", "relire", "envoye", "candidature"
# By which invitation one came: nothing that was typed.
INVITED = "invitation"
# Browsers keep 4,096 bytes a cookie; servers and proxies read 8 KiB of cookies in all.
_COOKIE_BYTES = 3_800
_TOTAL_BYTES = 7_000
_ROOM_FOR_SENT = 1_500  # what was sent, to two addresses of any length, always fits beside the rest
_PREFIX = "brouillon-"

type StepData = dict[str, Any]


class DraftTooLongError(Exception):
    """The browser could not keep all that was typed. The text says what to do."""

    def __init__(self) -> None:
        super().__init__(
            _("Vos réponses prennent trop de place pour être gardées jusqu’à l’envoi : raccourcissez une phrase.")
        )


class Draft:
    """The steps already filled in of one candidacy, by name: ``draft["qui"]``."""

    def __init__(self, address: str, steps: Mapping[str, StepData]) -> None:
        self.address = address
        self.steps = dict(steps)
        self._changed: set[str] = set()

    @classmethod
    def read(cls, request: HttpRequest, address: str) -> Self:
        """The draft that this browser sends back. What was altered, or is a day old, is as if never typed.

        :param address: Where the way of this candidacy begins: its draft goes nowhere else.
        """
        signer = cls._signer(address)
        steps = {}
        for cookie, value in request.COOKIES.items():
            name = cookie.removeprefix(_PREFIX)
            if name == cookie:
                continue
            try:
                step, data = signer.unsign_object(value, max_age=LIFE)
            except (signing.BadSignature, ValueError):
                continue
            if step == name:
                steps[step] = data
        return cls(address, steps)

    @staticmethod
    def _signer(address: str) -> signing.TimestampSigner:
        return signing.TimestampSigner(salt=f"pledges.draft:{address}")

    def __getitem__(self, step: str) -> StepData:
        return self.steps[step]

    def __contains__(self, step: str) -> bool:
        return step in self.steps

    def __bool__(self) -> bool:
        return bool(self.steps.keys() - {INVITED})

    def get(self, step: str) -> StepData | None:
        return self.steps.get(step)

    def keep(self, step: str, data: StepData) -> None:
        """Keep a step; ``save`` sends it to the browser.

        :raises DraftTooLongError: When a browser would drop it.
        """
        before = self.steps.get(step)
        self.steps[step] = data
        sizes = [len(self._value(name)) for name in self.steps]
        total = _TOTAL_BYTES if SENT in self.steps else _TOTAL_BYTES - _ROOM_FOR_SENT
        if max(sizes) > _COOKIE_BYTES or (sum(sizes) > total and step != SENT):
            if before is None:
                del self.steps[step]
            else:
                self.steps[step] = before
            raise DraftTooLongError
        self._changed.add(step)

    def save(self, response: HttpResponse) -> HttpResponse:
        """Send what changed to the browser."""
        for step in self._changed:
            response.set_cookie(
                f"{_PREFIX}{step}",
                self._value(step),
                max_age=LIFE,
                path=self.address,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Have the browser erase every step."""
        for step in self.steps:
            response.delete_cookie(f"{_PREFIX}{step}", path=self.address, samesite="Lax")
        return response

    @classmethod
    def forget_at(cls, address: str, principles: Iterable[int], response: HttpResponse) -> HttpResponse:
        """Have the browser erase the draft of another address than this page's, whose steps it does not send."""
        steps = [*(f"{PRINCIPLE}{number}" for number in principles), WHO, SENT, DECLARED, INVITED]
        return cls(address, {step: {} for step in steps}).forget(response)

    def _value(self, step: str) -> str:
        return self._signer(self.address).sign_object([step, self.steps[step]], compress=True)
