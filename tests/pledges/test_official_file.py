"""Reading the ministry's files: whatever their layout, the same lists; and in words, what is wrong with them."""

import csv
import datetime
import hashlib
import io
import unicodedata
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from pledges.official_files import (
    CandidateRow,
    FileRefusedError,
    ListFacts,
    OfficialFile,
    OfficialList,
    read_candidates,
    refusals,
    tables,
)
from pledges.official_files.candidate_columns import CANDIDATES, Cells
from pledges.official_files.columns import Layout, key
from pledges.official_files.rows import section_code
from pledges.official_files.tables import Origin
from tests.pledges.official_files import (
    BIRTH_DATE,
    BIRTH_NAME,
    HEADERS,
    follower,
    person,
    table,
    text_file,
    workbook,
)

REGIONS = {"53": "Bretagne", "01": "Guadeloupe", "24": "Centre-Val de Loire", "94": "Corse"}
TWO = [person("EXEMPLE", "Alix, Dominique"), follower("D'ESSAI-ÉTÉ", "Sacha")]
HEAD, NOT_HEAD = True, False
FACTS = ListFacts("53", "9", 1, "Liste de démonstration A", "LDIV", "")
PEOPLE = [
    CandidateRow(2, "22", "Côtes-d'Armor", 1, HEAD, "EXEMPLE", "Alix, Dominique", "alix dominique exemple", "F"),
    CandidateRow(3, "22", "Côtes-d'Armor", 2, NOT_HEAD, "D'ESSAI-ÉTÉ", "Sacha", "sacha d essai ete", "M"),
]
# Where HEADERS keep each field of Cells.
LAYOUT = Layout(CANDIDATES, tuple(HEADERS.values()), (0, 1, 2, 3, 4, 5, 6, 7, None, 8, 9, 10, 11, 12))


def read(content, *, name="candidatures.txt", **options):
    return read_candidates(io.BytesIO(content), name=name, regions=REGIONS, **options)


def lists_of(content, **options):
    return [official for lists in read(content, **options).regions.values() for official in lists]


def refusal(content, **options):
    with pytest.raises(FileRefusedError) as caught:
        read(content, **options)
    return caught.value


def renamed(**headers):
    return HEADERS | headers


# --- Layouts ---


def test_a_file_in_the_ministry_s_layout_is_read_whole():
    content = text_file(TWO)

    official = read(content)

    assert official == OfficialFile(
        name="candidatures.txt",
        sha256=hashlib.sha256(content).hexdigest(),
        origin=Origin(encoding="cp1252", separator="\t", header_line=1, line_count=3),
        layout=LAYOUT,
        row_count=2,
        regions={"53": [OfficialList(2, FACTS, PEOPLE)]},
    )
    assert official.fields == frozenset(Cells._fields) - {"nuance_label"}


def test_birth_dates_and_birth_names_are_not_kept():
    official = read(text_file(TWO))

    assert BIRTH_DATE not in repr(official)
    assert BIRTH_NAME not in repr(official)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_encoding_separator_and_line_ends_do_not_count(encoding, separator, end):
    content = text_file(TWO, encoding=encoding, separator=separator, end=end)

    lists = lists_of(content)

    assert lists == [OfficialList(2, FACTS, PEOPLE)]


def test_what_windows_adds_to_latin_1_is_read():
    [official] = lists_of(text_file([person("EXEMPLE", name="L’œuvre – à 5 €…")], encoding="cp1252"))

    assert official.facts.name == "L’œuvre – à 5 €…"


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(separator):
    name = f'Ensemble{separator} "autrement"\r\net mieux'
    rows = [person("EXEMPLE", name=name), follower("ESSAI", name=name)]

    minimal = lists_of(text_file(rows, separator=separator))
    quoted = lists_of(text_file(rows, separator=separator, quoting=csv.QUOTE_ALL))

    clean = " ".join(name.split())
    assert [official.facts.name for official in minimal] == [clean]
    assert [(person.line, person.last_name) for person in minimal[0].candidates] == [(2, "EXEMPLE"), (4, "ESSAI")]
    assert quoted == minimal


