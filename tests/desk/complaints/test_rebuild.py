from click.testing import CliRunner

from amends.cli.rebuild import command
from amends.desk.complaints import actions
from amends.desk.complaints.models import Complaint, SearchEntry


def test_columns_come_back_from_the_timeline(make_complaint, now):
    complaint = make_complaint()
    actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Sorry", now=now)
    before = Complaint.objects.values().get()
    Complaint.objects.update(stage="received", people=9, preview="wrong", waiting_since=now, heat=3)
    assert set(actions.rebuild(complaint=complaint)) == {"stage", "people", "preview", "waiting_since", "heat"}
    assert Complaint.objects.values().get() == before


def test_the_command_says_what_was_different(make_complaint):
    complaint = make_complaint()
    Complaint.objects.update(people=9)
    SearchEntry.objects.all().delete()
    told = CliRunner().invoke(command, [])
    assert told.output.splitlines() == [f"#{complaint.number}: people", "Complaints read: 1, different: 1."]
    assert SearchEntry.objects.count() == 1


def test_the_command_knows_when_there_is_no_such_complaint(make_complaint):
    make_complaint()
    told = CliRunner().invoke(command, ["7"])
    assert (told.exit_code, told.output) == (1, "Error: There is no complaint 7.\n")
