"""What a resource gives: a version follows another, at the same address."""

import secrets

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pledges.actions.recording import record_at_large
from pledges.calendar import refuse_in_silence
from pledges.enums import Act
from regions.models import Revision, User
from resources.enums import PUBLIC_STATES, ModelText
from resources.files import Received
from resources.models import Resource, Version


@transaction.atomic
def add_version(  # noqa: PLR0913  what a version is made of
    resource: Resource,
    *,
    by: User | None,
    received: Received | None = None,
    url: str = "",
    model_text: ModelText | str = "",
    language: str = "fr",
    twin: str = "",
    change: str = "",
) -> Version:
    """Give a resource another version, which replaces the one before: its address stays, and its page says so.

    :param by: Who adds it; None for a command.
    :param received: The file, as ``receive`` took it. Exactly one of ``received``, ``url`` and ``model_text`` is given.
    :raises SilenceError: While a territory that shows the resource keeps the electoral silence.
    """
    resource = Resource.objects.select_for_update(of=("self",)).select_related("region").get(pk=resource.pk)
    is_public = resource.state in PUBLIC_STATES
    if is_public:
        refuse_in_silence(*resource.shown_in)
    number = (resource.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    resource.versions.current().update(replaced_on=timezone.localdate())
    version = Version(
        resource=resource,
        number=number,
        url=url,
        model_text=model_text,
        language=language,
        twin=twin,
        change=change,
        added_at=timezone.now(),
        added_by=by,
    )
    if received:
        version.format, version.size = received.format, received.size
        version.sha256, version.page_count = received.sha256, received.page_count
        # Nothing of the name that it came under: it is found by this row alone.
        version.file.save(f"{secrets.token_hex(16)}.{received.format}", received.content, save=False)
    try:
        version.save(force_insert=True)
        if is_public:
            record_at_large(
                Act.RESOURCE_REPLACED, by=by, region=resource.region, resource=resource.pk, version=version.number
            )
            Revision.advance()
    except BaseException:
        # No row will name the file. (Should the caller's own transaction fail later, it stays, under a name that is in
        # no row and at no address: deleting whatever no row names would empty a storage beside a restored database.)
        if received:
            version.file.delete(save=False)
        raise
    return version
