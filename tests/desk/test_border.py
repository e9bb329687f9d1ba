"""The border, generated: every address of the desk × every role × own territory, another, none.

Nothing here names a page. A class that registers at the desk, or an address that a class adds, is tried at once.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import models
from django.urls import URLPattern, URLResolver

from pledges.models import Contest, Pledge
from regions.admin.scoping import AdministratorAdmin, ScopedAdmin
from regions.models import ScopedQuerySet, User
from regions.ods_cells import MEDIA_TYPE
from tests.desk.acts import enter
from tests.desk.world import ELSEWHERE, HERE, ROWS, people, rows, territory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# The addresses that name a row of another model than the class that has them.
OF_ANOTHER = {"pledges_journalentry_treatment": Contest}
# A page that only shows refuses every POST alike, before it looks at any row.
CLOSED = {"get": {404}, "post": {404, 405}}
MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the desk: its route as in the urls, the model whose class has it, and that of the row it names."""

    route: str
    model: type[models.Model] | None
    row_of: type[models.Model] | None = None

    @property
    def is_about_a_row(self) -> bool:
        return bool(PARAMETER.search(self.route))

    def address(self, row: Any = None) -> str:
        """Its address for a row: all that these addresses take is a key."""
        return "/admin/" + PARAMETER.sub(str(row.pk) if row else "", self.route)

    def __str__(self) -> str:
        return self.route or "index"


@cache
def pages() -> tuple[Page, ...]:
    """Every address, found by walking the site's urls."""
    prefixes = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in MODELS}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Page]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif pattern.name == "app_list":
                yield from (Page(f"{label}/", None) for label in sorted({model._meta.app_label for model in MODELS}))
            elif pattern.name:  # the others send on to « change », whatever the key, or take what is no address
                route = prefix + str(pattern.pattern)
                model = next((prefixes[start] for start in prefixes if route.startswith(start)), None)
                yield Page(route, model, OF_ANOTHER.get(pattern.name, model))

    return tuple(sorted(walk(admin.site.urls[0], ""), key=str))


def of_models() -> list[Page]:
    return [spot for spot in pages() if spot.model]


def is_scoped(model: type[models.Model] | None) -> bool:
    return isinstance(admin.site._registry.get(model), ScopedAdmin)


@pytest.fixture
def here():
    return territory(HERE)


@pytest.fixture
def elsewhere():
    return territory(ELSEWHERE)


@pytest.fixture
def team(here):
    return people(here)


