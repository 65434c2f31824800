"""Django's SQLite, with another way to wait for whoever writes."""
