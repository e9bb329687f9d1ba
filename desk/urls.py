"""The pages that the desk adds to Django's admin; ``site`` puts them among its own."""

from django.urls import path

from desk.views.account import MyAccountView, ProveView, RenewCodesView
from desk.views.entering import ChangeDeviceView, EnrolView, LogInView, SecondFactorView
from desk.views.members import InviteView
from desk.views.welcome import ChoosePasswordView, ForgottenView, forgotten_sent, welcome
from regions.admin.proof import needs_fresh_proof

# On the way in: each answers to somebody who is not at the desk yet.
open_patterns = [
    path("login/", LogInView.as_view(), name="login"),
    path("code/", SecondFactorView.as_view(), name="second-factor"),
    path("application/", EnrolView.as_view(), name="enrol"),
    path("bienvenue/", ChoosePasswordView.as_view(), name="welcome-password"),
    path("bienvenue/<who>/<key>/", welcome, name="welcome"),
    path("mot-de-passe-oublie/", ForgottenView.as_view(), name="forgotten"),
    path("mot-de-passe-oublie/envoye/", forgotten_sent, name="forgotten-sent"),
]
# At the desk: the site wraps each of them as it does its own.
closed_patterns = [
    ("mon-compte/", MyAccountView.as_view(), "my-account"),
    ("mon-compte/codes/", needs_fresh_proof(RenewCodesView.as_view()), "renew-codes"),
    ("mon-compte/application/", needs_fresh_proof(ChangeDeviceView.as_view()), "change-device"),
    ("preuve/", ProveView.as_view(), "prove"),
    ("membres/inviter/", needs_fresh_proof(InviteView.as_view()), "invite"),
]
