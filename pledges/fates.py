"""What becomes of a list or of a person in an official file, in words; the keys are the names of ``Counts``."""

from django.utils.translation import gettext_lazy as _

LIST_FATES = {
    "created": _("nouvelle"),
    "updated": _("modifiée"),
    "left": _("n’y est plus"),
    "returned": _("de retour"),
    "unchanged": _("personnes modifiées"),
}
PERSON_FATES = {
    "created": _("arrive"),
    "updated": _("change de place ou de nom"),
    "left": _("n’y est plus"),
    "returned": _("de retour"),
}
