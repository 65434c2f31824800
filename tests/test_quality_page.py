"""The page of how well it judges says what was measured."""

import sys
from collections import Counter
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from quality_page import READERS, Causes, Judged, Measured, page, plot, steps

LANGUAGES = ("en", "fa", "mn", "tr")


def judged(macro: float) -> Judged:
    figures = {
        "items": 130,
        "macro_f1": macro,
        "macro_f1_90": [0.4, 0.6],
        "micro_precision": 0.8,
        "micro_recall": 0.5,
        "alarms_per_100_clean": 2.2,
        "span_right": 0.9,
        "brier": 0.1,
        "good_f1": 0.8,
        "signals_f1": 0.6,
        "promise_f1": 0.9,
        "due_right": 1.0,
    }
    return Judged(
        figures=figures,
        failings={"denial": {"labelled": 4, "precision": 1.0, "recall": 0.5, "f1": 0.667}},
        sure=[(0.85, True)] * 8 + [(0.85, False)] * 2,
        confused=Counter({("denial", "excuse"): 2}),
        missed=Counter({"denial": 2}),
    )


def measured() -> Measured:
    causes = {code: Causes(items=60, macro=0.7, layers={"product": 0.8}, off_by=0.1) for code in LANGUAGES}
    held = {"replies": 200, "macro_f1": 0.78, "precision": 0.84, "recall": 0.7, "alarms_per_100_clean": 1.2}
    return Measured(
        on=date(2026, 3, 4),
        replies={
            (code, reader): judged(0.5 + 0.1 * at) for code in LANGUAGES for at, reader in enumerate(reversed(READERS))
        },
        held=dict.fromkeys(LANGUAGES, held),
        causes=causes,
        causes_by_cues=causes,
        tweets="220 tweets, 0.66 right",
    )


def test_page_has_every_reader_language_and_failing():
    told = page(measured())
    assert "| macro-F1 over the failings of a reply | 0.70 / 0.60 / 0.50 |" in told
    assert "| denial | 0.67 (4; P 1.00, R 0.50) |" in told
    assert "| denial | excuse | 8 |" in told
    assert "2026-03-04" in told
    assert "220 tweets" in told


def test_steps_leave_out_what_chance_makes():
    assert steps([(0.85, True)] * 3 + [(0.85, False)] + [(0.15, False)] * 2) == []
    ((mean, right, count),) = steps([(0.85, True)] * 8 + [(0.85, False)] * 2 + [(0.1, False)])
    assert (round(mean, 2), right, count) == (0.85, 0.8, 10)


def test_plot_is_a_picture_with_a_line_a_language():
    picture = ET.fromstring(plot(measured()))
    assert len([one for one in picture.iter() if one.tag.endswith("polyline")]) == len(LANGUAGES)
