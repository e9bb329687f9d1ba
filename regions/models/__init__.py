"""The territory as INSEE names it, the networks, and the people who work in them."""

from .networks import Membership, Network, User
from .revision import Revision
from .territory import Commune, Department, Indicator, PostalCode, Region, ScopedQuerySet

__all__ = [
    "Commune",
    "Department",
    "Indicator",
    "Membership",
    "Network",
    "PostalCode",
    "Region",
    "Revision",
    "ScopedQuerySet",
    "User",
]
