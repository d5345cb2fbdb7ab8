"""Where sensors stand and how cameras see: measured, shown and changed on the page."""
