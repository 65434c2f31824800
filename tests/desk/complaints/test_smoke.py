def test_a_complaint_opens(make_complaint, now):
    complaint = make_complaint()
    assert complaint.number == 1001
    assert complaint.preview == "My parcel did not come."
    assert complaint.people == 1
