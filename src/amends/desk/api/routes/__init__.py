"""The routes, a file a subject. Each is one call of an action that a page calls too."""

from __future__ import annotations

from ninja import Router

from amends.desk.api.door import api
from amends.desk.api.routes import (
    around,
    asked,
    checking,
    complaints,
    customers,
    customers_side,
    figures,
    further,
    improvements,
    letters,
    logging,
    one_of_two,
    own,
    promises,
    relief,
    remedies,
    reports,
    resting,
    setting_up,
    setting_up_doors,
    setting_up_people,
    setting_up_rules,
    time_limits,
    training,
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
    ("Complaints", further.router),
    ("Complaints", time_limits.router),
    ("One's own", asked.router),
    ("One's own", own.router),
    ("One's own", resting.router),
    ("One's own", training.router),
    ("Promises", promises.router),
    ("Remedies", remedies.router),
    ("Customers", customers.router),
    ("Figures", reports.router),
    ("Figures", figures.router),
    ("Figures", improvements.router),
    ("Setting up", setting_up.router),
    ("Setting up", setting_up_people.router),
    ("Setting up", setting_up_rules.router),
    ("Setting up", setting_up_doors.router),
)

for tag, router in ROUTERS:
    api.add_router("", router, tags=[tag])

__all__ = ["ROUTERS", "api"]
