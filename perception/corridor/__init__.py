"""Several boxes along one road: their tracks of the same road user as one, under one identity."""
