"""The page where a pledge is decided: what it shows, and the form of each decision."""

import copy
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import calendar, dossier
from pledges.actions import matching
from pledges.actions.prepared import prepared_for
from pledges.admin.decisions import is_held
from pledges.admin.forms import AskForm, MatchForm, NoteForm, PublishForm, ReasonForm, WithdrawForm
from pledges.enums import LIVE, STANDING, Act, PledgeState
from pledges.matrix import all_cells, standing, withdrawal_reason
from pledges.models import DecisionReason, JournalEntry, Pledge, Principle, Signatory
from regions.typography import age

SHOWN = 10
"""Other pledges of a list, and lines of journal, that a page shows: the rest is a link away."""


def load(pledges: QuerySet[Pledge]) -> QuerySet[Pledge]:
    """Load all that the page says of a pledge itself."""
    return dossier.with_people(
        pledges.select_related(
            "charter",
            "amends",
            "came_by__contact",
            "candidate",
            "decided_by",
            "candidate_list__contest__election",
            "candidate_list__contest__region",
            "candidate_list__nuance",
        ).prefetch_related("commitments", "amends__commitments")
    )


def forms_of(pledge: Pledge, data: QueryDict | None = None, act: str = "") -> dict[str, Form]:
    """The form of each decision that the pledge's state allows, by the name of the decision.

    :param data: What was posted, for the one that ``act`` names.
    """

    def bound(name: str) -> dict[str, Any]:
        return {"data": data if name == act else None, "prefix": name, "label_suffix": ""}

    state = PledgeState(pledge.state)
    to_match = pledge.is_declared and state == PledgeState.IN_REVIEW
    reasons = DecisionReason.objects.offered_in(pledge.candidate_list.contest.region_id)
    forms: dict[str, Form] = {}
    if to_match:
        forms["match"] = MatchForm(matches=matching.matches(pledge), **bound("match"))
    elif state == PledgeState.IN_REVIEW:
        forms["publish"] = PublishForm(**bound("publish"))
    if state == PledgeState.SUSPENDED:
        forms["resume"] = Form(**bound("resume"))
    if state in LIVE:
        reachable = [signatory for signatory in pledge.signatories.all() if signatory.email]
        if reachable:
            signatories = Signatory.objects.filter(pledge=pledge).exclude(email="")
            only = reachable[0] if len(reachable) == 1 else None
            forms["ask"] = AskForm(signatories=signatories, only=only, **bound("ask"))
    if state.can_become(PledgeState.DECLINED):
        forms["decline"] = ReasonForm(reasons=reasons.filter(is_for_declining=True), **bound("decline"))
    if state.can_become(PledgeState.SUSPENDED):
        forms["suspend"] = ReasonForm(reasons=reasons.filter(is_for_suspending=True), **bound("suspend"))
    if state.can_become(PledgeState.WITHDRAWN):
        forms["withdraw"] = WithdrawForm(**bound("withdraw"))
    forms["note"] = NoteForm(**bound("note"))
    return forms


def context_of(pledge: Pledge) -> dict[str, Any]:
    """All that the page shows beside the decisions.

    :param pledge: Loaded with :func:`load`.
    """
    principles: list[Principle] = list(pledge.charter.principles.all())
    candidate_list, region = pledge.candidate_list, pledge.candidate_list.contest.region
    others = Pledge.objects.filter(candidate_list=candidate_list).exclude(pk=pledge.pk)
    rival_count = others.filter(state=PledgeState.SUBMITTED, candidate=pledge.candidate).count()
    known = list(
        others.exclude(state=PledgeState.SUBMITTED)
        .select_related("candidate", "candidate_list", "decided_by")
        .order_by("-confirmed_at", "-pk")[: SHOWN + 1]
    )
    silence = calendar.silence_in(region)
    held = [name for name in ("publish", "decline", "suspend", "resume", "withdraw") if is_held(name, pledge, silence)]
    is_waiting = pledge.state == PledgeState.IN_REVIEW
    kept_by_silence = str(silence) if silence and pledge.state in STANDING else ""
    return {
        "pledge": pledge,
        "list": candidate_list,
        "silence": silence,
        "held": held,
        "prepared": prepared_for(pledge),
        "age": age(pledge.confirmed_at) if pledge.confirmed_at else "",
        "obstacle": dossier.obstacle(pledge, silence) if is_waiting else kept_by_silence,
        "warnings": dossier.warnings(pledge, rival_count=rival_count) if is_waiting else [],
        "way": dossier.way_in_words(pledge),
        "signatories": _people(pledge),
        "tally": dossier.tally(pledge, len(principles)),
        "changes": dossier.changes(pledge, principles),
        "invited_at": list(
            JournalEntry.objects.filter(act=Act.LIST_INVITED, region=region, details__list=candidate_list.pk)
            .order_by("pk")
            .values_list("at", flat=True)
        ),
        "others": known[:SHOWN],
        "has_more_others": len(known) > SHOWN,
        "notes": pledge.notes.select_related("by"),
        "questions": pledge.questions.select_related("asked_by", "signatory"),
        "entries": pledge.entries.select_related("by", "wording").order_by("-pk"),
        "declared_people": candidate_list.candidates.order_by("rank") if pledge.is_declared else [],
    }


def as_published(pledge: Pledge) -> dict[str, Any]:
    """What the public page says of a pledge, or would say once it is published: for the very same card.

    :param pledge: Loaded with :func:`load`; it is not changed.
    """
    shown = copy.copy(pledge)
    is_forecast = pledge.state not in (PledgeState.PUBLISHED, PledgeState.WITHDRAWN)
    if is_forecast:
        shown.state = PledgeState.PUBLISHED
        shown.published_at = pledge.published_at or timezone.now()
        shown.identity_check = pledge.identity_check or _("à dire en publiant")
    principles = pledge.charter.principles.all()
    return {
        "pledge": shown,
        "list": pledge.candidate_list,
        "cells": all_cells(shown if shown.is_published else None, principles),
        "standing": standing(shown, timezone.localdate()),
        "reason": withdrawal_reason(shown),
        "author": pledge.candidate.full_name if pledge.candidate else pledge.candidate_list.name,
        "is_forecast": is_forecast,
    }


def _people(pledge: Pledge) -> list[tuple[Signatory, str]]:
    """Who signed, and what the domain of each address tells."""
    peers = list(
        Signatory.objects.filter(pledge__candidate_list=pledge.candidate_list_id, confirmed_at__isnull=False)
        .exclude(pledge=pledge)
        .exclude(email="")
        .only("full_name", "email")
    )
    others = [peer for peer in peers if peer.email not in {signatory.email for signatory in pledge.signatories.all()}]
    return [(signatory, dossier.domain_in_words(signatory, others)) for signatory in pledge.signatories.all()]
