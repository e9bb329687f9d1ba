"""The HTML of each mail, on a phone and on a wide screen, in light and in darkness: it fits, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from pledges import emails
from pledges.enums import MailKind
from tests.pledges.test_letters import html_of, mail_of

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Une liste au nom très long, " * 8 + "x" * 90
REASON = f"Un motif.\n\nhttps://ailleurs.example.org/{'y' * 120}\n<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (800, "light")])
def test_every_mail_fits_and_is_accessible(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    faults = []
    for kind in MailKind:
        mail = mail_of(kind)
        if mail.correction:
            mail.correction.reason = REASON
        elif mail.user:
            mail.user.first_name = LONG
        elif mail.invitation:
            mail.invitation.candidate_list.name = LONG
        else:
            mail.pledge.candidate_list.name, mail.pledge.decision_reason = LONG, REASON

        page.set_content(html_of(emails.compose(mail)))

        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{kind}: wider than the screen")
        results = Axe().run(page)
        if results.violations_count:
            faults.append(f"{kind}: {results.generate_report()}")

    assert faults == []
