"""The ledger: due, kept, broken."""
