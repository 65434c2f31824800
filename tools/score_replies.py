"""Judge the labelled replies of a language, blind, and print the scores: `tools/score_replies.py LANGUAGE…`.

The folder of shared data is named by AMENDS_SHARED_DATA; the scorer stands beside it in `tools/score.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from amends.engine.conversation import Conversation, Facts, Turn
from amends.engine.failings import judge


def conversation_of(item: dict[str, Any]) -> Conversation:
    """Make a conversation of one blind item."""
    facts = item.get("facts", {})
    said = [*item.get("context", ()), {"by": "agent", "text": item["reply"]}]
    return Conversation(
        id=item["id"],
        turns=tuple(Turn(by=turn["by"], text=turn["text"]) for turn in said),
        as_of=datetime.fromisoformat(facts["now"]),
        facts=Facts(
            customer_name=facts.get("customer_name", ""),
            honorific=facts.get("honorific", ""),
            address=facts.get("address", ""),
        ),
    )


def main() -> None:
    """Print the scores of every language named."""
    shared = Path(os.environ.get("AMENDS_SHARED_DATA", "../shared/data"))
    scorer = shared.parent / "tools" / "score.py"
    for code in sys.argv[1:]:
        labelled = shared / "replies" / f"{code}-dev.jsonl"
        blind = subprocess.run(
            [sys.executable, scorer, "--blind", labelled], capture_output=True, text=True, check=True
        )
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", delete=False) as found:
            for line in blind.stdout.splitlines():
                item = json.loads(line)
                found.write(json.dumps(judge(conversation_of(item)).as_dict(id=item["id"]), ensure_ascii=False) + "\n")
        print(f"== {code}")
        subprocess.run([sys.executable, scorer, labelled, found.name], check=False)
        Path(found.name).unlink()


if __name__ == "__main__":
    main()
