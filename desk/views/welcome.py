"""What a mail opens: an account that waits for its password, or one whose password is forgotten."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from desk import limits, origins
from desk.actions.accounts import LinkOverError, choose_password, send_link
from desk.forms import ChoosePasswordForm, ForgottenForm
from desk.views.entering import go_on
from desk.views.pages import AccountPage
from regions import keys

HELD = "account_key"
"""In the session: the two parts of a link. The page itself has an address that opens nothing."""


@login_not_required
def welcome(request: HttpRequest, who: str, key: str) -> HttpResponse:
    """Take the key out of the address before any page has it: no Referer, no history holds it."""
    if keys.owner_of(who, key):
        request.session[HELD] = [who, key]
    else:
        request.session.pop(HELD, None)  # nothing is stored for an address that somebody made up
    return HttpResponseRedirect(reverse("admin:welcome-password"))


@method_decorator(login_not_required, name="dispatch")
class ChoosePasswordView(AccountPage[ChoosePasswordForm]):
    """A password, then the second factor. Showing changes nothing: mail scanners open links."""

    form_class = ChoosePasswordForm
    template_name = "desk/choose_password.html"
    title = _("Choisir un mot de passe")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held: tuple[str, str] = request.session.get(HELD) or ("", "")
        self.who, self.key = held
        self.owner = keys.owner_of(self.who, self.key)
        if self.owner is None:
            return self._over(request)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.owner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, owner=self.owner)

    def form_valid(self, form: ChoosePasswordForm) -> HttpResponse:
        try:
            user = choose_password(self.who, self.key, form.cleaned_data["new_password1"])
        except LinkOverError:
            return self._over(self.request)
        self.request.session.pop(HELD, None)
        response = go_on(self.request, user, "", by_mail=True)
        # They read its mail: guesses from elsewhere must not keep them out of their next steps.
        origins.remember_browser(response, user, gave_code=False)
        return response

    def _over(self, request: HttpRequest) -> HttpResponse:
        context = {**admin.site.each_context(request), "title": _("Ce lien ne sert plus"), "subtitle": None}
        return render(request, "desk/link_over.html", {**context, "form": ForgottenForm()}, status=410)


@method_decorator(login_not_required, name="dispatch")
class ForgottenView(AccountPage[ForgottenForm]):
    """Ask for a link. The answer is the same for every address."""

    form_class = ForgottenForm
    template_name = "desk/forgotten.html"
    title = _("Mot de passe oublié")

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        try:
            limits.admit_link(self.request)
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        send_link(form.cleaned_data["email"])
        return HttpResponseRedirect(reverse("admin:forgotten-sent"))


@login_not_required
@never_cache
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What is said to everyone who asks for a link."""
    context = {**admin.site.each_context(request), "title": _("Regardez vos courriels"), "subtitle": None}
    return render(request, "desk/forgotten_sent.html", context)
