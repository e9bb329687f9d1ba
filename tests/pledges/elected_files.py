"""Small invented files in the layouts of the national register of elected officials. Nobody in them exists."""

REGIONAL_2023 = (
    "code_region",
    "libelle_region",
    "code_section_departementale",
    "libelle_section_departementale",
    "nom_elu",
    "prenom_elu",
    "sexe_elu",
    "date_naissance_elu",
    "code_categorie_socio_professionnelle",
    "libelle_categorie_socio_professionnelle",
    "date_debut_mandat",
    "libelle_fonction",
    "date_debut_fonction",
    "lieu_naissance_elu",
    "code_nuance_mandat",
    "libelle_nuance_mandat",
)
REGIONAL_2021 = (
    "Code de la région",
    "Libellé de la région",
    "Code de la section départementale",
    "Libellé de la section départementale",
    "Nom de l'élu",
    "Prénom de l'élu",
    "Code sexe",
    "Date de naissance",
    "Code de la catégorie socio-professionnelle",
    "Libellé de la catégorie socio-professionnelle",
    "Date de début du mandat",
    "Libellé de la fonction",
    "Date de début de la fonction",
)
BORN, JOB = "1969-12-31 00:00:00+00", "Profession inventée"


def councillor(last_name, first_names="Alix", **changes):
    """One row of the regional file, as a mapping by the headers of 2023: of Côtes-d'Armor in Bretagne, unless told."""
    return {
        "code_region": "53",
        "libelle_region": "Bretagne",
        "code_section_departementale": "22",
        "libelle_section_departementale": "Côtes-d'Armor",
        "nom_elu": last_name,
        "prenom_elu": first_names,
        "sexe_elu": "F",
        "date_naissance_elu": BORN,
        "libelle_categorie_socio_professionnelle": JOB,
        "date_debut_mandat": "2021-07-02 00:00:00+00",
        "libelle_nuance_mandat": "Nuance inventée",
    } | changes


def text(rows, headers=REGIONAL_2023, separator="\t", encoding="utf-8"):
    """The bytes of a file: the cells of each row go by the names of 2023, in the order of the headers."""
    lines = [headers, *([row.get(name, "") for name in REGIONAL_2023[: len(headers)]] for row in rows)]
    return "".join(separator.join(line) + "\r\n" for line in lines).encode(encoding)


def cantons(rows, separator=";"):
    """The bytes of a departmental file: department, canton's code and name, last name, first name, sex."""
    headers = (
        "Code du département", "Libellé du département", "Code du canton", "Libellé du canton", "Nom de l'élu",
        "Prénom de l'élu", "Code sexe", "Date de naissance", "Date de début du mandat", "Libellé de la fonction",
    )  # fmt: skip
    lines = [
        (department, "Département", code, name, last, first, sex, "31/12/1969", "01/07/2021", "")
        for department, code, name, last, first, sex in rows
    ]
    return "".join(separator.join(line) + "\n" for line in (headers, *lines)).encode()


def assemblies(rows, separator=","):
    """The bytes of the file of single assemblies: their name, last name, first name."""
    headers = (
        "Code de la collectivité à statut particulier", "Libellé de la collectivité à statut particulier",
        "Code de la section départementale", "Libellé de la section départementale", "Nom de l'élu", "Prénom de l'élu",
        "Code sexe", "Date de naissance", "Date de début du mandat", "Libellé de la fonction",
    )  # fmt: skip
    lines = [("?", name, "", "", last, first, "F", "31/12/1969", "02/07/2021", "") for name, last, first in rows]
    return "".join(separator.join(line) + "\n" for line in (headers, *lines)).encode()
