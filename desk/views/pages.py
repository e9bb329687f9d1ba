"""What the pages of accounts share: the desk's frame around them, and an answer to whoever tries too much."""

from typing import Any

from django.contrib import admin
from django.forms import Form
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from desk.limits import TooManyTriesError
from regions.models import User


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class AccountPage[F: Form](FormView[F]):
    """A page with one form, kept by no cache, whose answers to an error report are hidden."""

    title: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{**admin.site.each_context(self.request), "title": self.title, "subtitle": None, **kwargs}
        )

    def refuse(self, form: F, reason: object) -> HttpResponse:
        """Show the form again with a sentence; what was typed stays, but for passwords."""
        form.add_error(None, str(reason))
        return self.form_invalid(form)

    def ask_to_wait(self, form: F, refusal: TooManyTriesError) -> HttpResponse:
        """The same, saying when to come back."""
        response = self.refuse(form, refusal)
        response.status_code = 429
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response

    @property
    def account(self) -> User:
        """Who is at the desk; for the pages that let no visitor in."""
        assert isinstance(self.request.user, User)  # noqa: S101
        return self.request.user
