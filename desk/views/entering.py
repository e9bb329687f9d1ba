"""The three steps in: the password, the second factor, and once in a life the telephone that gives it."""

from base64 import b32encode
from typing import Any

import segno
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk import entering, limits, origins
from desk.actions import second_factor
from desk.enums import Entry, Outcome
from desk.forms import CodeForm, FirstCodeForm, LogInForm
from desk.presence import ENTERED_BY
from desk.views.pages import AccountPage
from regions.models import User

KEY = "enrolling"
"""In the session: the key that a telephone is being given."""


@method_decorator(login_not_required, name="dispatch")
class LogInView(AccountPage[LogInForm]):
    """The password. The answer is the same, and takes as long, whether the account exists or not."""

    form_class = LogInForm
    template_name = "desk/log_in.html"
    title = gettext_lazy("Connexion")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        destination = entering.local_path(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        if admin.site.has_permission(request):
            return HttpResponseRedirect(destination)
        if "recommencer" in request.GET:
            entering.give_up(request)
        if who := entering.half_way(request):
            return next_step(who)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.POST.get(REDIRECT_FIELD_NAME) or self.request.GET.get(REDIRECT_FIELD_NAME, "")
        return super().get_context_data(**kwargs, next=entering.local_path(self.request, asked))

    def form_valid(self, form: LogInForm) -> HttpResponse:
        known = account_called(form.cleaned_data["username"])
        # A hash is slow on purpose: it is not made for whoever has tried too much.
        name = known.username if known else form.cleaned_data["username"].casefold()
        try:
            limits.admit_password(self.request, name, known)
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        user = authenticate(self.request, username=name, password=form.cleaned_data["password"])
        # The account whose tries were counted, and no other: its owner sees each of them.
        if not isinstance(user, User) or user != known or not user.is_staff:
            entering.note_attempt(self.request, known, Outcome.WRONG_PASSWORD)
            return self.refuse(form, _("Cet identifiant et ce mot de passe ne vont pas ensemble."))
        return go_on(self.request, user, self.request.POST.get(REDIRECT_FIELD_NAME, ""))


@method_decorator(login_not_required, name="dispatch")
class SecondFactorView(AccountPage[CodeForm]):
    """The code of the telephone, or of the paper."""

    form_class = CodeForm
    template_name = "desk/second_factor.html"
    title = gettext_lazy("Votre code")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = entering.half_way(request)
        if who is None:
            return HttpResponseRedirect(reverse("admin:login"))
        if not second_factor.has_second_factor(who.user):
            return HttpResponseRedirect(reverse("admin:enrol"))
        self.who = who
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        user = self.who.user
        try:
            limits.admit_code(self.request, user)
            left = second_factor.check(user, form.cleaned_data["code"])
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        except second_factor.WrongCodeError as refusal:
            entering.note_attempt(self.request, user, Outcome.WRONG_CODE)
            return self.refuse(form, refusal)
        response = come_in(self.request, user, Entry.SECOND_FACTOR, self.who.destination)
        if left is not None:
            messages.warning(self.request, codes_left(left))
        return response


@method_decorator(login_not_required, name="dispatch")
class EnrolView(AccountPage[FirstCodeForm]):
    """A telephone for an account that has none: at the first log-in, or after an administrator's reset.

    After a reset the password alone must not be enough: whoever has stolen it could be first. A link by mail is.
    """

    form_class = FirstCodeForm
    template_name = "desk/enrol.html"
    title = gettext_lazy("Votre application de codes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = entering.half_way(request)
        if who is None:
            return HttpResponseRedirect(reverse("admin:login"))
        if second_factor.has_second_factor(who.user):
            return HttpResponseRedirect(reverse("admin:second-factor"))
        if who.user.last_login and not who.by_mail:
            return self._wait_for_mail(request)
        self.user, self.destination = who.user, who.destination
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = second_factor.device_for(self.user, self._key())
        return super().get_context_data(
            **kwargs,
            qr=qr_code(device.config_url),
            words=second_factor.in_words(key_to_type(device.bin_key)),
            address=device.config_url,
        )

    def form_valid(self, form: FirstCodeForm) -> HttpResponse:
        try:
            limits.admit_code(self.request, self.user)
            user, codes = self.enrol(form.cleaned_data["code"])
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        except second_factor.WrongCodeError:
            return self.refuse(
                form, _("Ce code n’est pas celui de cette clé : recopiez celui que l’application montre.")
            )
        except second_factor.AlreadyEnrolledError:
            return HttpResponseRedirect(reverse("admin:second-factor"))
        self.request.session.pop(KEY, None)
        self.let_in(user)
        return show_codes(self.request, user, codes, self.destination)

    def enrol(self, code: str) -> tuple[User, list[str]]:
        return second_factor.enrol(self.user, self._key(), code)

    def let_in(self, user: User) -> None:
        entering.enter(self.request, user, Entry.SECOND_FACTOR)

    def _wait_for_mail(self, request: HttpRequest) -> HttpResponse:
        context = {**admin.site.each_context(request), "title": _("Un lien par courriel"), "subtitle": None}
        return render(request, "desk/enrol_by_mail.html", context, status=403)

    def _key(self) -> str:
        """The key is this session's alone: nobody who is half-way in elsewhere sees it."""
        key: str = self.request.session.setdefault(KEY, second_factor.new_key())
        return key


class ChangeDeviceView(EnrolView):
    """Another telephone, for somebody at the desk who has just proved who they are."""

    title = gettext_lazy("Une autre application de codes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user, self.destination = self.account, reverse("admin:my-account")
        return super(EnrolView, self).dispatch(request, *args, **kwargs)

    def enrol(self, code: str) -> tuple[User, list[str]]:
        return second_factor.enrol(self.user, self._key(), code, replacing=True)

    def let_in(self, user: User) -> None:
        update_session_auth_hash(self.request, user)  # all the others have ended
        self.request.session[ENTERED_BY] = Entry.SECOND_FACTOR.value


def account_called(typed: str) -> User | None:
    """The account of this name, or of this address; « ſ » and « s » are one letter, as they are for the limits."""
    folded = typed.casefold()
    found = User.objects.filter(
        Q(username=typed)
        | Q(username__iexact=typed)
        | Q(email__iexact=typed)
        | Q(username__iexact=folded)
        | Q(email__iexact=folded)
    )
    return min(found, key=lambda user: (user.username != typed, user.pk), default=None)


def go_on(request: HttpRequest, user: User, wanted: str, *, by_mail: bool = False) -> HttpResponse:
    """The step after the password: in at once where a demonstration lets its accounts do without a code."""
    destination = entering.local_path(request, wanted)
    if not (settings.SECOND_FACTOR or by_mail or second_factor.has_second_factor(user)):
        return come_in(request, user, Entry.PASSWORD, destination)
    entering.begin(request, user, destination=destination, by_mail=by_mail)
    who = entering.half_way(request)
    return next_step(who) if who else HttpResponseRedirect(reverse("admin:login"))


def next_step(who: entering.HalfWay) -> HttpResponse:
    page = "second-factor" if second_factor.has_second_factor(who.user) else "enrol"
    return HttpResponseRedirect(reverse(f"admin:{page}"))


def come_in(request: HttpRequest, user: User, by: Entry, destination: str) -> HttpResponse:
    """The desk, from a browser that is known from now on."""
    entering.enter(request, user, by)
    response = HttpResponseRedirect(destination)
    origins.remember_browser(response, user, gave_code=by == Entry.SECOND_FACTOR)
    return response


def show_codes(request: HttpRequest, user: User, codes: list[str], destination: str) -> HttpResponse:
    """The recovery codes, on the only page that ever shows them."""
    context = {**admin.site.each_context(request), "title": _("Vos codes de secours"), "subtitle": None}
    response = render(request, "desk/recovery_codes.html", {**context, "codes": codes, "destination": destination})
    origins.remember_browser(response, user, gave_code=True)
    return response


def codes_left(left: int) -> str:
    if not left:
        return _("C’était votre dernier code de secours : faites-en d’autres sur « Mon compte ».")
    return ngettext(
        "Il vous reste %(left)d code de secours ; vous pouvez en faire d’autres sur « Mon compte ».",
        "Il vous reste %(left)d codes de secours ; vous pouvez en faire d’autres sur « Mon compte ».",
        left,
    ) % {"left": left}


def key_to_type(key: bytes) -> str:
    return b32encode(key).decode()


def qr_code(address: str) -> SafeString:
    """As SVG in the page: an image at an address of its own would be one more place for the key to be."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="account__qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  drawn by segno: nothing of it was typed