@pytest.mark.parametrize("name", ['"Agir" pour la région', 'Agir "ensemble"', '"Agir', 'Agir"', '5" de plus'])
def test_quotes_that_quote_nothing_are_part_of_the_text(name):
    rows = [person("EXEMPLE", name=name), follower("ESSAI", name=name)]
    lines = ["\t".join(cells) for cells in table(rows)]

    [official] = lists_of("\n".join(lines).encode())

    assert official.facts.name == name
    assert [person.line for person in official.candidates] == [2, 3]


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
def test_lone_quotes_never_make_one_row_of_two(separator):
    rows = [person('"EXEMPLE', job='"Inventée'), follower('ESSAI"', job='Inventée"')]
    lines = [separator.join(cells) for cells in table(rows)]

    [official] = lists_of("\n".join(lines).encode())

    assert [(person.line, person.last_name) for person in official.candidates] == [(2, '"EXEMPLE'), (3, 'ESSAI"')]


def test_a_line_break_in_the_last_cell_is_part_of_it():
    rows = [person("EXEMPLE", job="Profession\ninventée"), follower("ESSAI")]

    [official] = lists_of(text_file(rows))

    assert [(person.line, person.last_name) for person in official.candidates] == [(2, "EXEMPLE"), (4, "ESSAI")]


NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"], exclude_characters="\ufffd"), max_size=40
).map("X{}".format)


@given(last_name=NAMES, first_names=NAMES, separator=st.sampled_from("\t,;"), end=st.sampled_from(["\r\n", "\n", "\r"]))
def test_names_come_back_as_they_were_written(last_name, first_names, separator, end):
    rows = [person(last_name, first_names), follower("ESSAI")]

    [official] = lists_of(text_file(rows, encoding="utf-8", separator=separator, end=end))

    assert official.candidates[0].last_name == unicodedata.normalize("NFC", " ".join(last_name.split()))
    assert official.candidates[0].first_names == unicodedata.normalize("NFC", " ".join(first_names.split()))


@pytest.mark.parametrize(
    "headers",
    [
        renamed(region="Code région", panel="Numéro de panneau", name="Libellé de la liste", nuance="Nuance de liste"),
        renamed(region="code_region", region_name="libelle_region", section="code_section", head="tete_de_liste"),
        renamed(region="CODE REGION", panel="N°Panneau Liste", code="Code dépôt", rank="Ordre", sex="Sexe"),
        renamed(region="CodeRégion", panel="Nº panneau", rank="No candidat", name="Titre de la liste"),
        renamed(last_name="Nom sur le bulletin de vote", first_names="Prénom sur le bulletin de vote", rank="Rang"),
        renamed(last_name="nom_candidat", first_names="prenom_candidat", rank="numero_candidat", sex="sexe_candidat"),
        dict(reversed(HEADERS.items())),
    ],
)
def test_headers_are_known_by_all_their_spellings_in_any_order(headers):
    lists = lists_of(text_file(TWO, headers=headers, encoding="utf-8"))

    assert lists == [OfficialList(2, FACTS, PEOPLE)]


def test_case_accents_spaces_articles_and_short_forms_of_headers_do_not_count():
    spellings = ["N° Panneau Liste", "numéro_panneau_liste", "No panneau de la LISTE", "  NUMERO-PANNEAU\xa0LISTE "]

    assert {key(spelling) for spelling in spellings} == {"numeropanneauliste"}


def test_the_most_precise_of_two_known_columns_is_read():
    headers = renamed(birth_last_name="Nom", job="Libellé de la liste")

    [official] = lists_of(text_file([person("EXEMPLE")], headers=headers))

    assert official.facts.name == "Liste de démonstration A"
    assert [person.last_name for person in official.candidates] == ["EXEMPLE"]


def test_title_lines_before_the_header_are_passed_over():
    content = "Élections inventées\r\n\r\nCandidatures par région\r\n".encode("latin-1") + text_file(
        [person("EXEMPLE")]
    )

    [official] = lists_of(content)

    assert [(person.line, person.last_name) for person in official.candidates] == [(5, "EXEMPLE")]


def test_blank_rows_and_empty_columns_at_the_end_are_passed_over():
    lines = text_file([person("EXEMPLE"), follower("ESSAI")]).split(b"\r\n")
    content = b";;\r\n".replace(b";", b"\t").join(
        [lines[0] + b"\t\t\r\n", lines[1] + b"\t\t\r\n\r\n", lines[2] + b"\t"]
    )

    [official] = lists_of(content)

    assert [person.last_name for person in official.candidates] == ["EXEMPLE", "ESSAI"]


