import pytest

from pledges.actions.signing import Reply
from pledges.enums import Answer, CandidateRole, Capacity, ElectionKind, ListKind
from pledges.forms import AnswersForm, DeclareForm, PrincipleForm, SendForm, SignersForm
from pledges.models import Candidate
from pledges.views.signing_path import signing_people
from tests.pledges.acts import headed_list
from tests.pledges.factories import CandidateFactory, CharterFactory, ContestFactory, ElectionFactory
from tests.pledges.guarded import guard_data
from tests.regions.factories import RegionFactory

pytestmark = pytest.mark.django_db

HEAD = {"capacity": "head", "email_0": "tete@example.org"}
NO_DOMAIN = "Cette adresse n’est pas complète : il faut un nom, une arobase et un domaine."
TOO_LONG = "Assurez-vous que cette valeur comporte au plus 600 caractères (actuellement 601)."
HIDDEN = "Ce texte contient des caractères invisibles : retapez-le ici plutôt que de le coller."


def signers_form(candidate_list, candidate=None, **changes):
    return SignersForm(
        {**HEAD, **changes},
        candidate_list=candidate_list,
        people=signing_people(candidate_list, candidate),
        is_personal=candidate is not None,
    )


def errors_of(form):
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


@pytest.fixture
def candidate_list():
    return headed_list()


# --- One principle ---


@pytest.mark.parametrize(
    ("typed", "reply"),
    [
        ({"answer": "commits", "statement": " Dès 2028. "}, Reply(Answer.COMMITS, "Dès 2028.")),
        ({"answer": "declines"}, Reply(Answer.DECLINES)),
        ({"answer": "none"}, None),
    ],
)
def test_a_principle_is_answered_in_one_of_three_ways(typed, reply):
    form = PrincipleForm(typed)

    assert form.is_valid(), form.errors
    assert form.reply() == reply


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"answer": ["Choisissez une des trois réponses."]}),
        ({"answer": "maybe"}, {"answer": ["Sélectionnez un choix valide. maybe n’en fait pas partie."]}),
        (
            {"answer": "none", "statement": "Sans réponse"},
            {"answer": ["Vous avez écrit une précision : dites si vous vous engagez ou non."]},
        ),
        ({"answer": "commits", "statement": "x" * 601}, {"statement": [TOO_LONG]}),
        ({"answer": "commits", "statement": "retourné \u202e ici"}, {"statement": [HIDDEN]}),
    ],
)
def test_each_mistake_on_a_principle_has_its_sentence(typed, errors):
    assert errors_of(PrincipleForm(typed)) == errors


def test_no_answer_is_chosen_beforehand():
    assert "checked" not in str(PrincipleForm()["answer"])


def test_line_ends_count_for_one_character():
    form = PrincipleForm({"answer": "commits", "statement": "\r\n".join(["x" * 99] * 6)})

    assert form.is_valid(), form.errors


# --- All of them at once, to amend ---


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"answer_1": ["Répondez au moins à un principe."]}),
        (
            {"answer_1": "commits", "statement_3": "Sans réponse"},
            {"answer_3": ["Vous avez écrit une précision : choisissez aussi une réponse."]},
        ),
    ],
)
def test_amended_answers_have_the_same_rules(typed, errors):
    assert errors_of(AnswersForm(typed, charter=CharterFactory())) == errors


# --- Who signs ---


def test_the_head_signs_for_the_list(candidate_list):
    form = signers_form(candidate_list)

    assert form.is_valid(), form.errors
    head = candidate_list.candidates.get()
    [signer] = form.signers(accepts_publication=True)
    assert (signer.capacity, signer.full_name, signer.candidate) == (Capacity.HEAD, head.full_name, head)
    assert signer.accepts_publication


def test_a_mandatary_gives_a_name(candidate_list):
    form = signers_form(candidate_list, capacity="mandatary", full_name="  Jeanne ʻOlé d’Œuvre ")

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
        ({"capacity": "mandatary", "full_name": "Jeanne\u200dOlé"}, "full_name", HIDDEN),
        ({"phone": "06\x0700"}, "phone", HIDDEN),
    ],
)
def test_each_mistake_has_its_sentence_beside_its_field(candidate_list, changes, field, sentence):
    form = signers_form(candidate_list, **changes)
    if changes.get("full_name"):
        assert errors_of(form)[field][0] == sentence
    else:
        assert errors_of(form) == {field: [sentence]}


def test_members_of_a_pair_have_a_mailbox_each():
    pair = headed_list(kind=ListKind.PAIR)
    pair.candidates.all().delete()
    first, second = [CandidateFactory(candidate_list=pair) for _ in range(2)]
    CandidateFactory(candidate_list=pair, role=CandidateRole.SUBSTITUTE)

    apart = signers_form(pair, email_0="a@example.org", email_1="b@example.org", phone="06 00 00 00 00")
    together = signers_form(pair, email_0="a@example.org", email_1="A@example.org")

    assert apart.is_valid(), apart.errors
    assert [(signer.capacity, signer.candidate, signer.email, signer.phone) for signer in apart.signers()] == [
        (Capacity.MEMBER, first, "a@example.org", "06 00 00 00 00"),
        (Capacity.MEMBER, second, "b@example.org", ""),  # the number left is that of whoever filled the form
    ]
    assert errors_of(together) == {"email_1": ["Chaque membre du binôme confirme depuis sa propre adresse."]}


