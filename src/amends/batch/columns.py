"""The columns of `findings.parquet`, and of what a worker hands back for one conversation."""

from __future__ import annotations

import pyarrow as pa

FINDING = pa.struct(
    [
        pa.field("conversation", pa.string()),
        pa.field("kind", pa.string()),  # failing, hint or event
        pa.field("at", pa.timestamp("us", tz="UTC")),
        pa.field("id", pa.string()),
        pa.field("failing", pa.string()),
        pa.field("turn", pa.int32()),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("words", pa.string()),
        pa.field("confidence", pa.float64()),
        pa.field("hurts", pa.string()),
        pa.field("instead", pa.string()),
        pa.field("claims", pa.list_(pa.string())),
        pa.field("preview", pa.bool_()),
        pa.field("language", pa.string()),
    ]
)

LOOKED = pa.struct(
    [
        pa.field("figures", pa.string()),  # JSON of `Figures`; empty for a line that was left out
        pa.field("findings", pa.list_(FINDING)),
        pa.field("bad", pa.string()),  # why a line was left out
        pa.field("fatal", pa.string()),  # why a file cannot be read at all
    ]
)
