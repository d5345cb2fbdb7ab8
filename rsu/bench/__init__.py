"""The bench as its commands run it: its processes by name (`rsu demo`, `rsu drill`)."""
