"""`/corrections/`: whoever finds something wrong on a page says so, and will be answered."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from pledges import limits
from pledges.actions.corrections import ask
from pledges.forms import CorrectionForm
from pledges.our_pages import our_page
from pledges.views.refusals import too_many


@login_not_required
@never_cache
def corrections(request: HttpRequest) -> HttpResponse:
    """Ask for a correction, or for a right of reply. What was typed is never lost."""
    page = our_page(request.GET.get("page", ""))
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, initial={"page": page.path if page else ""}
    )
    if form.is_valid():
        try:
            limits.admit_correction(request, proved=form.is_proved)
        except limits.TooManyError as error:
            return too_many(request, "pledges/corrections.html", {"form": form}, error)
        ask(form.request())
        return redirect("corrections-sent")
    return render(request, "pledges/corrections.html", {"form": form}, status=422 if form.is_bound else 200)


@login_not_required
def corrections_sent(request: HttpRequest) -> HttpResponse:
    """What happens next: the same page for everyone."""
    return render(request, "pledges/corrections_sent.html")
