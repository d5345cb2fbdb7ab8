"""The keys of site file and lane map: meaning, range, unit, default, and the effect of a change while the daemon runs.

All of it is read off the models. Manual pages, JSON Schema and `rsu config explain` are made from these rows.
"""
