"""Files made to harm whoever opens them: each is refused in words, costs little, and leaves nothing behind."""

import gc
import io
import struct
import subprocess
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pypdf import PdfWriter

from resources.examining.__main__ import examine
from resources.files import RefusedFileError, receive, receiving
from tests.resources import made_files as made

pytestmark = pytest.mark.any_database

SCRIPT = "ce PDF contient du code JavaScript. Imprimez-le en PDF, ou exportez-le sans script."
LAUNCH = "ce PDF lance un programme ou ouvre un autre fichier. Exportez-le sans actions."
ATTACHED = "ce PDF contient des pièces jointes. Envoyez-les à part."
MEDIA = "ce PDF contient un objet animé, du son ou de la vidéo. Envoyez-les à part."
FORM = "ce PDF contient un formulaire XFA, que peu de lecteurs ouvrent. Imprimez-le en PDF."
SENDING = "ce PDF envoie ce qui y est saisi. Exportez-le sans formulaire."
BY_ITSELF = "ce PDF agit de lui-même quand on l’ouvre. Exportez-le sans actions automatiques."
LOCKED_PDF = "ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."
LINK = "ce PDF contient un lien qui ne mène pas à une page web."
OLD_PDF = "ce PDF emploie une compression ancienne ou inconnue. Enregistrez-le à nouveau."
PRECEDED = "ce PDF est précédé d’autres données. Enregistrez-le à nouveau."
MACROS = "ce document contient des macros. Enregistrez-le sans macros."
EMBEDDED = "ce document en contient un autre, ou un objet OLE. Collez-le comme image, ou envoyez-le à part."
ACTIVE = "ce document contient un élément actif. Enregistrez-le sans contrôles ni objets."
LOCKED = "ce document est protégé par un mot de passe. Enregistrez-le sans protection."
TEMPLATE = "c’est un modèle ou un format voisin. Enregistrez-le en ODT, ODS, ODP, DOCX, XLSX ou PPTX."
ZIP = "c’est une archive ZIP. Envoyez les documents un par un : un dossier les réunira."
ARCHIVE = "c’est une archive. Envoyez les documents un par un : un dossier les réunira."
DTD = "ce document déclare des entités XML, qui peuvent épuiser qui l’ouvre. Enregistrez-le à nouveau."
NAMES = "il contient un nom de fichier trompeur. Enregistrez-le à nouveau."
MISLEADING = "son nom contient des signes trompeurs. Renommez-le avec des lettres et des chiffres."
DAMAGED = "ce fichier est abîmé, ou n’est pas tout à fait ce qu’il dit. Enregistrez-le à nouveau."
INFLATED = "une fois ouvert, il prendrait une place démesurée. Allégez-le, ou enregistrez-le à nouveau."
DOUBLED = "il cache d’autres données, avant ou après son contenu. Enregistrez-le à nouveau."
PIXELS = "cette image a trop de pixels : 25 millions au plus, et 12000 de côté. Réduisez-la."
MOVING = "c’est une image animée. Envoyez une image fixe, ou une vidéo MP4."
OTHER_IMAGE = "ce format d’image n’est pas pris. Enregistrez-la en PNG, en JPEG ou en WebP."
SVG = "un dessin SVG peut contenir un programme. Exportez-le en PNG ou en PDF."
WEB_PAGE = "c’est une page web. Exportez-la en PDF, ou donnez son adresse comme lien."
PROGRAM = "c’est un programme, et non un document."
OLD_OFFICE = "c’est un ancien format de bureautique, qui peut cacher des macros. Enregistrez-le en ODT ou en DOCX."
UNKNOWN = (
    "son contenu n’est pas d’un format reconnu. Sont pris : PDF, ODT, ODS, ODP, DOCX, XLSX, PPTX, PNG, JPEG, WebP,"
    " MP3 et MP4."
)
FILM = "cette vidéo n’est pas un MP4 courant. Convertissez-la en MP4 (H.264)."
FILM_ELSEWHERE = "cette vidéo va chercher ses images ailleurs. Enregistrez-la en un seul fichier."


def elsewhere(address):
    return f"ce document va chercher un contenu ailleurs ({address}). Incorporez-le, ou ôtez-le."


def too_heavy(most):
    return f"il pèse plus de {most} Mo, la limite pour ce genre de fichier. Allégez-le."


def contradicted(suffix, kind):
    return f"son nom finit par « .{suffix} », mais son contenu est du {kind}. Renommez-le, ou vérifiez-le."


