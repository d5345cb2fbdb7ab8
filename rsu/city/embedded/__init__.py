"""A city in one process: broker, SQLite, page."""
