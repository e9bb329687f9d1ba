"""One's own account: what protects it, where it was used, and proving again who is there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import entering, limits, origins
from desk.actions import second_factor
from desk.enums import Entry, Outcome
from desk.forms import CodeForm, PasswordForm
from desk.models import LogIn
from desk.presence import ENTERED_BY
from desk.views.entering import codes_left, show_codes
from desk.views.pages import AccountPage
from regions.admin.proof import note_proof

SHOWN = 30


class MyAccountView(AccountPage[Form]):
    """What the account has, and its latest log-ins; its one form ends all the other sessions."""

    form_class = Form
    template_name = "desk/my_account.html"
    title = gettext_lazy("Mon compte")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.account
        return super().get_context_data(
            **kwargs,
            memberships=user.memberships.select_related("network"),
            has_second_factor=second_factor.has_second_factor(user),
            codes_left=user.recovery_codes.filter(used_at=None).count(),
            log_ins=LogIn.objects.filter(user=user)[:SHOWN],
            entered=Outcome.ENTERED,
        )

    def form_valid(self, form: Form) -> HttpResponse:
        user = second_factor.end_sessions(self.account)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Vos autres sessions sont fermées : il ne reste que celle-ci."))
        response = HttpResponseRedirect(reverse("admin:my-account"))
        # The others are no longer known either; this one, whose owner is here, still is.
        origins.remember_browser(response, user, gave_code=self.request.session.get(ENTERED_BY) == Entry.SECOND_FACTOR)
        return response


class RenewCodesView(AccountPage[Form]):
    """Ten other recovery codes, for somebody who has just proved who they are."""

    form_class = Form
    template_name = "desk/renew_codes.html"
    title = gettext_lazy("De nouveaux codes de secours")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not second_factor.has_second_factor(self.account):
            return HttpResponseRedirect(reverse("admin:change-device"))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        codes = second_factor.renew_recovery_codes(self.account)
        return show_codes(self.request, self.account, codes, reverse("admin:my-account"))


class ProveView(AccountPage[Form]):
    """Who is there, once more: by a code, or by the password of an account that has no second factor."""

    template_name = "desk/prove.html"
    title = gettext_lazy("Est-ce bien vous ?")

    def get_form_class(self) -> type[Form]:
        return CodeForm if self._has_device else PasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, next=self._destination, has_device=self._has_device)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            limits.admit_code(self.request, self.account)
            left = self._check(form)
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        except second_factor.WrongCodeError as refusal:
            entering.note_attempt(self.request, self.account, Outcome.WRONG_CODE)
            return self.refuse(form, refusal)
        note_proof(self.request)
        if left is not None:
            messages.warning(self.request, codes_left(left))
        return HttpResponseRedirect(self._destination)

    def _check(self, form: Form) -> int | None:
        if self._has_device:
            return second_factor.check(self.account, form.cleaned_data["code"])
        if not self.account.check_password(form.cleaned_data["password"]):
            raise second_factor.WrongCodeError
        return None

    @property
    def _has_device(self) -> bool:
        return second_factor.has_second_factor(self.account)

    @property
    def _destination(self) -> str:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return entering.local_path(self.request, data.get(REDIRECT_FIELD_NAME, ""))
