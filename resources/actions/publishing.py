"""Where a resource stands: each step has one door, and who may open it is asked there."""

import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.actions.recording import record_at_large
from pledges.calendar import refuse_in_silence, today
from pledges.enums import Act
from regions.models import Network, Revision, User
from regions.models.history import history_of, name_author
from resources.enums import PUBLIC_STATES, ResourceState
from resources.models import Resource, Version


class StandingError(Exception):
    """A step that a resource cannot take from where it stands, or that is another's to take. The text says why."""


def may_publish(user: User, network: Network | None) -> bool:
    """Whether this person publishes what bears the name of this network; where it reviews, its coordinators do."""
    if user.is_superuser or network is None or not network.reviews_resources:
        return True
    return Network.objects.coordinated_by(user).filter(pk=network.pk).exists()


def why_kept(resource: Resource, user: User) -> str:
    """Why this person may not change a resource now, in a sentence; nothing when they may."""
    if resource.state == ResourceState.DRAFT or may_publish(user, resource.network):
        return ""
    if resource.state == ResourceState.SUBMITTED:
        words = _("Elle attend la relecture d’une coordination, %(network)s : elle ne change plus d’ici là.")
    else:
        words = _("%(network)s relit ses ressources : une fois publiée, seule une coordination la change.")
    return words % {"network": resource.network}


@transaction.atomic
def submit(resource: Resource, *, by: User) -> Resource:
    """Propose a draft to the coordinators of its network.

    :raises StandingError: When it is no draft, or gives nothing yet.
    """
    resource = _take(resource, ResourceState.SUBMITTED)
    resource.submitted_by, resource.submitted_at = by, timezone.now()
    resource.remark = ""
    return _stand(resource, ResourceState.SUBMITTED, Act.RESOURCE_SUBMITTED, by=by)


@transaction.atomic
def send_back(resource: Resource, *, by: User, remark: str) -> Resource:
    """Give a resource back to whoever proposed it, with what there is to change.

    :raises StandingError: When it awaits no review, or the review is another's.
    """
    resource = _take(resource, ResourceState.DRAFT)
    _refuse_others(resource, by)
    resource.remark = remark
    return _stand(resource, ResourceState.DRAFT, Act.RESOURCE_SENT_BACK, by=by)


@transaction.atomic
def publish(resource: Resource, *, by: User) -> Resource:
    """Put a resource on the shelves: for the first time, or back from the archives with the date that it had.

    :raises StandingError: When it is published already, gives nothing, or is its coordinators' to publish.
    :raises SilenceError: While a territory that would show it keeps the electoral silence.
    """
    resource = _take(resource, ResourceState.PUBLISHED)
    _refuse_others(resource, by)
    refuse_in_silence(*resource.shown_in)
    resource.published_on = resource.published_on or _today(resource)
    resource.archived_on = None
    resource.remark = ""
    return _stand(resource, ResourceState.PUBLISHED, Act.RESOURCE_PUBLISHED, by=by)


@transaction.atomic
def archive(resource: Resource, *, by: User) -> Resource:
    """Take a resource off the shelves. Its address still answers, and says so.

    :raises StandingError: When it is not published, or is its coordinators' to archive.
    :raises SilenceError: While a territory that shows it keeps the electoral silence.
    """
    resource = _take(resource, ResourceState.ARCHIVED)
    _refuse_others(resource, by)
    refuse_in_silence(*resource.shown_in)
    resource.archived_on = _today(resource)
    return _stand(resource, ResourceState.ARCHIVED, Act.RESOURCE_ARCHIVED, by=by)


def why_not_discarded(resource: Resource) -> str:
    """Why a resource may not be deleted, in a sentence; nothing when it may."""
    if resource.state != ResourceState.DRAFT or resource.published_on:
        return _("Seul un brouillon se supprime : une ressource publiée s’archive, et son adresse répond encore.")
    if collection := resource.collections.first():
        return _("Elle est dans le dossier « %s » : ôtez-la d’abord de ce dossier.") % collection
    return ""


@transaction.atomic
def discard(resource: Resource, *, by: User) -> None:
    """Delete a draft that was never published, with what it would have given.

    :raises StandingError: When it was published, awaits a review, or is in a collection.
    """
    resource = _locked(resource)
    if sentence := why_not_discarded(resource):
        raise StandingError(sentence)
    start_again(resource)
    _sign(resource, by)
    resource.delete()


@transaction.atomic
def start_again(resource: Resource) -> None:
    """Forget what a draft would have given: nobody has read it, and its first version is still to come."""
    names = [version.file.name for version in resource.versions.all() if version.file.name]
    resource.versions.all().delete()
    # Whatever becomes of the files, the rows are gone: nothing leads to them any more.
    transaction.on_commit(partial(_delete_files, names), robust=True)


def correct(version: Version, *, twin: str, language: str, by: User) -> bool:
    """Correct what is said beside a file, without another version: its reading on the screen, its language.

    :return: Whether anything was changed.
    """
    same = (version.twin, version.language) == (twin, language)
    if not same:
        # Whoever corrects it answers for it: the starting kit does not write over it any more.
        Version.objects.filter(pk=version.pk).update(twin=twin, language=language, added_by=by)
        Revision.advance()
    return not same


def _locked(resource: Resource) -> Resource:
    # Two may click at once: the lock lets the second see what the first did.
    locked = Resource.objects.select_for_update(of=("self",)).select_related("region", "network", "election")
    return locked.get(pk=resource.pk)


def _take(resource: Resource, state: ResourceState) -> Resource:
    """Take a resource for oneself, when it may become this."""
    resource = _locked(resource)
    if not ResourceState(resource.state).can_become(state):
        raise StandingError(_("C’est déjà fait : cette ressource est %s.") % _place(resource))
    if state != ResourceState.DRAFT and resource.current is None:
        raise StandingError(_("Donnez d’abord un fichier, un lien ou un texte type."))
    return resource


def _place(resource: Resource) -> str:
    words = {ResourceState.DRAFT: _("en brouillon"), ResourceState.SUBMITTED: _("à la relecture")}
    return words.get(ResourceState(resource.state), resource.get_state_display())


def _refuse_others(resource: Resource, by: User) -> None:
    if not may_publish(by, resource.network):
        words = _("%s relit ses ressources : une coordination la publie, l’archive ou la renvoie.")
        raise StandingError(words % resource.network)


def _today(resource: Resource) -> datetime.date:
    return today(resource.region) if resource.region else timezone.localdate()


def _stand(resource: Resource, state: ResourceState, act: Act, *, by: User) -> Resource:
    was_public = resource.state in PUBLIC_STATES
    resource.state = state
    _sign(resource, by)
    resource.save()
    record_at_large(act, by=by, region=resource.region, election=resource.election, resource=resource.pk)
    if was_public or state in PUBLIC_STATES:
        Revision.advance()
    return resource


def _sign(resource: Resource, by: User) -> None:
    """What stood before is kept, and the change has its author."""
    if history := history_of(Resource):
        history.keep(resource)
    name_author(resource, by)


def _delete_files(names: list[str]) -> None:
    for name in names:
        Version.file.field.storage.delete(name)