def test_a_file_without_deposit_codes_goes_by_panel():
    headers = {column: header for column, header in HEADERS.items() if column != "code"}
    rows = [person("EXEMPLE"), person("ESSAI", panel="02", name="Liste de démonstration B")]

    first, second = lists_of(text_file(rows, headers=headers))

    assert (first.facts.code, first.facts.panel_number) == ("", 1)
    assert (second.facts.code, second.facts.panel_number) == ("", 2)


def test_labels_of_nuances_are_read_when_the_file_has_them():
    headers = renamed(job="Libellé de la nuance")

    [official] = lists_of(text_file([person("EXEMPLE", job="Divers inventés", nuance="ldiv")], headers=headers))

    assert official.facts == FACTS._replace(nuance_label="Divers inventés")


@pytest.mark.parametrize("code", ["1", "01", " 01 ", "1.0", "001"])
def test_region_codes_are_read_padded_or_not(code):
    rows = [person("EXEMPLE", region=code, region_name="GUADELOUPE", section="", section_name="")]

    official = read(text_file(rows))

    assert list(official.regions) == ["01"]
    assert official.regions["01"][0].candidates[0][1:3] == ("", "")


@pytest.mark.parametrize(
    "label", ["", "Centre", "centre-val de loire", "Région Centre-Val de Loire", "LE CENTRE VAL DE LOIRE"]
)
def test_labels_of_regions_may_be_shorter_or_longer(label):
    official = read(text_file([person("EXEMPLE", region="24", region_name=label)]))

    assert list(official.regions) == ["24"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1", "01"),
        ("01", "01"),
        ("001", "01"),
        ("22.0", "22"),
        ("2a", "2A"),
        ("69D", "69D"),
        ("69M", "69M"),
        ("67-68", "67-68"),
        ("67 - 68", "67-68"),
        ("ZA", "971"),
        ("ZB", "972"),
        ("ZC", "973"),
        ("ZD", "974"),
        ("ZM", "976"),
        ("ZB1", "ZB1"),
        ("ZC8", "ZC8"),
        ("974", "974"),
    ],
)
def test_sections_have_insee_s_codes_and_special_ones_stay(written, code):
    assert section_code(written) == code


@pytest.mark.parametrize("yes", ["Oui", "OUI", "o", "X", "1", "1.0", "Vrai"])
@pytest.mark.parametrize("no", ["Non", "n", "", "0", "Faux"])
def test_the_head_of_list_is_told_in_several_ways_and_need_not_be_first(yes, no):
    rows = [person("EXEMPLE", head=no), follower("ESSAI", head=yes)]

    [official] = lists_of(text_file(rows))

    assert [person.is_head for person in official.candidates] == [False, True]


@pytest.mark.parametrize(
    ("written", "sex"), [("F", "F"), ("M", "M"), ("f", "F"), ("H", "M"), ("Mme", "F"), ("Féminin", "F"), ("", "")]
)
def test_sex_is_read_as_the_file_states_it(written, sex):
    [official] = lists_of(text_file([person("EXEMPLE", sex=written)]))

    assert [person.sex for person in official.candidates] == [sex]


# --- Workbooks ---


def test_a_workbook_says_the_same_as_a_text():
    rows = [
        person("EXEMPLE", "Alix, Dominique", region=53, section=22.0, panel=1, code=9.0, rank=1, head=True),
        follower("D'ESSAI-ÉTÉ", region=53.0, section="22", panel=1.0, code="09", rank=2.0, head=False, job=None),
    ]
    rows[0]["born_on"] = datetime.date(1969, 12, 31)
    content = workbook(rows, other_sheets=["Lisez-moi"])

    official = read(content, name="candidatures.xlsx")

    assert official == OfficialFile(
        "candidatures.xlsx",
        hashlib.sha256(content).hexdigest(),
        Origin(sheet="Sheet", header_line=1),
        LAYOUT,
        2,
        {"53": [OfficialList(2, FACTS, PEOPLE)]},
    )


