"""The addresses of the portal: pages of each app, pages of prose, the networks' desk, health."""

from collections.abc import Callable

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from config.demo import mail, mails
from config.views import health, sitemap
from regions.pages import public_page
from resources.views import resources_feed


def page(template: str, content_type: str = "text/html") -> Callable[..., HttpResponseBase]:
    """A page of prose: the same for everyone, until the next release."""
    return public_page(TemplateView.as_view(template_name=template, content_type=content_type))


handler404 = "config.views.not_found"

# What is read, in each language: French at the address itself, the others below `/en/`.
urlpatterns = i18n_patterns(
    path("", include("pledges.urls.reading")),
    path("", include("resources.urls")),
    path("plan-du-site/", page("pages/site_map.html"), name="site-map"),
    prefix_default_language=False,
)
# What is signed, decided or read by machines, at one address.
urlpatterns += [
    path("", include("pledges.urls.signing")),
    path("", include("pledges.urls.files")),
    # Browsers ask for it on pages that name no icon, such as the desk's.
    path(
        "favicon.ico",
        login_not_required(RedirectView.as_view(url=f"{settings.STATIC_URL}img/favicon.svg")),
        name="favicon",
    ),
    path("robots.txt", page("robots.txt", "text/plain"), name="robots"),
    path("flux/ressources.atom", resources_feed, name="resources-feed"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sante/", health, name="health"),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns += [
        path("demonstration/courriels/", mails, name="demo-mails"),
        path("demonstration/courriels/<slug:name>/", mail, name="demo-mail"),
    ]
