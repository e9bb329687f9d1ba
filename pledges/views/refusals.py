"""What a visitor is answered who has to wait."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pledges.limits import TooManyError


def too_many(request: HttpRequest, template_name: str, context: dict[str, Any], error: TooManyError) -> HttpResponse:
    """The same page with all that was typed in its ``form``, and the sentence that says when to send it again.

    A page that has no form shows the sentence as ``refusal``.
    """
    form: Form | None = context.get("form")
    if form is None:
        context = {**context, "refusal": error}
    else:
        form.add_error(None, str(error))
    response = render(request, template_name, context, status=429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response