def test_a_workbook_s_section_read_as_a_date_by_the_spreadsheet_is_refused():
    rows = [person("EXEMPLE", section=datetime.datetime(2021, 1, 2, tzinfo=None))]  # noqa: DTZ001  as in a workbook

    error = refusal(workbook(rows), name="candidatures.xlsx")

    assert [str(problem) for problem in error.problems] == ["ligne 2 : section « 02/01/2021 » illisible"]


def test_an_uploaded_file_is_read_like_any_other():
    upload = SimpleUploadedFile("candidatures.csv", text_file(TWO, encoding="utf-8"))

    official = read_candidates(upload.file, name=upload.name, regions=REGIONS)

    assert official.regions == {"53": [OfficialList(2, FACTS, PEOPLE)]}
    assert not upload.closed


# --- Refusals of the whole file ---


def without(*columns):
    return {column: header for column, header in HEADERS.items() if column not in columns}


def zipped(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


def hostile_workbook():
    """A workbook whose sheet declares an XML entity."""
    original = zipfile.ZipFile(io.BytesIO(workbook([person("EXEMPLE")])))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in original.infolist():
            text = original.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE bomb [<!ENTITY a "aaaa">]>' + text
            archive.writestr(part.filename, text)
    return content.getvalue()


UNDECIPHERABLE = "L’encodage de ce fichier est indéchiffrable ou mélangé : enregistrez-le au format CSV (UTF-8)."
NOT_TEXT = "Ce fichier n’est pas un texte lisible : enregistrez-le au format CSV (UTF-8) ou XLSX."
NOT_XLSX = "Ce fichier n’est pas un classeur XLSX, malgré son nom, ou bien un mot de passe le protège."
BAD_XLSX = "Ce classeur est illisible : enregistrez-le à nouveau au format XLSX ou CSV."


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.txt", "Ce fichier est vide."),
        (b"\xef\xbb\xbf", "a.txt", "Ce fichier est vide."),
        (b"\r\n \r\n", "a.txt", "Ce fichier est vide."),
        (text_file([]), "a.txt", "Ce fichier n’a que des en-têtes : aucune candidature."),
        (workbook([]), "a.xlsx", "Ce fichier n’a que des en-têtes : aucune candidature."),
        (text_file([person("\x00")]), "a.txt", NOT_TEXT),
        (text_file([person("EXEMPLE")], encoding="utf-16"), "a.txt", NOT_TEXT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a.xls", NOT_TEXT),
        (text_file([person("EXEMPLE")]) + b"\x81\x8d", "a.txt", UNDECIPHERABLE),
        (text_file([person("É")], encoding="utf-8") + text_file([person("É")]), "a.txt", UNDECIPHERABLE),
        (text_file([person("EXEMPLE")]), "a.xlsx", NOT_XLSX),
        (b"PK\x03\x04 and then nothing like an archive", "a.xlsx", BAD_XLSX),
        (zipped(readme="Not a workbook"), "a.xlsx", BAD_XLSX),
        (hostile_workbook(), "a.xlsx", BAD_XLSX),
        (
            text_file([person("EXEMPLE")]) + b"x" * 100_001,
            "a.txt",
            "La ligne 3 est démesurée : ce n’est pas un fichier officiel.",
        ),
        (
            text_file([person("EXEMPLE")], headers=renamed(job="Nom candidat")),
            "a.txt",
            "Colonne présente deux fois : « Nom candidat ».",
        ),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,  # an archive holds the hour at which it was made
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content, name, sentence):
    error = refusal(content, name=name)

    assert (str(error), error.problems) == (sentence, ())


def test_missing_columns_are_named_with_the_spellings_accepted():
    headers = {"sex": "Sexe", "code": "Code liste", "name": "Liste", "rank": "Rang", "head": "Tête de liste"}

    error = refusal(text_file([person("EXEMPLE")], headers=headers, separator=";"))

    assert str(error) == (
        "Colonnes introuvables : « Code de la région » (ou « Code région », « code_region », « Code INSEE de la"
        " région », « Région (code) ») ; « Code section électorale » (ou « Code de la section », « Code section"
        " départementale », « Section », « Code du département ») ; « Nom candidat » (ou « Nom sur le bulletin de"
        " vote », « Nom du candidat », « Nom ») ; « Prénom candidat » (ou « Prénom sur le bulletin de vote »,"
        " « Prénom du candidat », « Prénom », « Prénoms »). Les en-têtes du fichier sont : « Sexe », « Code liste »,"
        " « Liste », « Rang », « Tête de liste »."
    )


def test_a_file_needs_deposit_codes_or_panels():
    error = refusal(text_file([person("EXEMPLE")], headers=without("code", "panel")))

    assert str(error).startswith(
        "Colonnes introuvables : « Code Dépôt Liste » (ou « Code dépôt », « N° de dépôt », « N° dépôt liste », « Code"
        " de la liste »), ou à défaut « N° Panneau Liste » (ou « Numéro de panneau », « N° panneau », « Panneau »,"
        " « N° liste »). Les en-têtes"
    )


def test_a_file_over_the_size_limit_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 1024 * 1024)

    error = refusal(text_file([person("EXEMPLE")]) + b" " * 1024 * 1024)

    assert str(error) == "Ce fichier dépasse 1 Mo."


