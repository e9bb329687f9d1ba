"""What the head of a page says of it to other programs: search engines, social networks, feed readers."""

import json
from typing import Any, Self

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# In a script element, these would end it or open a comment: JSON may write them as escapes.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


class Keep(template.Node):
    """Renders its content once, under a name that the rest of the template knows, and shows nothing."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308  a template's own output
        return ""

    @classmethod
    def parse(cls, parser: Parser, token: Token) -> Self:
        try:
            _tag, name = token.split_contents()
        except ValueError as error:
            raise template.TemplateSyntaxError("{% keep name %}…{% endkeep %}") from error
        nodelist = parser.parse(("endkeep",))
        parser.delete_first_token()
        return cls(name, nodelist)


@register.tag
def keep(parser: Parser, token: Token) -> Keep:
    """``{% keep page_title %}{% block title %}{% endblock %}{% endkeep %}``: a block written in several places."""
    return Keep.parse(parser, token)


@register.simple_tag
def json_ld(data: dict[str, Any] | list[Any]) -> SafeString:
    """What a page is about, in schema.org's words: a data block that no browser runs.

    :param data: Plain values, without ``@context``, which is added.
    """
    described = {"@context": "https://schema.org", **(data if isinstance(data, dict) else {"@graph": data})}
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped just above