SHELL = "<Types/>"
ARCHIVED = made.zipped({"note.txt": "bonjour"})
SVG_OUT_OF_XML = "<?xml version='1.0'?>\n<!-- affiche -->\n<svg onload='alert(1)'/>"


def nested_pdf():
    """A PDF whose lists hold one another ten thousand times."""
    return b"%PDF-1.4\n1 0 obj\n" + b"[" * 10_000 + b"]" * 10_000 + b"\nendobj\n%%EOF\n"


def signed_off(name):
    """A PDF with an attachment."""
    return made.pdf(lambda writer: writer.add_attachment(name, b"MZ"))


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(width=9, height=9)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def next_action():
    harmless = {"S": "/URI", "URI": "https://example.org", "Next": [{"S": "/Hide", "T": "x"}]}
    return made.pdf_with_annotation(Subtype="/Link", A=harmless)


def inflating(megabytes, times=1):
    """Zeros, compressed once or several times."""
    engine, out = zlib.compressobj(9), b""
    for _megabyte in range(megabytes):
        out += engine.compress(bytes(1024 * 1024))
    out += engine.flush()
    for _again in range(times - 1):
        out = zlib.compress(out, 9)
    return out


def bomb_of_office():
    """A hundred and sixty megabytes of spaces in one part of a DOCX."""
    parts = io.BytesIO(made.open_xml())
    with zipfile.ZipFile(parts, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/notes.xml", "w") as part:
        for _megabyte in range(160):
            part.write(b" " * 1024 * 1024)
    return parts.getvalue()


def lying(content, name=b"content.xml"):
    """The same zip, whose table says that this part weighs ten bytes."""
    at = content.rindex(name) - 46 + 24
    return content[:at] + struct.pack("<I", 10) + content[at + 4 :]


def overlapping():
    """A zip whose table names the same bytes twice."""
    content = made.open_document(Pictures__a="x" * 40, Pictures__b="y" * 40)
    first, second = content.index(b"Pictures/a") - 30, content.rindex(b"Pictures/b") - 46 + 42
    return content[:second] + struct.pack("<I", first) + content[second + 4 :]


def locked_office():
    content = bytearray(made.open_document())
    at = content.rindex(b"content.xml") - 46 + 8
    content[at] |= 1
    return bytes(content)


def entities(document="DTD"):
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    if document == "DTD":
        return made.open_xml(content=f"{bomb}<document>&b;</document>")
    return made.open_xml(content=f'<?xml version="1.0" encoding="utf-16"?>{bomb}<document/>'.encode("utf-16"))


def instructed(*pieces):
    words = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    return made.open_xml(content=f'<w:document xmlns:w="w">{words}</w:document>')


def related(kind, target, part="word/_rels/document.xml.rels", mode="External"):
    return made.open_xml(parts={part: made.relation(kind, target, mode)})


def moving(kind):
    frames = [made.Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


HOSTILE = {
    # PDF
    "script in the names": (lambda: made.pdf_with_root(Names={"JavaScript": {"Names": []}}), SCRIPT),
    "script when it opens": (lambda: made.pdf_with_root(OpenAction={"S": "/JavaScript", "JS": "app.alert(1)"}), SCRIPT),
    "script under an escaped name": (lambda: made.pdf_in_object_stream(b"/OpenAction<</S/J#61vaScript>>"), SCRIPT),
    "script in an object stream": (lambda: made.pdf_in_object_stream(b"/OpenAction<</S/JavaScript/JS(1)>>"), SCRIPT),
    "script in an earlier revision": (
        lambda: made.pdf().replace(b"%%EOF", b"9 0 obj\n<</S/JavaScript>>\nendobj\n%%EOF"),
        SCRIPT,
    ),
    "program in an object stream": (lambda: made.pdf_in_object_stream(b"/OpenAction<</S/Launch/F(x)>>"), LAUNCH),
    "another file": (lambda: made.pdf_with_annotation(Subtype="/Link", A={"S": "/GoToR", "F": "\\\\host\\x"}), LAUNCH),
    "action of a page": (lambda: made.pdf_with_root(AA={"O": {"S": "/Named", "N": "/Print"}}), BY_ITSELF),
    "action after a link": (next_action, BY_ITSELF),
    "attachment": (lambda: signed_off("outil.exe"), ATTACHED),
    "attachment on a page": (lambda: made.pdf_with_annotation(Subtype="/FileAttachment"), ATTACHED),
    "rich media": (lambda: made.pdf_with_annotation(Subtype="/RichMedia"), MEDIA),
    "film in an object stream": (lambda: made.pdf_in_object_stream(b"/A<</S/Rendition>>"), MEDIA),
    "XFA form": (lambda: made.pdf_with_root(AcroForm={"XFA": "<xdp/>", "Fields": []}), FORM),
    "form that sends": (
        lambda: made.pdf_with_annotation(Subtype="/Widget", A={"S": "/SubmitForm", "F": "https://x"}),
        SENDING,
    ),
    "link that runs": (
        lambda: made.pdf_with_annotation(Subtype="/Link", A={"S": "/URI", "URI": "javascript:alert(1)"}),
        LINK,
    ),
    "password": (locked_pdf, LOCKED_PDF),
    "stream that inflates": (lambda: made.pdf_with_stream(inflating(60), Filter="/FlateDecode"), INFLATED),
    "picture that inflates": (
        lambda: made.pdf_with_stream(b"", Subtype="/Image", Width=60_000, Height=60_000, Filter="/DCTDecode"),
        INFLATED,
    ),
    "stream compressed twice": (
        lambda: made.pdf_with_stream(inflating(60, 2), Filter=["/FlateDecode", "/FlateDecode"]),
        OLD_PDF,
    ),
    "object stream that inflates": (lambda: made.pdf_in_object_stream(b" " * 60 * 1024 * 1024), INFLATED),
    "lists without end": (nested_pdf, DAMAGED),
    "truncated PDF": (lambda: made.pdf()[:300], DAMAGED),
    "PDF without a table": (lambda: b"%PDF-1.7\nbonjour\n%%EOF\n", DAMAGED),
    "PDF and a zip": (lambda: made.pdf() + ARCHIVED, DOUBLED),
    "PDF and a zip that ends like a PDF": (
        lambda: made.pdf() + ARCHIVED[:-2] + struct.pack("<H", 6) + b"%%EOF\n",
        DOUBLED,
    ),
    "page and a PDF": (lambda: b"GARBAGE " + made.pdf(), PRECEDED),
    # Office
    "macros in a DOCX": (lambda: made.open_xml(parts={"word/vbaProject.bin": "x"}), MACROS),
    "DOCM under another name": (
        lambda: made.open_xml(declared="application/vnd.ms-word.document.macroEnabled.main+xml"),
        MACROS,
    ),
    "Basic in an ODT": (lambda: made.open_document(Basic__Standard__a_xml="<x/>"), MACROS),
    "Python in an ODT": (lambda: made.open_document(Scripts__python__a_py="import os"), MACROS),
    "macro on an event": (lambda: made.open_document('<script:event-listener script:language="ooo:script"/>'), MACROS),
    "OLE object in a PPTX": (lambda: made.open_xml("pptx", parts={"ppt/embeddings/oleObject1.bin": "x"}), EMBEDDED),
    "OLE object in an ODT": (lambda: made.open_document(Object_1=b"\xd0\xcf\x11\xe0" + bytes(40)), EMBEDDED),
    "program as a picture": (lambda: made.open_xml(parts={"word/media/image1.png": b"MZ" + bytes(40)}), EMBEDDED),
    "ActiveX in a DOCX": (lambda: made.open_xml(parts={"word/activeX/activeX1.xml": "<x/>"}), ACTIVE),
    "external link of an XLSX": (
        lambda: made.open_xml("xlsx", parts={"xl/externalLinks/externalLink1.xml": "<x/>"}),
        ACTIVE,
    ),
    "DDE in a DOCX": (lambda: instructed("DDEAUTO c:\\\\windows\\\\cmd.exe"), ACTIVE),
    "DDE in pieces": (lambda: instructed(" DD", "E", " cmd "), ACTIVE),
    "template elsewhere": (
        lambda: related("attachedTemplate", "https://example.org/a.dotm"),
        elsewhere("https://example.org/a.dotm"),
    ),
    "picture elsewhere": (lambda: related("image", "\\\\host\\share\\a.png"), elsewhere("\\\\host\\share\\a.png")),
    "link to a machine": (lambda: related("hyperlink", "file://host/a"), elsewhere("file://host/a")),
    "picture of an ODT elsewhere": (
        lambda: made.open_document('<draw:image xlink:href="http://example.org/a.png"/>'),
        elsewhere("http://example.org/a.png"),
    ),
    "link of an ODT that runs": (
        lambda: made.open_document('<text:a xlink:href="vnd.sun.star.script:a"/>'),
        elsewhere("vnd.sun.star.script:a"),
    ),
    "entities": (entities, DTD),
    "entities in sixteen bits": (lambda: entities("utf-16"), DTD),
    "traversal": (lambda: made.open_xml(parts={"../../etc/cron.d/a.xml": "<x/>"}), NAMES),
    "absolute name": (lambda: made.open_xml(parts={"/etc/passwd.xml": "<x/>"}), NAMES),
    "backslashes": (lambda: made.open_xml(parts={"..\\a.xml": "<x/>"}), NAMES),
    "name read backwards": (lambda: made.open_xml(parts={"word/a\u202elmx.exe": "<x/>"}), NAMES),
    "bomb of office": (bomb_of_office, INFLATED),
    "six thousand parts": (lambda: made.open_xml(parts={f"word/{n}.xml": "" for n in range(6_000)}), INFLATED),
    "table that lies": (lambda: lying(made.open_document("x" * 5_000)), DAMAGED),
    "parts over one another": (overlapping, DOUBLED),
    "encrypted part": (locked_office, LOCKED),
    "DOCX and more": (lambda: made.open_xml() + b"more", DOUBLED),
    "model of a document": (lambda: made.open_document(kind="text-template"), TEMPLATE),
    "plain zip": (lambda: ARCHIVED, ZIP),
    "zip called a DOCX inside": (lambda: made.zipped({"[Content_Types].xml": SHELL}), TEMPLATE),
    # Images
    "twelve thousand by twelve thousand": (lambda: made.png_of(12_000, 12_000), PIXELS),
    "two thousand million pixels": (lambda: made.png_of(50_000, 40_000), PIXELS),
    "long image": (lambda: made.png_of(20_000, 10), PIXELS),
    "PNG and a zip": (lambda: made.image() + ARCHIVED, DOUBLED),
    "JPEG and a zip": (lambda: made.image("JPEG") + ARCHIVED, DOUBLED),
    "PNG and a page": (lambda: made.image() + b"<script>alert(1)</script>", DOUBLED),
    "WebP and a page": (lambda: made.image("WEBP") + b"<script>alert(1)</script>", DOUBLED),
    "truncated JPEG": (lambda: made.image("JPEG", size=(400, 300))[:-400], DAMAGED),
    "head of a PNG": (lambda: made.png_of(4_000, 4_000), DAMAGED),
    "moving PNG": (lambda: moving("PNG"), MOVING),
    "moving WebP": (lambda: moving("WEBP"), MOVING),
    "GIF": (lambda: moving("GIF"), OTHER_IMAGE),
    # Sounds and films
    "sound and a page": (lambda: made.mp3() + b"<script>alert(1)</script>", DOUBLED),
    "sound and a zip": (lambda: made.mp3() + ARCHIVED, DOUBLED),
    "sound in name only": (lambda: b"ID3\x04\0\0\0\0\0\x02ab" + b"<html>" * 50, DAMAGED),
    "film elsewhere": (lambda: made.mp4(reference_flag=0), FILM_ELSEWHERE),
    "film and a page": (lambda: made.mp4(more=made.box(b"html", b"<script>")), DOUBLED),
    "film and a zip": (lambda: made.mp4(more=made.box(b"free", ARCHIVED)), DOUBLED),
    "QuickTime": (lambda: made.box(b"ftyp", b"qt  \0\0\0\0qt  "), FILM),
    # What is not taken at all
    "SVG": (SVG_OUT_OF_XML.encode, SVG),
    "SVG in sixteen bits": (lambda: SVG_OUT_OF_XML.encode("utf-16"), SVG),
    "web page": (lambda: b"\n <!DOCTYPE html><script>alert(1)</script>", WEB_PAGE),
    "program": (lambda: b"MZ\x90\0" + bytes(60), PROGRAM),
    "script of a shell": (lambda: b"#!/bin/sh\nrm -rf /", PROGRAM),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OLD_OFFICE),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\0", ARCHIVE),
    "text": ("Bonjour à vous".encode, UNKNOWN),
    "nothing": (lambda: b"", "il est vide."),
    "heavy PDF": (lambda: made.pdf() + bytes(25 * 1024 * 1024), too_heavy(25)),
    "heavy image": (lambda: made.image() + bytes(15 * 1024 * 1024), too_heavy(15)),
}
NAMES_OF_FILES = {
    "image.pdf": (made.image, contradicted("pdf", "PNG")),
    "facture.pdf.exe": (made.pdf, contradicted("exe", "PDF")),
    "photo.png": (lambda: made.image("JPEG"), contradicted("png", "JPEG")),
    "tableau.docx": (lambda: made.open_xml("xlsx"), contradicted("docx", "XLSX")),
}


@cache
def hostile(case):
    return HOSTILE[case][0]()


@pytest.fixture
def folder(settings, tmp_path):
    """Where uploads wait: empty before, and after."""
    folder = tmp_path / "incoming"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


@pytest.fixture
def at_once(monkeypatch):
    """Judge files here: the same code as in the process that is made for each, without the time that it takes."""
    monkeypatch.setattr(receiving, "_examined", lambda copy, family, out: examine(family, copy.file, out.file))


def refusal(content, name="essai"):
    with pytest.raises(RefusedFileError) as refused:
        receive(ContentFile(content, name=name))
    return str(refused.value)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_words(case, folder):
    assert refusal(hostile(case)) == f"« essai » est refusé : {HOSTILE[case][1]}"

    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("name", NAMES_OF_FILES)
def test_a_name_that_says_another_format_is_refused(name):
    make, reason = NAMES_OF_FILES[name]

    assert refusal(make(), name) == f"« {name} » est refusé : {reason}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/guide.pdf", "..·..·etc·guide.pdf"),
        ("..\\guide.pdf", "..·guide.pdf"),
        ("guide\u202efdp.exe", "guide·fdp.exe"),
        ("guide\0.pdf", "guide·.pdf"),
        ("guide\u200b.pdf", "guide·.pdf"),
    ],
)
def test_a_misleading_name_is_refused_and_shown_as_it_is(name, shown):
    upload = ContentFile(made.pdf())
    upload.name = name

    with pytest.raises(RefusedFileError) as refused:
        receive(upload)

    assert str(refused.value) == f"« {shown} » est refusé : {MISLEADING}"