def test_a_workbook_whose_shared_words_are_too_heavy_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "_MAX_PART_BYTES", 1024)

    error = refusal(workbook([person(f"EXEMPLE{'E' * n}", rank=str(n)) for n in range(1, 60)]), name="a.xlsx")

    assert str(error) == "Ce classeur est trop gros une fois décompressé."


def test_a_workbook_that_swells_when_unzipped_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "_MAX_UNZIPPED_BYTES", 1024)

    error = refusal(workbook([person("EXEMPLE")]), name="a.xlsx")

    assert str(error) == "Ce classeur est trop gros une fois décompressé."


# --- Bad rows ---


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"last_name": " "}, "nom manquant"),
        ({"last_name": "-"}, "nom manquant"),
        ({"first_names": ""}, "prénom manquant"),
        ({"region": ""}, "code de région manquant"),
        ({"region": "99"}, "région inconnue : « 99 »"),
        (
            {"region_name": "Corse"},
            "le code 53 est celui de la région « Bretagne », et le libellé dit « Corse »",
        ),
        ({"rank": "douze"}, "rang « douze » : un nombre entier est attendu"),
        ({"rank": "1.5"}, "rang « 1.5 » : un nombre entier est attendu"),
        ({"rank": "0"}, "rang « 0 » : un nombre entier est attendu"),
        ({"rank": "-2"}, "rang « -2 » : un nombre entier est attendu"),
        ({"rank": "32768"}, "rang « 32768 » : un nombre entier est attendu"),
        ({"rank": ""}, "rang manquant"),
        ({"panel": "A"}, "numéro de panneau « A » : un nombre entier est attendu"),
        ({"sex": "Z"}, "sexe « Z » : F ou M attendu"),
        ({"sex": "?"}, "sexe « ? » : F ou M attendu"),
        ({"head": "peut-être"}, "tête de liste « peut-être » : Oui ou Non attendu"),
        ({"code": ""}, "code de liste manquant"),
        ({"code": "9" * 21}, f"code de liste « {'9' * 21} » trop long"),
        ({"name": ""}, "nom de liste manquant"),
        ({"name": "A" * 501}, f"« {'A' * 60}… » dépasse 500 caractères"),
        ({"last_name": "A" * 121}, f"« {'A' * 60}… » dépasse 120 caractères"),
        ({"nuance": "L" * 11}, f"nuance « {'L' * 11} » trop longue"),
        ({"section": "Côtes"}, "section « Côtes » illisible"),
        ({"last_name": "EX\x07EMPLE"}, "caractère illisible dans « EX\x07EMPLE »"),
        ({"last_name": "#N/A"}, "caractère illisible dans « #N/A »"),
    ],
)
def test_a_bad_cell_refuses_the_file_with_its_line_and_the_reason(change, reason):
    rows = [person("EXEMPLE"), follower("ESSAI"), person("AUTRE", rank="3", head="Non") | change]

    error = refusal(text_file(rows))

    assert str(error) == "Rien n’est importé. Anomalies à corriger dans le fichier : 1."
    assert [str(problem) for problem in error.problems] == [f"ligne 4 : {reason}"]


def test_a_damaged_character_is_a_bad_cell():
    error = refusal(text_file([person("EX\ufffdMPLE")], encoding="utf-8"))

    assert [str(problem) for problem in error.problems] == ["ligne 2 : caractère illisible dans « EX\ufffdMPLE »"]