def test_a_candidate_signs_alone(candidate_list):
    candidate = CandidateFactory(candidate_list=candidate_list)

    form = signers_form(candidate_list, candidate)

    assert form.is_valid(), form.errors
    assert [(signer.capacity, signer.candidate) for signer in form.signers()] == [(Capacity.SELF, candidate)]


@pytest.mark.parametrize("change", [{"is_head": False}, {"left_at": "2027-01-01T00:00Z"}])
def test_a_list_without_a_known_head_is_signed_by_its_mandatary_alone(candidate_list, change):
    candidate_list.candidates.update(**change)

    assert list(signers_form(candidate_list).errors) == ["capacity"]


# --- The last page ---


def test_what_is_sent_is_what_was_read():
    typed = {**guard_data(), "read": "abc", "accepts_publication": "on"}

    as_read = SendForm(typed, asks_consent=True, fingerprint="abc")
    changed = SendForm(typed, asks_consent=True, fingerprint="abd")
    without_consent = SendForm({**guard_data(), "read": "abc"}, asks_consent=True, fingerprint="abc")

    assert as_read.is_valid()
    assert errors_of(changed) == {
        "__all__": ["Vos réponses ont changé, dans un autre onglet peut-être : relisez-les, puis signez."]
    }
    assert errors_of(without_consent) == {
        "accepts_publication": ["Sans votre accord, rien ne peut être publié : cochez cette case."]
    }


# --- Before the official list ---


def declare_form(election, **changes):
    typed = {
        "contest": f"{election.slug}:53",
        "scope": "list",
        "list_name": "Pour demain",
        "first_names_0": "Zoé",
        "last_name_0": "Œuvre",
    }
    return DeclareForm({**typed, **changes}, elections=[election])


@pytest.fixture
def bretagne():
    return RegionFactory(code="53", name="Bretagne", slug="bretagne", norm="bretagne")


def test_a_list_is_declared_with_its_head(bretagne):
    form = declare_form(ElectionFactory())

    assert form.is_valid(), form.errors
    candidate_list, [head] = form.declaration().rows()
    assert (candidate_list.name, candidate_list.kind, candidate_list.contest.region, candidate_list.pk) == (
        "Pour demain",
        ListKind.LIST,
        bretagne,
        None,
    )
    assert (head.full_name, head.is_head, head.norm) == ("Zoé Œuvre", True, "zoe oeuvre")


def test_a_pair_is_named_after_its_two_members(bretagne):
    contest = ContestFactory(election__kind=ElectionKind.DEPARTMENTAL, region=bretagne, code="3501")
    names = {"first_names_1": "Noa", "last_name_1": "Essai", "list_name": "Sans objet"}

    form = declare_form(contest.election, contest=f"{contest.election.slug}:3501", **names)

    assert form.is_valid(), form.errors
    candidate_list, people = form.declaration().rows()
    assert (candidate_list.name, candidate_list.kind) == ("Zoé Œuvre et Noa Essai", ListKind.PAIR)
    assert [(person.full_name, person.is_head, person.rank) for person in people] == [
        ("Zoé Œuvre", False, 1),
        ("Noa Essai", False, 2),
    ]
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"contest": ""}, {"contest": ["Choisissez un territoire."]}),
        ({"contest": "x:99"}, {"contest": ["Sélectionnez un choix valide. x:99 n’en fait pas partie."]}),
        ({"scope": ""}, {"scope": ["Dites au nom de qui vous signez."]}),
        ({"list_name": ""}, {"list_name": ["Écrivez le nom de la liste."]}),
        ({"last_name_0": ""}, {"last_name_0": ["Écrivez un nom."]}),
        ({"first_names_0": "Zoé\u202e"}, {"first_names_0": [HIDDEN]}),
    ],
)
def test_each_mistake_of_a_declaration_has_its_sentence(bretagne, changes, errors):
    assert errors_of(declare_form(ElectionFactory(), **changes)) == errors


def test_both_members_of_a_declared_pair_are_named(bretagne):
    contest = ContestFactory(election__kind=ElectionKind.DEPARTMENTAL, region=bretagne, code="3501")

    form = declare_form(contest.election, contest=f"{contest.election.slug}:3501")

    assert errors_of(form) == {
        "first_names_1": ["Écrivez le prénom de l’autre membre du binôme."],
        "last_name_1": ["Écrivez le nom de l’autre membre du binôme."],
    }


def test_where_signatures_are_closed_nothing_is_offered(bretagne):
    assert declare_form(ElectionFactory(past=True)).contests == {}
