"""The French catalogue: French is the language of the sources, so it holds nothing but plural forms.

`write` makes locale/fr/LC_MESSAGES/django.po anew from the sources (with GNU gettext); `compile` turns it into the
.mo file that Django reads (with nothing but Python, so that a demonstration needs no gettext).
"""

import ast
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/fr/LC_MESSAGES/django.po")
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


def from_sources() -> str:
    """The catalogue that the sources ask for, whatever the present one says."""
    with tempfile.TemporaryDirectory(prefix="ess-messages-") as name:
        copy = Path(name) / "portal"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        (copy / CATALOGUE).parent.mkdir(parents=True)
        arguments = ["makemessages", "--locale=fr", "--no-wrap", "--no-location", "--verbosity=0"]
        environment = os.environ | {"SECRET_KEY": "x" * 50}  # the settings ask for one; nothing is signed here
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=copy, env=environment, check=True)
        text = (copy / CATALOGUE).read_text(encoding="utf-8")
    entries = text.strip().split("\n\n")[1:]  # the first is gettext's own header
    return "\n\n".join([HEADER.strip(), *map(with_plurals, entries)]) + "\n"


def with_plurals(entry: str) -> str:
    """Give an entry that has a plural its two forms: the source's own words."""
    fields = dict(FIELD.findall(entry))
    if "msgid_plural" not in fields:
        return entry
    start = entry.index("msgstr[0]")
    return f"{entry[:start]}msgstr[0] {fields['msgid'].strip()}\nmsgstr[1] {fields['msgid_plural'].strip()}"


def compiled(text: str) -> bytes:
    """A catalogue in the .mo format of GNU gettext, with the translated entries only."""
    messages = {}
    for entry in text.strip().split("\n\n"):
        fields = {name: unquoted(lines) for name, lines in FIELD.findall(entry)}
        key = fields["msgid"]
        if "msgid_plural" in fields:
            key = f"{key}\0{fields['msgid_plural']}"
        if "msgctxt" in fields:
            key = f"{fields['msgctxt']}\4{key}"
        value = "\0".join(words for name, words in fields.items() if name.startswith("msgstr"))
        if value.strip("\0"):
            messages[key.encode()] = value.encode()
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
    path = ROOT / CATALOGUE
    if sys.argv[1:] == ["write"]:
        if not shutil.which("xgettext"):
            sys.exit("GNU gettext est nécessaire (sur Debian ou Ubuntu : apt-get install gettext).")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(from_sources(), encoding="utf-8")
    elif sys.argv[1:] == ["compile"]:
        path.with_suffix(".mo").write_bytes(compiled(path.read_text(encoding="utf-8")))
    else:
        sys.exit("usage: catalogue.py write | compile")


if __name__ == "__main__":
    main()
