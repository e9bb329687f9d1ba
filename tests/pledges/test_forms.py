import pytest
from django.core.exceptions import ValidationError

from pledges.enums import Answer, CandidateRole, Capacity, ListKind
from pledges.forms import SigningForm, clean_text
from tests.pledges.acts import headed_list
from tests.pledges.factories import CandidateFactory
from tests.pledges.guarded import guard_data

pytestmark = pytest.mark.django_db

VALID = {
    "answer_1": "commits",
    "statement_1": "Dès 2028.",
    "answer_2": "declines",
    "capacity": "head",
    "email_0": "tete@example.org",
    "accepts_publication": "on",
}
NO_DOMAIN = "Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."
NO_CONSENT = "Sans votre accord, rien ne peut être publié : cochez cette case."
TOO_LONG = "Assurez-vous que cette valeur comporte au plus 600 caractères (actuellement 601)."
HIDDEN = "Ce texte contient des caractères invisibles : retapez-le ici plutôt que de le coller."


def form_of(candidate_list, data=None, **changes):
    return SigningForm({**guard_data(), **VALID, **(data or {}), **changes}, candidate_list=candidate_list)


@pytest.fixture
def candidate_list():
    return headed_list()


def test_a_valid_form_gives_the_answers_and_the_head(candidate_list):
    form = form_of(candidate_list)

    assert form.is_valid(), form.errors
    head = candidate_list.candidates.get()
    assert {principle.number: (reply.answer, reply.statement) for principle, reply in form.replies().items()} == {
        1: (Answer.COMMITS, "Dès 2028."),
        2: (Answer.DECLINES, ""),
    }
    [signer] = form.signers()
    assert (signer.capacity, signer.full_name, signer.candidate, signer.accepts_contact) == (
        Capacity.HEAD,
        head.full_name,
        head,
        False,
    )


def test_a_mandatary_gives_a_name(candidate_list):
    form = form_of(candidate_list, capacity="mandatary", full_name="  Jeanne ʻOlé d’Œuvre ")

    assert form.is_valid(), form.errors
    [signer] = form.signers()
    assert (signer.capacity, signer.full_name, signer.candidate) == (
        Capacity.MANDATARY,
        "Jeanne ʻOlé d’Œuvre",
        None,
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"email_0": ""}, "email_0", "Écrivez une adresse électronique."),
        ({"email_0": "tete@"}, "email_0", NO_DOMAIN),
        ({"capacity": ""}, "capacity", "Dites en quelle qualité vous signez."),
        ({"capacity": "self"}, "capacity", "Sélectionnez un choix valide. self n’en fait pas partie."),
        ({"capacity": "mandatary"}, "full_name", "Écrivez le nom de la personne mandataire."),
        ({"accepts_publication": ""}, "accepts_publication", NO_CONSENT),
        ({"statement_3": "Sans réponse"}, "answer_3", "Vous avez écrit une précision : choisissez aussi une réponse."),
        ({"answer_1": "", "statement_1": "", "answer_2": ""}, "answer_1", "Répondez au moins à un principe."),
        ({"statement_1": "x" * 601}, "statement_1", TOO_LONG),
        ({"statement_1": "retourné \u202e ici"}, "statement_1", HIDDEN),
        ({"phone": "06\x0700"}, "phone", HIDDEN),
    ],
)  # fmt: skip
def test_each_mistake_has_its_sentence_beside_its_field(candidate_list, changes, field, sentence):
    form = form_of(candidate_list, changes)

    assert {name: [str(error) for error in errors] for name, errors in form.errors.items()} == {field: [sentence]}


def test_what_was_typed_is_still_there(candidate_list):
    form = form_of(candidate_list, email_0="", statement_1="Une phrase à ne pas perdre")

    assert "Une phrase à ne pas perdre" in str(form["statement_1"])
    assert "checked" in str(form["answer_1"])


def test_line_ends_count_for_one_character(candidate_list):
    form = form_of(candidate_list, statement_1="\r\n".join(["x" * 99] * 6))

    assert form.is_valid(), form.errors


def test_members_of_a_pair_have_a_mailbox_each():
    pair = headed_list(kind=ListKind.PAIR)
    pair.candidates.all().delete()
    first, second = [CandidateFactory(candidate_list=pair) for _ in range(2)]
    CandidateFactory(candidate_list=pair, role=CandidateRole.SUBSTITUTE)

    apart = form_of(pair, email_0="a@example.org", email_1="b@example.org")
    together = form_of(pair, email_0="a@example.org", email_1="A@example.org")

    assert apart.is_valid(), apart.errors
    assert [(signer.capacity, signer.candidate, signer.email) for signer in apart.signers()] == [
        (Capacity.MEMBER, first, "a@example.org"),
        (Capacity.MEMBER, second, "b@example.org"),
    ]
    assert list(together.errors) == ["email_1"]


def test_a_candidate_signs_alone(candidate_list):
    candidate = CandidateFactory(candidate_list=candidate_list)

    form = SigningForm({**guard_data(), **VALID}, candidate_list=candidate_list, candidate=candidate)

    assert form.is_valid(), form.errors
    assert [(signer.capacity, signer.candidate) for signer in form.signers()] == [(Capacity.SELF, candidate)]


def test_a_list_without_a_known_head_is_signed_by_its_mandatary_alone():
    candidate_list = headed_list()
    candidate_list.candidates.update(is_head=False)

    form = form_of(candidate_list)

    assert list(form.errors) == ["capacity"]


@pytest.mark.parametrize("name", ["Ñuñez", "Œdipe", "ʻOlelo", "D’Arc", "Saint-Exupéry", "Léa-Maëlys", "Gauß"])
def test_french_names_pass_as_they_are(name):
    assert clean_text(f" {name} ") == name


def test_letters_are_composed():
    assert clean_text("e\N{COMBINING ACUTE ACCENT}") == "é"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b"])
def test_what_cannot_be_seen_is_refused(hidden):
    with pytest.raises(ValidationError):
        clean_text(f"avant{hidden}après")


def test_the_number_left_in_the_form_is_that_of_whoever_filled_it():
    pair = headed_list(kind=ListKind.PAIR)
    CandidateFactory(candidate_list=pair)

    form = form_of(pair, email_0="a@example.org", email_1="b@example.org", phone="06 00 00 00 00")

    assert form.is_valid(), form.errors
    assert [signer.phone for signer in form.signers()] == ["06 00 00 00 00", ""]


def test_a_head_who_left_the_list_signs_no_more(candidate_list):
    candidate_list.candidates.update(left_at="2027-01-01T00:00Z")

    assert list(form_of(candidate_list).errors) == ["capacity"]