def content(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response["Content-Type"] == MEDIA_TYPE:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = archive.read("content.xml")
    return body.decode()


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """All that the tables of the desk hold."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS}


# --- Every class stands behind it ---


def open_classes(registry: dict[type[models.Model], ModelAdmin]) -> list[str]:
    """The classes without a border: scoped models shown as if they were the administrators' count too."""
    return sorted(
        model.__name__
        for model, site in registry.items()
        if not isinstance(site, ScopedAdmin if is_regional(model) else ScopedAdmin | AdministratorAdmin)
    )


def is_regional(model: type[models.Model]) -> bool:
    return isinstance(model._default_manager.all(), ScopedQuerySet)


def test_every_class_stands_behind_the_border():
    assert open_classes(admin.site._registry) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_class_without_its_border_is_named(model):
    bare = type("Bare", (ModelAdmin,), {})

    assert open_classes({**admin.site._registry, model: bare(model, admin.site)}) == [model.__name__]


def test_a_row_of_every_model_is_tried():
    assert set(ROWS) == set(MODELS)


# --- Every address × every role ---


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("spot", of_models(), ids=str)
def test_without_coming_in_there_is_only_the_door(client, here, spot, method):
    address = spot.address(ROWS[spot.row_of](here))

    response = getattr(client, method)(address)

    assert (response.status_code, response.url.split("?")[0]) == (302, "/admin/login/")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("spot", of_models(), ids=str)
def test_who_is_of_no_network_finds_nothing(client, here, team, spot, method):
    address = spot.address(ROWS[spot.row_of](here))
    enter(client, team["nobody"])
    before = snapshot()

    response = getattr(client, method)(address)

    assert response.status_code in CLOSED[method]
    assert snapshot() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize("spot", [spot for spot in of_models() if not is_scoped(spot.model)], ids=str)
def test_what_is_the_administrators_is_not_there_for_members(client, here, team, spot, role, method):
    address = spot.address(ROWS[spot.row_of](here))
    enter(client, team[role])
    before = snapshot()

    response = getattr(client, method)(address)

    assert response.status_code in CLOSED[method]
    assert snapshot() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize(
    "spot", [spot for spot in of_models() if spot.is_about_a_row and is_scoped(spot.model)], ids=str
)
def test_a_row_of_elsewhere_is_not_there(client, elsewhere, team, spot, role, method):
    address = spot.address(ROWS[spot.row_of](elsewhere))
    enter(client, team[role])
    before = snapshot()

    response = getattr(client, method)(address)

    assert response.status_code in CLOSED[method]
    assert snapshot() == before


@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize("spot", [spot for spot in pages() if not spot.is_about_a_row], ids=str)
def test_no_page_names_what_is_elsewhere(client, here, elsewhere, team, spot, role):
    rows(here), rows(elsewhere)

    response = enter(client, team[role]).get(spot.address(), {"etat": "tous"} if spot.model is Pledge else {})

    assert ELSEWHERE.lower() not in content(response).lower()


@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize(
    "spot", [spot for spot in of_models() if spot.is_about_a_row and is_scoped(spot.model)], ids=str
)
def test_no_page_of_an_own_row_names_what_is_elsewhere(client, here, elsewhere, team, spot, role):
    own = rows(here)
    rows(elsewhere)

    response = enter(client, team[role]).get(spot.address(own[spot.row_of]))

    assert ELSEWHERE.lower() not in content(response).lower()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("spot", pages(), ids=str)
def test_an_administrator_meets_no_fault(client, here, team, spot, method):
    row = ROWS[spot.row_of](here) if spot.row_of else None

    response = getattr(enter(client, team["administrator"]), method)(spot.address(row))

    response.close()  # an export is a file
    assert response.status_code < 500


# --- The ways round ---


@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize("model", [model for model in MODELS if is_scoped(model)], ids=lambda model: model.__name__)
def test_no_field_offers_what_is_elsewhere(rf, elsewhere, team, model, role):
    theirs = rows(elsewhere)
    request = rf.get("/")
    request.user = team[role]
    site = admin.site._registry[model]

    offered = []
    for field in (*model._meta.fields, *model._meta.many_to_many):
        if field.remote_field and field.related_model in theirs and field.formfield():
            form_field = site.formfield_for_dbfield(field, request)
            choices = getattr(form_field, "queryset", None)
            row = theirs[field.related_model]
            if is_scoped(field.related_model) and choices is not None and choices.filter(pk=row.pk).exists():
                offered.append(field.name)

    assert offered == []


@pytest.mark.parametrize("role", ["moderator", "coordinator"])
@pytest.mark.parametrize("model", [model for model in MODELS if is_scoped(model)], ids=lambda model: model.__name__)
def test_no_bulk_action_reaches_elsewhere(rf, client, elsewhere, here, team, model, role):
    theirs = rows(elsewhere)[model]
    request = rf.get("/")
    request.user = team[role]
    site = admin.site._registry[model]
    address = Page(f"{model._meta.app_label}/{model._meta.model_name}/", model).address()
    enter(client, team[role])
    before = snapshot()

    for action in site.get_actions(request):
        data = {"action": action, "_selected_action": [theirs.pk], "select_across": "0", "post": "yes"}
        client.post(address, data)
        client.post(address, {**data, "select_across": "1"})

    assert [row for row in snapshot()[model.__name__] if row["id"] == theirs.pk] == [
        row for row in before[model.__name__] if row["id"] == theirs.pk
    ]


def ways_to_people(model: type[models.Model], depth: int) -> Iterator[str]:
    """The look-ups that lead from a model to an account, through any relation, as a query string spells them."""
    if model is User:
        yield ""
    if not depth:
        return
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model and field.related_model is not model:
            yield from (f"{field.name}__{way}" for way in ways_to_people(field.related_model, depth - 1))


@pytest.mark.parametrize("model", [model for model in MODELS if is_scoped(model)], ids=lambda model: model.__name__)
def test_a_query_string_asks_nothing_about_people(client, here, team, model):
    ROWS[model](here)
    address = Page(f"{model._meta.app_label}/{model._meta.model_name}/", model).address()
    enter(client, team["moderator"])
    # The shortest ways, of three relations at least: longer ones begin in the same manner.
    ways = next(filter(None, (sorted(set(ways_to_people(model, depth))) for depth in (3, 4, 5))))

    answers = {way: client.get(address, {f"{way}password__startswith": "m"}).status_code for way in ways}

    assert set(answers.values()) <= {400, 404}


@pytest.mark.parametrize("model", [model for model in MODELS if is_scoped(model)], ids=lambda model: model.__name__)
def test_a_query_string_finds_no_row_of_elsewhere(client, here, elsewhere, team, model):
    theirs = rows(elsewhere)[model]
    address = Page(f"{model._meta.app_label}/{model._meta.model_name}/", model).address()
    enter(client, team["moderator"])

    queries = [{"pk": theirs.pk}, {"id__exact": theirs.pk}, {"id__in": theirs.pk}]
    if admin.site._registry[model].search_fields:
        queries.append({"q": ELSEWHERE})
    for query in queries:
        response = client.get(address, query)

        assert response.status_code in {200, 302, 400, 404}
        assert response.status_code != 200 or not response.context["cl"].result_list


def test_the_way_to_any_row_of_any_table_is_taken_away(client, here, team):
    assert enter(client, team["administrator"]).get("/admin/r/1/1/").status_code == 404


@pytest.mark.parametrize("role", ["nobody", "moderator", "coordinator"])
def test_no_completion_opens_another_table(client, here, elsewhere, team, role):
    rows(here), rows(elsewhere)
    enter(client, team[role])

    found = {}
    for model in MODELS:
        for field in model._meta.fields:
            if field.remote_field:
                meta = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                response = client.get("/admin/autocomplete/", {**meta, "field_name": field.name, "term": ""})
                if response.status_code != 404 and ELSEWHERE.lower() in response.content.decode().lower():
                    found[f"{model.__name__}.{field.name}"] = response.status_code

    assert found == {}
