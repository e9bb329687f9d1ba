"""Where a French postcode leads to no regional council: overseas collectivities, Monaco, other countries."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By the three digits that INSEE gives a collectivity, which are also those of its postcodes except in the two islands
# that kept Guadeloupe's. Their assemblies: code général des collectivités territoriales, LO6211-1 and after (977),
# LO6311-1 (978), LO6411-1 (975); law of 29 July 1961 (986); organic laws of 2004 (987) and of 1999 (988).
_COLLECTIVITIES = {
    "975": gettext_lazy(
        "Saint-Pierre-et-Miquelon n’élit pas de conseil régional : cette collectivité d’outre-mer a sa propre "
        "assemblée, le conseil territorial."
    ),
    "977": gettext_lazy(
        "Saint-Barthélemy n’élit pas de conseil régional : cette collectivité d’outre-mer a sa propre assemblée, le "
        "conseil territorial."
    ),
    "978": gettext_lazy(
        "Saint-Martin, aux Antilles, n’élit pas de conseil régional : cette collectivité d’outre-mer a sa propre "
        "assemblée, le conseil territorial."
    ),
    "984": gettext_lazy(
        "Les Terres australes et antarctiques françaises n’élisent pas de conseil régional : elles n’ont pas "
        "d’habitants permanents."
    ),
    "986": gettext_lazy(
        "Wallis-et-Futuna n’élit pas de conseil régional : cette collectivité d’outre-mer a sa propre assemblée, "
        "l’assemblée territoriale."
    ),
    "987": gettext_lazy(
        "La Polynésie française n’élit pas de conseil régional : cette collectivité d’outre-mer a sa propre assemblée."
    ),
    "988": gettext_lazy(
        "La Nouvelle-Calédonie n’élit pas de conseil régional : elle a son Congrès et ses assemblées de province."
    ),
}
_ISLANDS = {"97133": "977", "97150": "978"}
_NAMES = {
    "saint pierre et miquelon": "975",
    "saint barthelemy": "977",
    "saint barth": "977",
    "saint martin": "978",
    "terres australes et antarctiques francaises": "984",
    "taaf": "984",
    "wallis et futuna": "986",
    "polynesie francaise": "987",
    "polynesie": "987",
    "tahiti": "987",
    "papeete": "987",
    "nouvelle caledonie": "988",
    "noumea": "988",
}


def unserved_postal_code(code: str) -> str:
    """Why no regional council answers for this postcode, as a French sentence; empty when there is no such reason."""
    if sentence := _COLLECTIVITIES.get(_ISLANDS.get(code, code[:3])):
        return str(sentence)
    if code.startswith("980"):
        return _("%(code)s est un code postal de Monaco, qui n’élit pas de conseil régional.") % {"code": code}
    if code.startswith("99"):
        return _(
            "Les codes qui commencent par 99 désignent l’étranger. Si vous êtes sur la liste électorale d’une commune "
            "française, tapez son code postal ou son nom."
        )
    return ""


def unserved_name(name: str) -> str:
    """The same for a folded name; some, such as « saint martin », are also those of communes."""
    return str(_COLLECTIVITIES.get(_NAMES.get(name, ""), ""))


# --- Where there are regional councils, and no departmental one ---

_COUNCILS_OF_DEPARTMENTS = {
    "2A": gettext_lazy("En Corse, il n’y a pas de conseil départemental : l’Assemblée de Corse en tient lieu."),
    "2B": gettext_lazy("En Corse, il n’y a pas de conseil départemental : l’Assemblée de Corse en tient lieu."),
    "69M": gettext_lazy(
        "Lyon et les communes de sa métropole n’élisent pas de conseil départemental : le conseil de la métropole en "
        "tient lieu. Les autres communes du Rhône en élisent un."
    ),
    "75": gettext_lazy("Paris n’élit pas de conseil départemental : le Conseil de Paris en tient lieu."),
    "972": gettext_lazy(
        "En Martinique, il n’y a pas de conseil départemental : l’Assemblée de Martinique en tient lieu."
    ),
    "973": gettext_lazy("En Guyane, il n’y a pas de conseil départemental : l’Assemblée de Guyane en tient lieu."),
}
# A part of a department may have no council when the rest has one.
_PARTS = {"69": "69M"}


def without_departmental_council(department: str) -> str:
    """Why no canton of this department, or of this part of one (« 69M »), elects a departmental council.

    :param department: INSEE's code.
    :return: A French sentence; empty where they do.
    """
    return str(_COUNCILS_OF_DEPARTMENTS.get(department, ""))


def departmental_council_elsewhere(department: str) -> str:
    """What to say, beside the cantons of a department, to those of its people who vote in none; often nothing."""
    return str(_COUNCILS_OF_DEPARTMENTS.get(_PARTS.get(department, department), ""))
