"""What a failing may say: evidence that can be pointed at, with a stable identity."""

from amends.engine.findings.finding import Evidence, Finding, identify

__all__ = ["Evidence", "Finding", "identify"]
