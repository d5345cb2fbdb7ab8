"""Why something is so, and how it came about: the same stories from a running daemon and from a recording."""
