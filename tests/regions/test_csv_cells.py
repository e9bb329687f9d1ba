"""Tables for spreadsheets: no cell that somebody typed is ever a formula."""

import csv
import io

import pytest
from django.http import HttpResponse

from regions.csv_cells import safe_cell, write_rows


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+33 2", "'+33 2"),
        ("-1", "'-1"),
        ("@SOMME(A1)", "'@SOMME(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\uff1d1", "'\uff1d1"),
        (" Liste = espoir", " Liste = espoir"),
        ("d’ESSAI", "d’ESSAI"),
        ("", ""),
        (None, ""),
        (-1, "-1"),
        (-1.5, "-1.5"),
        (True, "True"),
    ],
)
def test_a_cell_that_would_be_a_formula_is_text(value, cell):
    assert safe_cell(value) == cell


def test_a_table_opens_in_a_french_spreadsheet():
    target = io.StringIO(newline="")

    write_rows(target, ["liste", "=rang"], iter([["« A ; B »", 1], ['=cmd|"x"', None], ["deux\nlignes", -2]]))

    text = target.getvalue()
    assert text.startswith("\ufeffliste;'=rang\r\n")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")) == [
        ["liste", "'=rang"],
        ["« A ; B »", "1"],
        ['\'=cmd|"x"', ""],
        ["deux\nlignes", "-2"],
    ]


def test_a_table_is_written_into_an_answer():
    response = HttpResponse(content_type="text/csv; charset=utf-8")

    write_rows(response, ["nom"], [["Élise"]])

    assert response.content == "\ufeffnom\r\nÉlise\r\n".encode()
