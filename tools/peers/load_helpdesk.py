"""Lay the same complaints into a site of django-helpdesk, and print a session of its administrator: read by its Python.

load_helpdesk.py CONVERSATIONS.jsonl MAIL-FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk_site"
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone
    from helpdesk.models import FollowUp, Queue, Ticket

    call_command("migrate", verbosity=0, interactive=False)
    people = get_user_model().objects
    agents = [
        people.create_user(f"agent{n}", f"agent{n}@desk.example", "measured", is_staff=True, is_superuser=n == 0)
        for n in range(20)
    ]
    queue = Queue.objects.create(
        title="Complaints", slug="complaints", email_address="desk@desk.example", allow_public_submission=True,
        allow_email_submission=True, email_box_type="local", email_box_local_dir=sys.argv[2], email_box_interval=0,
    )  # fmt: skip
    now = timezone.now()
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    for n, line in enumerate(lines):
        told = json.loads(line)
        ticket = Ticket.objects.create(
            title=told["subject"], queue=queue, submitter_email=told["email"], description=told["turns"][0]["text"],
            status=1, assigned_to=agents[n % 20], created=now,
        )  # fmt: skip
        FollowUp.objects.bulk_create(
            FollowUp(
                ticket=ticket, title="Comment", comment=turn["text"], public=True, date=now,
                user=agents[n % 20] if turn["by"] == "agent" else None,
            )
            for turn in told["turns"][1:]
        )  # fmt: skip
    client = Client()
    client.force_login(agents[0])
    print(client.cookies["sessionid"].value)


main()
