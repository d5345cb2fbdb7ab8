"""The guard of SPAT (guarantee G2): judges what is about to leave by what was said before and what must never be."""
