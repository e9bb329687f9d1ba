"""What the head of a page says of it to other programs."""

import json
import re

import pytest
from django.template import Context, Template

from tests.pledges.factories import CandidateFactory


def test_what_is_kept_is_rendered_once_and_written_where_it_is_named():
    text = "{% keep title %}<b>{{ who }}</b>{% endkeep %}[{{ title }}|{{ title }}]"

    assert Template(text).render(Context({"who": "A & B"})) == "[<b>A &amp; B</b>|<b>A &amp; B</b>]"


def test_a_description_in_json_cannot_close_its_element():
    data = {"@type": "Person", "name": "</script><script>alert(1)</script> & « Zoé »"}

    html = Template("{% json_ld data %}").render(Context({"data": data}))

    [text] = re.findall(r'<script type="application/ld\+json">(.*)</script>', html)
    assert "<" not in text
    assert json.loads(text) == {"@context": "https://schema.org", **data}


@pytest.mark.django_db
def test_two_people_of_one_name_have_each_a_title(client):
    first = CandidateFactory(first_names="Noa", last_name="MARTIN", rank=3)
    same_list = CandidateFactory(first_names="Noa", last_name="MARTIN", rank=4, candidate_list=first.candidate_list)
    other_election = CandidateFactory(
        first_names="Noa",
        last_name="MARTIN",
        rank=3,
        candidate_list__name=first.candidate_list.name,
        candidate_list__contest__region=first.candidate_list.contest.region,
        candidate_list__contest__election__name="Une autre élection",
    )

    pages = [client.get(person.get_absolute_url()).content.decode() for person in (first, same_list, other_election)]

    assert len({re.search("<title>(.*?)</title>", page)[1] for page in pages}) == 3
    assert len({re.search('<meta name="description" content="(.*?)">', page)[1] for page in pages}) == 3
