"""The model texts: files that an office suite opens, filled with the right names of each territory."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from regions.models import Region
from resources.enums import ModelText, ResourceState
from resources.model_texts import FORMATS, names_of, twin, write
from resources.odt import MEDIA_TYPE, document
from resources.prose import read
from tests.pledges.factories import CharterFactory
from tests.regions.factories import RegionFactory
from tests.resources.factories import ResourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

with (settings.BASE_DIR / "regions" / "data" / "regions.csv").open(encoding="utf-8") as rows:
    REGIONS = {row["slug"]: Region(**row) for row in csv.DictReader(rows)}
    for each in REGIONS.values():
        each.name_type = int(each.name_type)
NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}


@pytest.fixture
def charter():
    return CharterFactory(version="2028")


def parts_of(odt):
    with zipfile.ZipFile(io.BytesIO(odt)) as archive:
        return archive.infolist(), {name: archive.read(name) for name in archive.namelist()}


def text_of(written):
    return written.content.decode()


def words_of(odt):
    """What is read in the file, paragraph by paragraph."""
    root = ElementTree.fromstring(parts_of(odt)[1]["content.xml"])
    tags = {f"{{{NAMESPACES['text']}}}p", f"{{{NAMESPACES['text']}}}h"}
    return ["".join(each.itertext()) for each in root.iter() if each.tag in tags]


# --- The names of a territory ---

NAMES = {
    "auvergne-rhone-alpes": ("Auvergne-Rhône-Alpes", "d’Auvergne-Rhône-Alpes"),
    "bourgogne-franche-comte": ("Bourgogne-Franche-Comté", "de Bourgogne-Franche-Comté"),
    "bretagne": ("Bretagne", "de Bretagne"),
    "centre-val-de-loire": ("Centre-Val de Loire", "du Centre-Val de Loire"),
    "grand-est": ("Grand Est", "du Grand Est"),
    "guadeloupe": ("Guadeloupe", "de la Guadeloupe"),
    "hauts-de-france": ("Hauts-de-France", "des Hauts-de-France"),
    "ile-de-france": ("Île-de-France", "d’Île-de-France"),
    "la-reunion": ("Réunion", "de La Réunion"),
    "normandie": ("Normandie", "de Normandie"),
    "nouvelle-aquitaine": ("Nouvelle-Aquitaine", "de Nouvelle-Aquitaine"),
    "occitanie": ("Occitanie", "d’Occitanie"),
    "pays-de-la-loire": ("Pays de la Loire", "des Pays de la Loire"),
    "provence-alpes-cote-d-azur": ("Provence-Alpes-Côte d’Azur", "de Provence-Alpes-Côte d’Azur"),
}
SINGLE = {
    "corse": ("Collectivité de Corse", "Assemblée de Corse", "du conseil exécutif de Corse"),
    "guyane": ("Collectivité territoriale de Guyane", "Assemblée de Guyane", "de l’Assemblée de Guyane"),
    "martinique": (
        "Collectivité territoriale de Martinique",
        "Assemblée de Martinique",
        "du conseil exécutif de Martinique",
    ),
    "mayotte": ("Département-Région de Mayotte", "Assemblée de Mayotte", "de l’Assemblée de Mayotte"),
}


def test_no_region_is_left_out():
    assert set(NAMES) | set(SINGLE) == set(REGIONS)


@pytest.mark.parametrize("slug", NAMES)
def test_a_regional_council_deliberates_by_its_own_name(charter, slug):
    name, of_name = NAMES[slug]

    lines = text_of(write(ModelText.DELIBERATION, charter, REGIONS[slug], "txt")).split("\n\n")

    assert lines[:2] == [f"Région {name}", f"Conseil régional {of_name}"]
    assert f"Le conseil régional {of_name}," in lines
    assert f"schémas et des plans de la région {name}," in "".join(lines)
    assert f"La présidence du conseil régional {of_name} est chargée" in "".join(lines)


@pytest.mark.parametrize("slug", SINGLE)
def test_a_single_assembly_deliberates_by_its_own_name_without_the_articles_of_regions(charter, slug):
    title, council, executive = SINGLE[slug]

    text = text_of(write(ModelText.DELIBERATION, charter, REGIONS[slug], "txt"))

    assert text.split("\n\n")[:2] == [title, council]
    assert f"L’{council}," in text.split("\n\n")
    assert f"La présidence {executive} est chargée" in text
    assert names_of(REGIONS[slug]).of in text
    assert not re.search(r"conseil régional|la région |L\.\s4251", text)


@pytest.mark.parametrize("slug", REGIONS)
def test_a_letter_names_the_assembly_and_the_page_of_the_territory(charter, slug):
    region = REGIONS[slug]

    text = text_of(write(ModelText.LETTER, charter, region, "txt"))

    article = "l’" if slug in SINGLE else "le "
    assert f"votre liste aux suffrages pour {article}{region.council}." in text
    assert f"toutes les listes {region.of_name}," in text
    assert f"https://engagements.example.org/regions/{slug}/" in text
    assert "https://engagements.example.org/signer/" in text


# --- What they say ---


@pytest.mark.parametrize("model_text", ModelText)
def test_a_model_has_the_principles_of_the_charter_its_version_and_no_date(charter, model_text):
    text = text_of(write(model_text, charter, REGIONS["normandie"], "txt"))

    for principle in charter.principles.all():
        assert f"{principle.number}. {principle.short}" in text
        assert principle.statement in text
    assert "version 2028" in text
    assert "le [date]" in text
    assert "{{" not in text


@pytest.mark.parametrize("model_text", ModelText)
def test_without_a_territory_its_names_are_blanks_and_its_page_shows_the_same(charter, model_text):
    text = text_of(write(model_text, charter, None, "txt"))
    shown = re.sub(r"<[^>]+>", " ", read(twin(model_text, charter)).html)

    assert "[nom de l’assemblée]" in text.lower()
    assert re.findall(r"\w{6,}", text) == re.findall(r"\w{6,}", shown)
    assert read(twin(model_text, charter)).faults == []


def test_the_letter_says_that_it_is_the_same_for_all_and_asks_nobody_to_support():
    letter = text_of(write(ModelText.LETTER, CharterFactory(), None, "txt"))

    assert "Cette lettre est adressée à toutes les listes." in letter
    assert "ni soutien de sa part" in letter


# --- The file ---


@pytest.mark.parametrize("model_text", ModelText)
def test_an_office_suite_knows_the_file_by_its_first_bytes_and_what_is_in_it(charter, model_text):
    content = write(model_text, charter, REGIONS["corse"], "odt").content
    entries, parts = parts_of(content)
    manifest = ElementTree.fromstring(parts["META-INF/manifest.xml"])

    assert (entries[0].filename, entries[0].compress_type, entries[0].extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert content[30 : 38 + len(MEDIA_TYPE)] == f"mimetype{MEDIA_TYPE}".encode()
    assert {path for each in manifest for name, path in each.items() if name.endswith("full-path")} == {
        "/",
        *(set(parts) - {"mimetype", "META-INF/manifest.xml"}),
    }


def test_the_file_has_a_title_a_language_and_only_styles_that_it_defines(charter):
    _entries, parts = parts_of(write(ModelText.DELIBERATION, charter, REGIONS["normandie"], "odt").content)
    meta, styles, content = (ElementTree.fromstring(parts[name]) for name in ("meta.xml", "styles.xml", "content.xml"))

    defined = {
        value for each in styles.iter() for name, value in each.items() if name == f"{{{NAMESPACES['style']}}}name"
    }
    used = {
        value
        for each in content.iter()
        for name, value in each.items()
        if name == f"{{{NAMESPACES['text']}}}style-name"
    }
    default = styles.find(".//style:default-style/style:text-properties", NAMESPACES)
    assert meta.find(".//dc:title", NAMESPACES).text == "Délibération sur les cinq principes de l’ESS, Normandie"
    assert default.get(f"{{{NAMESPACES['fo']}}}language") == "fr"
    assert used <= defined
    assert {"Placeholder", "Numbers", "Heading_20_1", "Text_20_body"} <= used


@pytest.mark.parametrize("model_text", ModelText)
def test_both_formats_say_the_same(charter, model_text):
    region = REGIONS["bretagne"]

    odt = write(model_text, charter, region, "odt")
    txt = write(model_text, charter, region, "txt")

    words = [re.sub(r"^\d\. ", "", line) for line in text_of(txt).split("\n")]
    assert "".join("".join(words_of(odt.content)).split()) == "".join("".join(words).split())
    assert odt.content == write(model_text, charter, region, "odt").content


def test_signs_of_xml_are_words_and_what_xml_cannot_hold_goes():
    charter = CharterFactory(statements=["Moins < plus & « tout »\x0b ]]>"])

    content = write(ModelText.LETTER, charter, None, "odt").content

    assert "Moins < plus & «\u202ftout\u202f» ]]>" in " ".join(words_of(content))
    assert document("Un <titre>", []).startswith(b"PK")


@pytest.mark.parametrize("model_text", ModelText)
def test_a_model_is_in_french_whoever_asks_for_it(charter, model_text):
    region = REGIONS["bretagne"]

    with override("en"):
        written = write(model_text, charter, region, "txt"), write(model_text, charter, None, "odt")
        shown = twin(model_text, charter)

    assert written == (write(model_text, charter, region, "txt"), write(model_text, charter, None, "odt"))
    assert shown == twin(model_text, charter)


# --- Its address ---


@pytest.fixture
def resource(charter):
    return ResourceFactory(slug="deliberation", version__url="", version__model_text=ModelText.DELIBERATION)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_visitor_keeps_the_text_of_a_territory_under_its_name(
    client, charter, resource, file_format, django_assert_num_queries
):
    region = RegionFactory(name="Bretagne", slug="bretagne", council="conseil régional de Bretagne")

    with django_assert_num_queries(6):
        response = client.get(reverse("model-text", args=[resource.slug, "bretagne", file_format]))

    name = f"projet-de-deliberation-bretagne.{file_format}"
    assert response.content == write(ModelText.DELIBERATION, charter, region, file_format).content
    assert response.headers["Content-Type"] == FORMATS[file_format]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"].startswith("public")


def test_a_visitor_keeps_the_text_with_its_blanks(client, resource):
    response = client.get(reverse("model-text-blank", args=[resource.slug, "txt"]))

    assert response.headers["Content-Disposition"] == 'attachment; filename="projet-de-deliberation-modele.txt"'
    assert response.content.decode().startswith("[Nom de la collectivité]")


@pytest.mark.parametrize(
    ("slug", "region", "file_format"),
    [
        ("deliberation", "bretagne", "docx"),
        ("deliberation", "ailleurs", "odt"),
        ("autre-chose", "bretagne", "odt"),
        ("un-lien", "bretagne", "odt"),
        ("un-brouillon", "bretagne", "odt"),
        ("normande", "bretagne", "odt"),
    ],
)
def test_what_is_no_model_text_of_the_public_is_not_there(client, resource, slug, region, file_format):
    RegionFactory(slug="bretagne")
    ResourceFactory(slug="un-lien")
    model = {"version__url": "", "version__model_text": ModelText.LETTER}
    ResourceFactory(slug="un-brouillon", state=ResourceState.DRAFT, published_on=None, **model)
    ResourceFactory(slug="normande", region=RegionFactory(slug="normandie"), **model)

    response = client.get(reverse("model-text", args=[slug, region, file_format]))

    assert response.status_code == 404


def test_a_text_of_one_territory_has_no_blank_form_and_its_own(client, charter):
    region = RegionFactory(slug="normandie")
    ResourceFactory(slug="normande", region=region, version__url="", version__model_text=ModelText.LETTER)

    assert client.get(reverse("model-text-blank", args=["normande", "odt"])).status_code == 404
    assert client.get(reverse("model-text", args=["normande", "normandie", "odt"])).status_code == 200


def test_without_a_charter_there_is_no_model(client):
    ResourceFactory(slug="deliberation", version__url="", version__model_text=ModelText.DELIBERATION)

    assert client.get(reverse("model-text-blank", args=["deliberation", "odt"])).status_code == 404
