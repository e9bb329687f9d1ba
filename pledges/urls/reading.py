"""Pages to read: who committed to what, and where."""

from django.urls import path

from pledges.views.candidates import candidate
from pledges.views.comparing import compare
from pledges.views.elections import contest, contest_first_round, department, election, elections
from pledges.views.home import home
from pledges.views.lists import candidate_list
from pledges.views.press import press
from pledges.views.principles import principle
from pledges.views.regions import region
from pledges.views.search import search, suggestions

urlpatterns = [
    path("", home, name="home"),
    path("recherche/", search, name="search"),
    path("recherche/suggestions/", suggestions, name="suggestions"),
    path("comparer/", compare, name="compare"),
    path("regions/<slug:slug>/", region, name="region"),
    path("elections/", elections, name="elections"),
    path("elections/<slug:slug>/", election, name="election"),
    path("elections/<slug:slug>/departements/<slug:code>/", department, name="department"),
    path("elections/<slug:slug>/<slug:territory>/", contest, name="contest"),
    path("elections/<slug:slug>/<slug:territory>/premier-tour/", contest_first_round, name="contest-first-round"),
    path("listes/<key:pk>-<slug:slug>/", candidate_list, name="list"),
    path("candidats/<key:pk>-<slug:slug>/", candidate, name="candidate"),
    path("presse/", press, name="press"),
    path("principes/<key:number>/", principle, name="principle"),
]
