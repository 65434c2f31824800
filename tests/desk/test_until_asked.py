"""What no program asks for is not read."""

import subprocess
import sys

LOOK = """
import sys
from amends.desk import asgi, read_in
from django.urls import get_resolver, resolve, reverse
read_in._walk(get_resolver())
reverse("workplace:inbox"), reverse("programs:tokens"), resolve("/complain/")
before = "amends.desk.api.routes" in sys.modules
resolve("/api/complaints")
print(before, "amends.desk.api.routes" in sys.modules, reverse("api:docs"))
"""


def test_the_api_is_read_when_somebody_comes_for_it():
    told = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=300, check=True)
    assert told.stdout.split() == ["False", "True", "/api/docs/"]
