"""Inviting somebody into a network."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import limits
from desk.actions.members import ADMINISTRATOR, MemberRefusedError, invite
from desk.forms import InvitationForm
from desk.views.pages import AccountPage


class InviteView(AccountPage[InvitationForm]):
    """For coordinators, in their own networks; for administrators, in any, or beside them."""

    form_class = InvitationForm
    template_name = "desk/invite.html"
    title = gettext_lazy("Inviter une personne")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.account.coordinates:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.account}

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        typed = form.cleaned_data
        try:
            limits.admit_invitation(self.account.pk)
            user = invite(
                typed["email"],
                by=self.account,
                network=typed["network"],
                role=typed["role"],
                first_name=typed["first_name"],
                last_name=typed["last_name"],
            )
        except limits.TooManyTriesError as refusal:
            return self.ask_to_wait(form, refusal)
        except MemberRefusedError as refusal:
            return self.refuse(form, refusal)
        messages.success(self.request, _("L’invitation part à l’instant, à l’adresse de %s.") % user)
        register = "regions_user" if typed["role"] == ADMINISTRATOR else "regions_membership"
        return HttpResponseRedirect(reverse(f"admin:{register}_changelist"))
