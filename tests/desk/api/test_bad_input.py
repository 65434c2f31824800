"""Bad input at every route: whatever comes, the answer is one that the document knows, and never 'unexpected'."""

import json
import re
import uuid
from itertools import cycle, islice

from amends.desk.api import describing
from tests.desk.api.conftest import document

JUNK = (None, "", "\x00\ud800<b>", -1, 2**70, 1e400, {}, [None])
ODD = ("0", "-1", "x", "9" * 30, "%00", "1.5", "٣")
ODD_QUERIES = ("", "%00", "%ed%a0%80", "x" * 2000, "-1", "9" * 30, "%D9%A3", "%F0%9F%A6%8A")
GOOD = {"string": "some words", "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}, "null": None}
TIMES = {"date-time": "2031-01-31T17:00:00+03:00", "date": "2020-01-31"}


def good(schema):
    """A value that fits, mostly."""
    whole = document()
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "properties" in schema:
        return {name: good(one) for name, one in schema["properties"].items()}
    if "anyOf" in schema:
        return good(schema["anyOf"][0])
    if schema.get("enum"):
        return schema["enum"][-1]
    if "const" in schema:
        return schema["const"]
    if "pattern" in schema:
        return "EUR" if "A-Z" in schema["pattern"] else "7"
    return TIMES.get(schema.get("format"), GOOD[schema.get("type", "object")])


def calls(number):
    """Yield method, address and body of a great many calls that are not as they should be.

    What can be wrong is told by turns, a few to each route: all of it is met by some of them.
    """
    odd_ones, queries, wholes = cycle(ODD), cycle(ODD_QUERIES), cycle((*JUNK[:4], [], "x"))
    for template, method, operation in describing._operations(document()):
        path = template.removeprefix("/api/").replace("{number}", str(number)).replace("{pk}", "1")
        if "{" in template:
            for odd in islice(odd_ones, 2):
                yield method, re.sub(r"\{\w+\}", odd, template.removeprefix("/api/")), ""
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                for odd in islice(queries, 3):
                    yield method, f"{path}?{parameter['name']}={odd}", ""
        body = operation.get("requestBody")
        if body is not None and operation["operationId"] != "open_complaint":  # that one keeps what comes, by itself
            yield from (
                (method, path, json.dumps(one)) for one in bodies(body["content"]["application/json"]["schema"], wholes)
            )


def bodies(schema, wholes):
    right = good(schema)
    yield right
    for place, name in enumerate(right):  # others to the next value
        yield {**right, name: JUNK[place % len(JUNK)]}
    yield from islice(wholes, 2)


def test_every_route_answers_what_the_document_knows(make_program, make_agent, make_complaint):
    agent = make_agent(role="administrator")
    complaint = make_complaint(owner=agent)
    program = make_program(agent=agent, per_minute=6000)
    count = 0
    for method, path, raw in calls(complaint.number):
        response = program(method.upper(), path, raw=raw, key=uuid.uuid4().hex)
        assert response.status_code < 500, (method, path, raw[:300], response.text)
        count += 1
    assert count > 150
