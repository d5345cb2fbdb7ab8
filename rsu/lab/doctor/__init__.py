"""The doctor: probes that measure a box and its site, name faults and cures."""
