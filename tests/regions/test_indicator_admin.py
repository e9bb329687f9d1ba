"""Figures at the desk."""

import pytest
from django.urls import reverse

from regions.enums import Measure
from tests.regions.factories import IndicatorFactory

pytestmark = pytest.mark.django_db


def test_a_count_is_written_without_decimals_and_a_share_with_its_unit(admin_client):
    IndicatorFactory(measure=Measure.JOBS, value="29000.0")
    IndicatorFactory(measure=Measure.JOB_SHARE, value="10.7")

    page = admin_client.get(reverse("admin:regions_indicator_changelist")).content.decode()

    spaces = str.maketrans("\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}", "  ")
    assert 'class="field-value_in_words">29 000</td>' in page.translate(spaces)
    assert 'class="field-value_in_words">10,7 %</td>' in page.translate(spaces)
