"""What a signer does, and what proves it; what is asked about a page."""

from django.urls import path

from pledges.views.confirming import code, confirm
from pledges.views.corrections import corrections, corrections_sent
from pledges.views.email_change import approve, ask_change, noted, prove
from pledges.views.finding import find
from pledges.views.invited import invitation, refuse
from pledges.views.my_data import contact, download, erase, erased, my_data
from pledges.views.private_page import amend, answer, ask, asked, private, withdraw
from pledges.views.receipts import download as download_receipt
from pledges.views.receipts import verify, verify_file, verify_form
from pledges.views.signing_path import declare, sign_candidate, sign_list

urlpatterns = [
    path("signer/", find, name="sign"),
    path("signer/liste/<key:pk>/", sign_list, name="sign-list"),
    path("signer/liste/<key:pk>/<slug:step>/", sign_list, name="sign-list-step"),
    path("signer/candidat/<key:pk>/", sign_candidate, name="sign-candidate"),
    path("signer/candidat/<key:pk>/<slug:step>/", sign_candidate, name="sign-candidate-step"),
    path("signer/declarer/", declare, name="declare"),
    path("signer/declarer/<slug:step>/", declare, name="declare-step"),
    path("signer/code/", code, name="code"),
    path("signer/ma-page/", ask, name="private-ask"),
    path("signer/ma-page/envoye/", asked, name="private-asked"),
    path("signer/ma-page/efface/", erased, name="private-erased"),
    path("signer/ma-page/<str:token>/", private, name="private"),
    path("signer/ma-page/<str:token>/modifier/", amend, name="private-amend"),
    path("signer/ma-page/<str:token>/question/<key:pk>/", answer, name="private-question"),
    path("signer/ma-page/<str:token>/retirer/", withdraw, name="private-withdraw"),
    path("signer/ma-page/<str:token>/recu/", download_receipt, name="private-receipt"),
    path("signer/ma-page/<str:token>/adresse/", ask_change, name="private-email"),
    path("signer/ma-page/<str:token>/recontact/", contact, name="private-contact"),
    path("signer/ma-page/<str:token>/donnees/", my_data, name="private-data"),
    path("signer/ma-page/<str:token>/donnees/telecharger/", download, name="private-download"),
    path("signer/ma-page/<str:token>/donnees/effacer/", erase, name="private-erase"),
    path("signer/invitation/<str:key>/", invitation, name="invitation"),
    path("signer/invitation/<str:key>/refuser/", refuse, name="invitation-refuse"),
    path("signer/confirmer/<str:token>/", confirm, name="confirm"),
    path("signer/adresse/notee/", noted, {"outcome": "noted"}, name="email-noted"),
    path("signer/adresse/changee/", noted, {"outcome": "changed"}, name="email-changed"),
    path("signer/adresse/refusee/", noted, {"outcome": "refused"}, name="email-refused"),
    path("signer/adresse/autoriser/<str:token>/", approve, name="approve"),
    path("signer/adresse/confirmer/<str:token>/", prove, name="prove"),
    path("verifier/", verify_form, name="verify"),
    path("verifier/<str:code>/", verify, name="verify-code"),
    path("verifier/<str:code>/fichier/", verify_file, name="verify-file"),
    path("corrections/", corrections, name="corrections"),
    path("corrections/envoyee/", corrections_sent, name="corrections-sent"),
]
