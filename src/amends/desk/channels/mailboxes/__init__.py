"""The organisation's mailboxes: set up, fetched, sent from, and watched over."""