def test_rows_too_short_or_too_long_are_bad():
    lines = text_file([person("EXEMPLE"), follower("ESSAI"), follower("AUTRE", rank="3")]).split(b"\r\n")
    lines[2] = lines[2].rsplit(b"\t", 1)[0]
    lines[3] += b"\tun de plus"

    error = refusal(b"\r\n".join(lines))

    assert [str(problem) for problem in error.problems] == [
        "ligne 3 : 16 colonnes au lieu de 17",
        "ligne 4 : 18 colonnes au lieu de 17",
    ]


def test_every_bad_row_is_listed_in_the_order_of_the_file():
    rows = [
        person("EXEMPLE"),
        follower("", rank="x"),
        person("ESSAI", rank="2"),
        person("AUTRE", code="8", panel="2", name="Liste B", head="Non"),
        person("EXEMPLE", region="99"),
    ]

    error = refusal(text_file(rows))

    assert str(error) == "Rien n’est importé. Anomalies à corriger dans le fichier : 4."
    assert [str(problem) for problem in error.problems] == [
        "ligne 3 : nom manquant",
        "ligne 3 : rang « x » : un nombre entier est attendu",
        "ligne 4 : la liste « Liste de démonstration A » a déjà une tête de liste, ligne 2",
        "ligne 6 : région inconnue : « 99 »",
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (follower("AUTRE", rank="1"), "le rang 1 de cette section est déjà pris ligne 2"),
        (follower("Exémple", "ALIX"), "ALIX Exémple figure déjà dans cette section de la liste, ligne 2"),
        (
            follower("AUTRE", head="Oui"),
            "la liste « Liste de démonstration A » a déjà une tête de liste, ligne 2",
        ),
        (
            follower("AUTRE", name="Liste B"),
            "nom de la liste « Liste B », et « Liste de démonstration A » ligne 2",
        ),
        (follower("AUTRE", panel="2"), "numéro de panneau de la liste « 2 », et « 1 » ligne 2"),
        (follower("AUTRE", nuance="LREG"), "nuance de la liste « LREG », et « LDIV » ligne 2"),
        (
            person("AUTRE", code="8", name="Liste B"),
            "le panneau 1 est déjà celui de la liste « Liste de démonstration A » (ligne 2)",
        ),
        (
            person("AUTRE", code="8", panel="2", name="Liste B", head="Non"),
            "la liste « Liste B » n’a pas de tête de liste",
        ),
    ],
)
def test_what_only_several_rows_show_is_refused_too(row, reason):
    error = refusal(text_file([person("EXEMPLE"), row]))

    assert [str(problem) for problem in error.problems] == [f"ligne 3 : {reason}"]


def test_the_same_name_in_another_section_or_list_is_another_person():
    rows = [
        person("EXEMPLE"),
        person("EXEMPLE", section="29", head="Non"),
        person("EXEMPLE", code="8", panel="2", name="Liste B"),
    ]

    lists = lists_of(text_file(rows))

    assert [[person.line for person in official.candidates] for official in lists] == [[2, 3], [4]]


def test_a_long_report_is_cut_and_says_so():
    rows = [person("EXEMPLE"), *(follower("", rank=str(rank)) for rank in range(2, 62))]

    error = refusal(text_file(rows))

    lines = error.report().split("\n")
    assert len(error.problems) == 60
    assert len(lines) == 52
    assert lines[:2] == ["Rien n’est importé. Anomalies à corriger dans le fichier : 60.", "  ligne 3 : nom manquant"]
    assert lines[-1] == "  et 10 autres."


def test_reading_stops_when_nearly_all_is_bad(monkeypatch):
    monkeypatch.setattr(refusals, "PROBLEMS_KEPT", 10)

    error = refusal(text_file([follower("", rank=str(rank)) for rank in range(1, 30)]))

    assert str(error) == "Rien n’est importé : déjà 10 anomalies, la lecture s’arrête là."
    assert len(error.problems) == 10


def test_progress_is_told(monkeypatch):
    monkeypatch.setattr("pledges.official_files.lists._TELL_EVERY", 2)
    told = []

    read(
        text_file([person("EXEMPLE"), *(follower(f"ESSAI{rank}", rank=str(rank)) for rank in range(2, 6))]),
        progress=lambda *said: told.append(said),
    )

    assert told == [("2 lignes lues", 2, 5), ("4 lignes lues", 4, 5)]
