"""The site, road users, events and statistics in the forms of city models (CIM) and of the web: no clock, no file."""
