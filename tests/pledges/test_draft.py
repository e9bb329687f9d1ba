"""The draft lives in the browser alone."""

import contextlib
import datetime

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from pledges.draft import Draft, DraftTooLongError

ADDRESS = "/signer/liste/1/"
FRENCH = "Nous ouvrirons une maison de l’économie sociale et solidaire dans chaque bassin de vie, "


def kept(steps, address=ADDRESS):
    """The cookies that a browser keeps."""
    draft = Draft(address, {})
    for step, data in steps.items():
        draft.keep(step, data)
    return dict(draft.save(HttpResponse()).cookies)


def read(cookies, address=ADDRESS):
    request = RequestFactory().get(address)
    request.COOKIES = {name: getattr(cookie, "value", cookie) for name, cookie in cookies.items()}
    return Draft.read(request, address)


def test_what_was_kept_is_found_again():
    steps = {"principe-1": {"answer": "commits", "statement": "Œuvrer, dès 2028."}, "qui": {"email_0": "a@example.org"}}

    assert read(kept(steps)).steps == steps


def test_the_cookies_go_to_that_candidacy_alone_and_no_script_reads_them():
    [cookie] = kept({"qui": {"email_0": "a@example.org"}}).values()

    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (ADDRESS, True, "Lax", 86400)


def test_a_draft_is_over_after_a_day():
    cookies = kept({"qui": {"email_0": "a@example.org"}})

    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1, seconds=2)):
        assert not read(cookies)


def test_what_somebody_altered_or_moved_elsewhere_is_as_if_never_typed():
    cookies = kept({"qui": {"email_0": "a@example.org"}})
    value = cookies["brouillon-qui"].value

    assert not read({"brouillon-qui": value[:-1] + ("A" if value[-1] != "A" else "B")})
    assert not read({"brouillon-principe-1": value})
    assert not read({"brouillon-qui": value}, "/signer/liste/2/")
    assert not read({"brouillon-qui": "[" * 3000})


def test_five_long_sentences_fit():
    sentence = (FRENCH * 10)[:600]
    steps = {f"principe-{number}": {"answer": "commits", "statement": f"{number} {sentence}"} for number in range(1, 6)}

    cookies = kept(steps)

    assert read(cookies).steps == steps
    assert sum(len(cookie.value) for cookie in cookies.values()) < 7_000


def test_what_a_browser_would_drop_is_refused_and_the_rest_stays():
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(2_000))
    draft = Draft(ADDRESS, {"qui": {"email_0": "a@example.org"}})

    with pytest.raises(DraftTooLongError, match="raccourcissez une phrase"):
        draft.keep("principe-1", {"statement": noise})

    assert draft.steps == {"qui": {"email_0": "a@example.org"}}


def test_forgetting_erases_every_step():
    draft = read(kept({"qui": {"email_0": "a@example.org"}, "principe-1": {"answer": "none"}}))

    erased = draft.forget(HttpResponse()).cookies

    assert {(name, cookie["max-age"], cookie["path"]) for name, cookie in erased.items()} == {
        ("brouillon-qui", 0, ADDRESS),
        ("brouillon-principe-1", 0, ADDRESS),
    }


def test_what_was_sent_always_fits_beside_the_rest():
    draft = Draft(ADDRESS, {})
    for number in range(1, 60):
        letters = "".join(chr(0x4E00 + (number * 7919 + place * 104_729) % 20_000) for place in range(90))
        with contextlib.suppress(DraftTooLongError):
            draft.keep(f"principe-{number}", {"statement": letters})
    full = len(draft.steps)

    emails = [f"{'é' * 60}{number}@{'x' * 180}.example" for number in (1, 2)]
    draft.keep("envoye", {"pledge": 10**18, "emails": emails, "at": "x" * 32})

    assert 5 < full < 59
    assert "envoye" in draft
