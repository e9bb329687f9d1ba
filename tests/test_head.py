"""What the head of a page says of it to other programs."""

import json
import re

from django.template import Context, Template


def test_what_is_kept_is_rendered_once_and_written_where_it_is_named():
    text = "{% keep title %}<b>{{ who }}</b>{% endkeep %}[{{ title }}|{{ title }}]"

    assert Template(text).render(Context({"who": "A & B"})) == "[<b>A &amp; B</b>|<b>A &amp; B</b>]"


def test_a_description_in_json_cannot_close_its_element():
    data = {"@type": "Person", "name": "</script><script>alert(1)</script> & « Zoé »"}

    html = Template("{% json_ld data %}").render(Context({"data": data}))

    [text] = re.findall(r'<script type="application/ld\+json">(.*)</script>', html)
    assert "<" not in text
    assert json.loads(text) == {"@context": "https://schema.org", **data}
