"""The corridor process: tracks exchanged with neighbouring boxes, one identity for each road user."""
