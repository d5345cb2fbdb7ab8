"""The drill: every fault of the table made at the bench site, what the daemon says of it, what is on air meanwhile."""
