"""Maps that others made, read into one record and built into our lane map; templates, checks and pictures of it."""