def test_a_long_name_is_cut_in_the_sentence():
    sentence = refusal(b"", "a" * 300 + ".pdf")

    assert sentence == f"« {'a' * 30}…{'a' * 26}.pdf » est refusé : il est vide."


def peak():
    """The most memory that this process has held since it was last asked to forget it."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.usefixtures("at_once")
def test_all_of_them_take_little_memory():
    everything = [hostile(case) for case in HOSTILE]
    refusal(made.image() + ARCHIVED)  # the libraries are loaded
    refusal(hostile("script in the names"))
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()

    for content in everything:
        refusal(content)

    assert peak() - before < 50 * 1024


# --- The process of its own ---


@pytest.mark.parametrize(
    "case", ["script in an object stream", "bomb of office", "twelve thousand by twelve thousand", "film and a zip"]
)
def test_a_process_of_its_own_says_the_same(case, folder):
    hostile(case)
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()

    assert refusal(hostile(case)) == f"« essai » est refusé : {HOSTILE[case][1]}"

    assert list(folder.iterdir()) == []
    assert peak() - before < 50 * 1024


UNANSWERED = "« essai » est refusé : son examen n’a pas abouti. Il est abîmé, ou trop lourd à ouvrir."


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("raise SystemExit(3)", id="a fault of a library"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", id="killed"),
        pytest.param("import resource; [bytes(10**9) for _ in range(9)]", id="too much memory"),
        pytest.param("import time; time.sleep(60)", id="too much time"),
    ],
)
def test_a_process_that_does_not_answer_refuses_the_file(fault, folder, monkeypatch):
    real = subprocess.run
    program = f"from resources.examining import __main__ as m; m.examine = lambda *a: exec({fault!r}); m.main()"
    monkeypatch.setattr(receiving, "PATIENCE", 1)
    monkeypatch.setattr(
        receiving.subprocess, "run", lambda command, **rest: real([command[0], "-c", program, *command[3:]], **rest)
    )

    assert refusal(made.image()) == UNANSWERED

    assert list(folder.iterdir()) == []


def test_the_process_knows_no_secret(monkeypatch):
    told = []
    real = subprocess.run
    monkeypatch.setenv("SECRET_KEY", "what nobody must know")
    monkeypatch.setattr(receiving.subprocess, "run", lambda *a, **rest: told.append(rest["env"]) or real(*a, **rest))

    receive(ContentFile(made.image(), name="image.png"))

    assert told == [{"LC_ALL": "C.UTF-8"}]
