"""The routes, a file a subject. Each is one call of an action that a page calls too."""

from __future__ import annotations

from ninja import Router

from amends.desk.api.door import api
from amends.desk.api.routes import (
    around,
    checking,
    complaints,
    customers,
    customers_side,
    figures,
    improvements,
    letters,
    logging,
    one_of_two,
    promises,
    relief,
    remedies,
    reports,
)

ROUTERS: tuple[tuple[str, Router], ...] = (
    ("Judging", checking.router),
    ("Complaints", complaints.router),
    ("Complaints", logging.router),
    ("Complaints", around.router),
    ("Complaints", customers_side.router),
    ("Complaints", one_of_two.router),
    ("Complaints", letters.router),
    ("Complaints", relief.router),
    ("Promises", promises.router),
    ("Remedies", remedies.router),
    ("Customers", customers.router),
    ("Figures", reports.router),
    ("Figures", figures.router),
    ("Figures", improvements.router),
)

for tag, router in ROUTERS:
    api.add_router("", router, tags=[tag])

__all__ = ["ROUTERS", "api"]
