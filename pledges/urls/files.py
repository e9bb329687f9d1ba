"""What is taken away: feeds, calendars and tables, each at one address for every language."""

from django.urls import path

from pledges.views.feeds import all_pledges, contest_table, election_calendar, region_pledges

urlpatterns = [
    path("flux/engagements.atom", all_pledges, name="feed"),
    path("flux/regions/<slug:slug>.atom", region_pledges, name="region-feed"),
    path("flux/elections/<slug:slug>.ics", election_calendar, name="election-calendar"),
    path("elections/<slug:slug>/<slug:territory>/tableau.csv", contest_table, name="contest-table"),
]
