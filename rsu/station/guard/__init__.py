"""The guard of SPAT (guarantee G2): judges each message before it leaves, by earlier messages and impossible states."""
