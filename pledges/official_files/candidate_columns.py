"""The columns of the ministry's candidate files: their headers change from year to year, their meaning does not."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy

from pledges.official_files.columns import FileKind


class Cells(NamedTuple):
    """What is read of a row; empty when the file has no such column. Birth dates and birth names are not in it."""

    region_code: str
    region_name: str
    section_code: str
    section_name: str
    panel_number: str
    list_code: str
    list_name: str
    nuance: str
    nuance_label: str
    is_head: str
    rank: str
    sex: str
    last_name: str
    first_names: str


# In each line the ministry's spelling of 2021 comes first when there is one; an earlier spelling wins over a later.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "region_code": ("Code de la région", "Code région", "code_region", "Code INSEE de la région", "Région (code)"),
    "region_name": ("Libellé de la région", "Libellé région", "Nom de la région", "Région"),
    "section_code": (
        "Code section électorale",
        "Code de la section",
        "Code section départementale",
        "Section",
        "Code du département",
    ),
    "section_name": (
        "Libellé section électorale",
        "Libellé de la section",
        "Nom de la section",
        "Libellé section départementale",
        "Libellé du département",
        "Département",
    ),
    "panel_number": ("N° Panneau Liste", "Numéro de panneau", "N° panneau", "Panneau", "N° liste"),
    "list_code": ("Code Dépôt Liste", "Code dépôt", "N° de dépôt", "N° dépôt liste", "Code de la liste"),
    "list_name": (
        "Libellé Etendu Liste",
        "Libellé de la liste",
        "Nom de la liste",
        "Titre de la liste",
        "Intitulé de la liste",
        "Liste",
    ),
    "nuance": ("Nuance Liste", "Nuance de liste", "Code nuance de liste", "Code nuance", "Nuance"),
    "nuance_label": ("Libellé nuance liste", "Libellé de la nuance", "Libellé nuance de liste"),
    "is_head": ("Tête de liste", "Candidat tête de liste", "Tête liste"),
    "rank": ("N° candidat", "Numéro de candidat", "Ordre", "N° d’ordre", "Rang", "Rang du candidat", "Position"),
    "sex": ("Sexe candidat", "Sexe", "Sexe du candidat", "Civilité candidat", "Civilité"),
    "last_name": ("Nom candidat", "Nom sur le bulletin de vote", "Nom du candidat", "Nom"),
    "first_names": ("Prénom candidat", "Prénom sur le bulletin de vote", "Prénom du candidat", "Prénom", "Prénoms"),
}
LABELS = {
    "region_code": gettext_lazy("code de la région"),
    "region_name": gettext_lazy("nom de la région"),
    "section_code": gettext_lazy("code de la section"),
    "section_name": gettext_lazy("nom de la section"),
    "panel_number": gettext_lazy("numéro de panneau"),
    "list_code": gettext_lazy("code de dépôt de la liste"),
    "list_name": gettext_lazy("nom de la liste"),
    "nuance": gettext_lazy("nuance"),
    "nuance_label": gettext_lazy("libellé de la nuance"),
    "is_head": gettext_lazy("tête de liste"),
    "rank": gettext_lazy("rang"),
    "sex": gettext_lazy("sexe ou civilité"),
    "last_name": gettext_lazy("nom de la personne"),
    "first_names": gettext_lazy("prénoms"),
}
CANDIDATES = FileKind(
    SPELLINGS,
    needed=("region_code", "section_code", "list_name", "is_head", "rank", "sex", "last_name", "first_names"),
    either=("list_code", "panel_number"),
)
