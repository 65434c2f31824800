"""The Model Context Protocol: what a client says, line by line, and what it hears."""

import io
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.cli.mcp import _judge
from amends.desk.api import mcp

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}


def ask(method, params=None, number=1):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}


def spoken(server, *messages):
    """Send lines to a server and return what it answers."""
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in messages]
    out = io.BytesIO()
    server.serve(lines, out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def call(server, name, **arguments):
    (answer,) = spoken(server, ask("tools/call", {"name": name, "arguments": arguments}))
    result = answer["result"]
    assert result["content"][0]["type"] == "text"
    return result


@pytest.fixture
def alone():
    """A server without a desk, that judges by cues."""
    return mcp.Server("0", _judge("cues"))


@pytest.fixture
def at_a_desk(make_program):
    """`at_a_desk(**token)`: a server that enters a desk, past the network."""

    def make(**token):
        program = make_program(**token)

        def desk(method, path, body=None, *, key=""):
            response = program(method, path, body, key=key)
            return response.status_code, response.json()

        return mcp.Server("0", _judge("cues"), desk)

    return make


def test_it_says_who_it_is_and_lists_its_tools(alone):
    hello, pong, listed = spoken(
        alone,
        ask("initialize", HELLO),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        b"\n",
        ask("ping", number="two"),
        ask("tools/list", number=3),
    )
    assert hello["result"]["protocolVersion"] == "2025-06-18"
    assert hello["result"]["serverInfo"]["name"] == "amends"
    assert (pong["id"], pong["result"]) == ("two", {})
    assert [tool["name"] for tool in listed["result"]["tools"]] == ["check", "find_case", "add_promise"]
    (newer,) = spoken(alone, ask("initialize", {**HELLO, "protocolVersion": "2099-01-01"}))
    assert newer["result"]["protocolVersion"] == mcp.VERSIONS[0]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b'{"id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "resources/list"}', -32601),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}', -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "shout"}}', -32602),
    ],
)
def test_what_is_no_message_is_told_and_the_next_one_is_answered(alone, line, code):
    wrong, right = spoken(alone, line, ask("ping"))
    assert wrong["error"]["code"] == code
    assert right["result"] == {}


def test_a_reply_is_judged_without_any_desk(alone):
    context = [{"by": "customer", "text": "My parcel is three weeks late."}]
    told = call(alone, "check", reply="That is our policy. We will get back to you soon.", context=context)
    assert not told["isError"]
    assert told["structuredContent"]["failings"]
    assert all(one["instead"] for one in told["structuredContent"]["failings"])
    assert json.loads(told["content"][0]["text"]) == told["structuredContent"]
    for wrong in ({}, {"reply": ""}, {"reply": "x", "contxt": []}, {"reply": "x", "context": [{"by": "dog"}]}):
        assert call(alone, "check", **wrong)["isError"]
    broken = call(alone, "check", reply="x", context=[{"by": "customer", "text": "x", "at": "soon"}])
    assert broken["isError"]
    needs_a_desk = call(alone, "find_case", number=1)
    assert "AMENDS_TOKEN" in needs_a_desk["content"][0]["text"]


def test_a_case_is_found_and_a_promise_written_down_once(at_a_desk, make_complaint, make_customer):
    customer = make_customer(name="Reza Karimi", email="reza@mail.example")
    complaint = make_complaint(customer=customer, subject="Kettle leaks")
    server = at_a_desk(agent=complaint.owner)
    (found,) = call(server, "find_case", words="kettle")["structuredContent"]["complaints"]
    assert found["number"] == complaint.number
    whole = call(server, "find_case", number=complaint.number)["structuredContent"]
    assert whole["conversation"]["turns"][0]["by"] == "customer"
    by_mail = call(server, "find_case", email="reza@mail.example")["structuredContent"]
    assert by_mail["customers"][0]["complaints"] == [complaint.number]
    assert call(server, "find_case")["isError"]

    due = (timezone.now() + timedelta(days=1)).isoformat()
    promise = {"number": complaint.number, "words": "a new kettle", "due_at": due}
    first, second = (call(server, "add_promise", **promise) for _ in range(2))
    assert first["structuredContent"] == second["structuredContent"]
    assert complaint.promises.get().words == "a new kettle"
    late = call(server, "add_promise", **{**promise, "due_at": "2020-01-01T00:00:00Z"})
    assert late["isError"]
    assert "passed already" in late["content"][0]["text"]
    assert not call(server, "check", reply="Thank you for telling us.")["isError"]
    refused = call(at_a_desk(agent=complaint.owner, scopes=["check"]), "add_promise", **promise)
    assert "scope" in refused["content"][0]["text"]


def test_a_desk_that_does_not_answer_is_told():
    desk = mcp.OverHttp("http://127.0.0.1:9", "amends_x")
    told = call(mcp.Server("0", _judge("cues"), desk), "find_case", number=1)
    assert told["isError"]
    assert "does not answer" in told["content"][0]["text"]


def test_the_command_serves_until_the_client_is_gone():
    lines = "".join(json.dumps(one) + "\n" for one in (ask("initialize", HELLO), ask("tools/list")))
    done = subprocess.run(
        [sys.executable, "-m", "amends.cli", "mcp"], input=lines.encode(), capture_output=True, timeout=300, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 1]
    assert "django" not in done.stderr.decode()
