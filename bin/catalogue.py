"""The catalogues. French is the language of the sources, and holds nothing but plural forms; English is complete.

`write` makes both .po files anew from the sources (with GNU gettext), the English one with the translations that it
has; `compile` turns them, or those named, into the .mo files that Django reads (with nothing but Python, so that a
demonstration needs no gettext).
"""

import ast
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRENCH = Path("locale/fr/LC_MESSAGES/django.po")
ENGLISH = Path("locale/en/LC_MESSAGES/django.po")
HEADER = r"""# The strings of the portal. French is the language of the sources: an empty msgstr means « as there ».
# `make messages` writes this file; edit the sources, not this.
msgid ""
msgstr ""
"Project-Id-Version: engagements-ess\n"
"Language: fr\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"
"""
# Nothing of these folders is shown to a visitor, or comes from us.
NOT_SOURCES = (".*", "bin", "docs", "locale", "node_modules", "requirements", "tests", "var", "__pycache__")
FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:".*"\n?)+)', re.MULTILINE)
# What a translation keeps as it is: values to come and HTML tags.
MARK = re.compile(r"%(?:\(\w+\)[sd]|[sd%])|\{\w*\}|</?[a-z][^>]*>")


def from_sources() -> str:
    """The catalogue that the sources ask for, whatever the present one says."""
    with tempfile.TemporaryDirectory(prefix="ess-messages-") as name:
        copy = Path(name) / "portal"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        (copy / FRENCH).parent.mkdir(parents=True)
        arguments = ["makemessages", "--locale=fr", "--no-wrap", "--no-location", "--verbosity=0"]
        arguments += ["--extension=py,html,txt,svg,xml"]
        environment = os.environ | {"SECRET_KEY": "x" * 50}  # the settings ask for one; nothing is signed here
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=copy, env=environment, check=True)
        text = (copy / FRENCH).read_text(encoding="utf-8")
    return "\n\n".join([HEADER.strip(), *map(with_plurals, entries(text))]) + "\n"


def entries(text: str) -> list[str]:
    """The entries of a catalogue, without its header."""
    return text.strip().split("\n\n")[1:]


def with_plurals(entry: str) -> str:
    """Give an entry that has a plural its two forms: the source's own words."""
    found = dict(FIELD.findall(entry))
    if "msgid_plural" not in found:
        return entry
    start = entry.index("msgstr[0]")
    return f"{entry[:start]}msgstr[0] {found['msgid'].strip()}\nmsgstr[1] {found['msgid_plural'].strip()}"


def translated(sources: str, present: str) -> str:
    """The English catalogue of ``sources``, a French one: header and translations of ``present``, an empty msgstr else.

    A text that changed in the sources is another text: nothing is guessed from the words it had.
    """
    halves = {key(entry): entry.partition("\nmsgstr") for entry in entries(present)}
    texts = []
    for entry in entries(sources):
        words, sign, answer = entry.partition("\nmsgstr")
        known = halves.get(key(entry))
        if known:
            answer = known[2]
        elif "msgid_plural" in fields(entry):
            answer = '[0] ""\nmsgstr[1] ""'
        texts.append(words + sign + answer)
    return "\n\n".join([present.strip().partition("\n\n")[0], *texts]) + "\n"


def faults(sources: str, english: str) -> Iterator[str]:
    """What keeps an English catalogue from being a complete and usable one of ``sources``: a sentence for each."""
    asked = {key(entry) for entry in entries(sources)}
    present = {key(entry): fields(entry) for entry in entries(english)}
    yield from (f"sans traduction : {words}" for _context, words, _plural in sorted(asked - present.keys()))
    for text, found in present.items():
        words = text[1]
        answers = {name: answer for name, answer in found.items() if name.startswith("msgstr")}
        originals = {"msgstr": words}
        if "msgid_plural" in found:
            originals = {"msgstr[0]": words, "msgstr[1]": found["msgid_plural"]}
        if text not in asked:
            yield f"n’est plus dans les sources : {words}"
        elif not any(answers.values()):
            yield f"sans traduction : {words}"
        elif answers.keys() != originals.keys() or not all(answers.values()):
            yield f"formes du pluriel à revoir : {words}"
        elif any(marks(answer) != marks(originals[name]) for name, answer in answers.items()):
            yield f"valeurs ou balises différentes : {words}"


def marks(text: str) -> list[str]:
    """The values and tags of a text, and the line feeds around it, in an order that does not depend on the language."""
    ends = ["\n" for end in (text[:1], text[-1:]) if end == "\n"]
    return sorted(MARK.findall(text)) + ends


def fields(entry: str) -> dict[str, str]:
    return {name: unquoted(lines) for name, lines in FIELD.findall(entry)}


def key(entry: str) -> tuple[str, str, str]:
    """What tells an entry from the others: its context, its words, its plural."""
    found = fields(entry)
    return found.get("msgctxt", ""), found["msgid"], found.get("msgid_plural", "")


def compiled(text: str) -> bytes:
    """A catalogue in the .mo format of GNU gettext, with the translated entries only."""
    messages = {}
    for entry in text.strip().split("\n\n"):
        found = fields(entry)
        name = found["msgid"]
        if "msgid_plural" in found:
            name = f"{name}\0{found['msgid_plural']}"
        if "msgctxt" in found:
            name = f"{found['msgctxt']}\4{name}"
        value = "\0".join(words for field, words in found.items() if field.startswith("msgstr"))
        if value.strip("\0"):
            messages[name.encode()] = value.encode()
    pairs = sorted(messages.items())
    # Header of seven numbers, a table of (length, place) for the keys, one for the values, then the words themselves.
    tables = 7 * 4
    place = tables + len(pairs) * 16
    index, words = [], b""
    for column in (0, 1):
        for pair in pairs:
            index += [len(pair[column]), place + len(words)]
            words += pair[column] + b"\0"
    header = [0x950412DE, 0, len(pairs), tables, tables + len(pairs) * 8, 0, 0]
    return struct.pack(f"<{len(header) + len(index)}I", *header, *index) + words


def unquoted(lines: str) -> str:
    return "".join(ast.literal_eval(line) for line in lines.strip().splitlines())


def main() -> None:
    match sys.argv[1:]:
        case ["write"]:
            if not shutil.which("xgettext"):
                sys.exit("GNU gettext est nécessaire (sur Debian ou Ubuntu : apt-get install gettext).")
            sources = from_sources()
            english = (ROOT / ENGLISH).read_text(encoding="utf-8")
            (ROOT / FRENCH).write_text(sources, encoding="utf-8")
            (ROOT / ENGLISH).write_text(translated(sources, english), encoding="utf-8")
        case ["compile", *names]:
            for path in map(ROOT.joinpath, names or (FRENCH, ENGLISH)):
                path.with_suffix(".mo").write_bytes(compiled(path.read_text(encoding="utf-8")))
        case _:
            sys.exit("usage: catalogue.py write | compile [fichier.po…]")


if __name__ == "__main__":
    main()
