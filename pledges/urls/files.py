"""What is taken away: feeds, calendars, tables and cards, each at one address for every language."""

from django.urls import path

from pledges.views.embeds import badge, embedded_list, embedded_region, how_to_embed
from pledges.views.feeds import all_pledges, contest_table, election_calendar, region_pledges
from pledges.views.press import press_png, press_svg, press_table
from pledges.views.shares import (
    share_contest,
    share_election,
    share_list,
    share_portal,
    share_principle,
    share_region,
)
from pledges.views.sheets import contest_sheet, list_sheet

urlpatterns = [
    path("flux/engagements.atom", all_pledges, name="feed"),
    path("flux/regions/<slug:slug>.atom", region_pledges, name="region-feed"),
    path("flux/elections/<slug:slug>.ics", election_calendar, name="election-calendar"),
    path("elections/<slug:slug>/<slug:territory>/tableau.csv", contest_table, name="contest-table"),
    path("elections/<slug:slug>/<slug:territory>/feuille.pdf", contest_sheet, name="contest-sheet"),
    path("listes/<key:pk>/feuille.pdf", list_sheet, name="list-sheet"),
    path("partage/accueil.png", share_portal, name="share-portal"),
    path("partage/regions/<slug:slug>.png", share_region, name="share-region"),
    path("partage/elections/<slug:slug>.png", share_election, name="share-election"),
    path("partage/elections/<slug:slug>/<slug:territory>.png", share_contest, name="share-contest"),
    path("partage/listes/<key:pk>.png", share_list, name="share-list"),
    path("partage/principes/<key:number>.png", share_principle, name="share-principle"),
    path("presse/<slug:slug>/<slug:chart>.svg", press_svg, name="press-svg"),
    path("presse/<slug:slug>/<slug:chart>.png", press_png, name="press-png"),
    path("presse/<slug:slug>/<slug:chart>.csv", press_table, name="press-table"),
    path("integrer/", how_to_embed, name="embed"),
    path("integrer/regions/<slug:slug>/", embedded_region, name="embed-region"),
    path("integrer/listes/<key:pk>/", embedded_list, name="embed-list"),
    path("integrer/listes/<key:pk>/badge.svg", badge, name="badge"),
]
