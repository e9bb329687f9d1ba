"""Reading a file as someone said to: the columns that they named, the regions that are theirs."""

import io

import pytest

from pledges.official_files import FileRefusedError, read_candidates
from pledges.official_files.candidate_columns import CANDIDATES, LABELS, Cells
from pledges.official_files.tables import Origin, open_table
from tests.pledges.official_files import HEADERS, follower, person, text_file, workbook

REGIONS = {"53": "Bretagne", "28": "Normandie", "01": "Guadeloupe"}
ODD = HEADERS | {"last_name": "Patronyme", "code": "Réf."}


def read(content, **options):
    return read_candidates(io.BytesIO(content), name="essai.txt", regions=REGIONS, **options)


def refusal(content, **options):
    with pytest.raises(FileRefusedError) as caught:
        read(content, **options)
    return [str(problem) for problem in caught.value.problems] or str(caught.value)


def names(official):
    return {
        code: [person.last_name for one in lists for person in one.candidates]
        for code, lists in official.regions.items()
    }


# --- Columns ---


def test_a_column_that_someone_named_is_read():
    content = text_file([person("EXEMPLE")], headers=ODD)

    assert "« Nom candidat »" in refusal(content)
    official = read(content, mapping={"last_name": "patronyme", "list_code": "Réf."})

    assert names(official) == {"53": ["EXEMPLE"]}
    assert official.layout.columns["last_name"] == "Patronyme"


def test_what_someone_said_wins_over_a_known_header():
    content = text_file([person("EXEMPLE", birth_last_name="NAISSANCE")])

    official = read(content, mapping={"last_name": "Nom nais. candidat"})

    assert names(official) == {"53": ["NAISSANCE"]}


def test_a_named_column_that_this_file_does_not_have_is_of_no_account():
    official = read(text_file([person("EXEMPLE")]), mapping={"last_name": "Patronyme"})

    assert names(official) == {"53": ["EXEMPLE"]}


@pytest.mark.parametrize(
    ("headers", "mapping", "sentence"),
    [
        (
            ["Nom", "Truc", "Prénom"],
            {"sex": "Truc", "rank": "Truc"},
            "Colonne choisie pour deux choses à la fois : « Truc ».",
        ),
        (["Nom", "Truc", "truc"], {"sex": "Truc"}, "Colonne présente deux fois : « truc »."),
        (["Nom", "Prénom"], {"sex": "Nom"}, "Colonne choisie pour deux choses à la fois : « Nom »."),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(headers, mapping, sentence):
    with pytest.raises(FileRefusedError) as caught:
        CANDIDATES.lay_out(headers, mapping)

    assert str(caught.value) == sentence


def test_a_layout_says_what_it_has_what_it_lacks_and_what_nobody_reads():
    layout = CANDIDATES.lay_out(["Nom", " Truc ", "Prénom", "", "Réf.", ""])

    assert layout.columns == {"last_name": "Nom", "first_names": "Prénom"}
    assert layout.unread == ["Truc", "", "Réf."]
    assert layout.missing == [
        "region_code", "section_code", "list_name", "is_head", "rank", "sex", "list_code", "panel_number",
    ]  # fmt: skip
    assert CANDIDATES.lay_out([*(field for field in HEADERS.values())]).missing == []


def test_two_header_lines_that_say_the_same_have_one_signature():
    one, other = (
        CANDIDATES.lay_out(["N° Panneau Liste", "Truc"]),
        CANDIDATES.lay_out(["numero_panneau_liste", "TRUC", ""]),
    )

    assert one.signature == other.signature
    assert one.signature != CANDIDATES.lay_out(["Truc", "N° Panneau Liste"]).signature


def test_a_header_of_which_no_word_is_known_is_found_all_the_same():
    content = b"Ceci ; est ; un ; titre\nA1;B1;C1;D1;E1\n1;2;3;4;5\n"

    with open_table(io.BytesIO(content), CANDIDATES, name="essai.csv", may_lack=True) as table:
        assert table.origin == Origin("utf-8-sig", ";", "", 2, 3)
        assert table.layout.headers == ("A1", "B1", "C1", "D1", "E1")


def test_where_a_table_comes_from_is_told():
    title = "Candidatures\r\n".encode("latin-1")
    book = workbook([person("EXEMPLE")])

    with open_table(io.BytesIO(title + text_file([person("EXEMPLE")])), CANDIDATES, name="essai.txt") as table:
        assert table.origin == Origin("cp1252", "\t", "", 2, 3)
    with open_table(io.BytesIO(book), CANDIDATES, name="essai.xlsx") as table:
        assert table.origin == Origin(sheet="Sheet", header_line=1)


# --- Regions ---

ELSEWHERE = [
    person("NORMAND", region="28", region_name="Normandie", code="7"),
    person("FAUTIF", region="28", region_name="Normandie", code="", rank="x", sex="?"),
]


def test_the_rows_of_other_regions_are_counted_and_not_read():
    official = read(text_file([person("EXEMPLE"), *ELSEWHERE, follower("ESSAI")]), only={"53"})

    assert names(official) == {"53": ["EXEMPLE", "ESSAI"]}
    assert (official.row_count, official.elsewhere) == (4, {"28": 2})


def test_all_regions_are_read_unless_told():
    assert refusal(text_file([person("EXEMPLE"), *ELSEWHERE])) == [
        "ligne 4 : code de liste manquant",
        "ligne 4 : rang « x » : un nombre entier est attendu",
        "ligne 4 : sexe « ? » : F ou M attendu",
    ]


def test_a_file_of_other_regions_alone_is_refused():
    assert refusal(text_file(ELSEWHERE), only={"53"}) == (
        "Aucune candidature de vos régions dans ce fichier : il ne parle que d’autres."
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"region": "28", "region_name": "Bretagne"},
            "ligne 3 : le code 28 est celui de la région « Normandie », et le libellé dit « Bretagne »",
        ),
        ({"region": "99", "region_name": "Bretagne"}, "ligne 3 : région inconnue : « 99 »"),
        ({"region": "", "region_name": "Normandie"}, "ligne 3 : code de région manquant"),
    ],
)
def test_a_row_whose_region_is_in_doubt_is_not_left_aside(changes, reason):
    rows = [person("EXEMPLE"), follower("ESSAI", **changes)]

    assert refusal(text_file(rows), only={"53"}) == [reason]


def test_a_row_too_short_to_say_its_region_is_not_left_aside():
    content = text_file([person("EXEMPLE")]) + b"28\tNormandie\r\n"

    assert refusal(content, only={"53"}) == ["ligne 3 : 2 colonnes au lieu de 17"]


def test_every_field_has_a_name_in_words():
    assert tuple(LABELS) == Cells._fields


def test_a_damaged_end_of_a_workbook_is_refused_in_words():
    content = workbook([person("EXEMPLE")])

    with (
        pytest.raises(FileRefusedError) as caught,
        open_table(io.BytesIO(content[:-300]), CANDIDATES, name="essai.xlsx") as table,
    ):
        list(table.rows)

    assert str(caught.value) == "Ce classeur est illisible : enregistrez-le à nouveau au format XLSX ou CSV."


def test_progress_is_told_with_its_total():
    told = []
    rows = [person("EXEMPLE", rank="1"), *(follower(f"N{rank}", rank=str(rank)) for rank in range(2, 1501))]

    read(text_file(rows), progress=lambda *said: told.append(said))

    assert told == [("1 000 lignes lues", 1000, 1500)]
