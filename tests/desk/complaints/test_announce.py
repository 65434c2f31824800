from amends.desk.complaints import actions, announce


def test_a_reader_hears_what_came_after_they_began(make_complaint, now):
    one, two = make_complaint(), make_complaint()
    mark = announce.start()
    assert announce.since(mark) == (mark, [])
    actions.note(complaint=two, by=two.owner, text="x", now=now)
    actions.note(complaint=one, by=one.owner, text="x", now=now)
    later, changes = announce.since(mark)
    assert [(change.number, change.kind) for change in changes] == [(two.number, "noted"), (one.number, "noted")]
    assert announce.since(later) == (later, [])
    assert [change.complaint_id for change in announce.since(mark, complaint_id=one.pk)[1]] == [one.pk]


def test_an_event_that_commits_late_is_not_missed(make_complaint, now):
    """Its id is lower than one that was seen already, as two transactions at once can do on PostgreSQL."""
    complaint = make_complaint()
    late = actions.note(complaint=complaint, by=complaint.owner, text="late", now=now)
    mark = announce.start()
    unseen = announce.Mark(last=mark.last, seen=mark.seen - {late.pk})
    actions.note(complaint=complaint, by=complaint.owner, text="x", now=now)
    assert late.pk in {change.id for change in announce.since(unseen)[1]}


def test_an_empty_desk_begins_at_nothing(db):
    mark = announce.start()
    assert announce.since(mark) == (mark, [])
