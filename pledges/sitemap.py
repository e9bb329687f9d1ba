"""The pages that search engines should know, of the elections and of the portal itself: their part of the site map."""

from django.urls import reverse

from pledges.models import CandidateList, Charter, Contest, Election, Pledge, Principle
from regions.models import Region

PROSE = (
    "home",
    "resources",
    "method",
    "glossary",
    "easy",
    "accessibility",
    "legal-notice",
    "privacy",
    "site-map",
    "embed",
    "press",
)


def addresses() -> list[str]:
    """Prose, principles, regions, elections, contests and their departments, and the lists whose pledge is published.

    A list that has not signed has a page too; it is reached from its contest, and is not put forward.
    """
    elections = Election.objects.current()
    signed = Pledge.objects.published().for_lists().values("candidate_list")
    principles = Principle.objects.filter(charter=Charter.objects.shown_with(elections))
    contests = list(Contest.objects.public().select_related("election").order_by("election", "slug"))
    departments = dict.fromkeys((one.election.slug, one.department_id) for one in contests if one.department_id)
    shown = [
        *Region.objects.order_by("norm"),
        *Election.objects.latest_first(),
        *contests,
        *CandidateList.objects.standing().filter(pk__in=signed).order_by("pk"),
    ]
    return [
        *map(reverse, PROSE),
        *(reverse("principle", args=[principle.number]) for principle in principles.order_by("number")),
        *(reverse("department", args=pair) for pair in departments),
        *(each.get_absolute_url() for each in shown),
    ]
