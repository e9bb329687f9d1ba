"""Who was elected, by name alone: sure when nobody could doubt it, else for a human eye."""

from types import SimpleNamespace

import pytest

from pledges.enums import MandateMatch
from pledges.likeness import Match, Person, find, near, same_section, settled
from pledges.official_files.rows import person_norm

SURE, UNSURE, UNMATCHED = MandateMatch.SURE, MandateMatch.UNSURE, MandateMatch.UNMATCHED


def person(pk, first_names, last_name, section="22", sex="F"):
    return Person(pk, person_norm(first_names, last_name), last_name, first_names, section, sex)


def elected(first_names, last_name, section="22", sex="F"):
    return SimpleNamespace(
        norm=person_norm(first_names, last_name),
        last_name=last_name,
        first_names=first_names,
        section_code=section,
        sex=sex,
    )


PEOPLE = [
    person(1, "Éloïse", "LE GOFF-D’ESSAI"),
    person(2, "Anne-Lise", "EXEMPLE"),
    person(3, "Yann", "FICTIF", sex="M"),
]


@pytest.mark.parametrize(
    ("official", "match"),
    [
        (elected("Eloise", "LE GOFF D'ESSAI"), Match(SURE, 1)),
        (elected("Eloise", "LE GOFF D'ESSAI", section=""), Match(SURE, 1)),
        (elected("Éloïse", "LE GOFF-D’ESSAI", section="29"), Match(UNSURE)),
        (elected("Éloïse", "LE GOFF-D’ESSAI", sex="M"), Match(UNSURE)),
        (elected("Éloïse", "LE GOFF"), Match(UNSURE)),  # a married name more
        (elected("Anne", "EXEMPLE-FICTIF"), Match(UNSURE)),  # one of first names, and a name more
        (elected("Yanne", "FICTIF"), Match(UNSURE)),  # a letter more
        (elected("Yann", "DE LA FICTIF", sex="M"), Match(UNSURE)),
        (elected("Yann", "EXEMPLE"), Match(UNMATCHED)),  # a first name of one, the name of another
        (elected("Zoé", "INCONNUE"), Match(UNMATCHED)),
    ],
)
def test_one_candidate_of_the_same_name_and_place_is_sure_and_what_is_near_is_not(official, match):
    assert find(official, PEOPLE) == match


def test_of_two_homonyms_nobody_is_sure_even_in_one_section():
    homonyms = [person(1, "Alix", "EXEMPLE", "22"), person(2, "Alix", "EXEMPLE", "29")]

    assert find(elected("Alix", "EXEMPLE", "22"), homonyms) == Match(UNSURE)
    assert [each.pk for each in near(elected("Alix", "EXEMPLE", "29"), homonyms)] == [2, 1]


def test_a_place_on_a_list_that_merged_into_another_is_never_sure():
    merged = PEOPLE[0]._replace(merged=True)

    assert find(elected("Éloïse", "LE GOFF D’ESSAI"), [merged]) == Match(UNSURE)


def test_two_who_claim_one_candidate_are_both_to_decide_and_a_taken_one_is_nobody_s():
    both = [elected("Éloïse", "LE GOFF D’ESSAI", ""), elected("ÉLOÏSE", "LE GOFF-D’ESSAI", "22")]

    assert settled(both, PEOPLE, ()) == [Match(UNSURE), Match(UNSURE)]
    assert settled(both[:1], PEOPLE, {1}) == [Match(UNMATCHED)]


def test_particles_alone_make_nobody_alike():
    assert near(elected("Zoé", "DE LA INCONNUE"), [person(1, "Zoé", "DE LA AUTRE")]) == []


@pytest.mark.parametrize(
    ("register", "official", "same"),
    [
        ("22", "22", True), ("22", "29", False), ("", "22", True), ("971", "", True), ("69", "69D", True),
        ("69", "69M", False), ("69M", "69M", True), ("67", "67-68", True), ("66", "67-68", False), ("972", "ZB1", True),
    ],
)  # fmt: skip
def test_two_files_may_name_one_section_differently(register, official, same):
    assert same_section(register, official) is same
