"""The messages in physical units: metres, m/s, degrees, seconds; None = unavailable or absent."""
