"""The editions of the message set that this package speaks.

Nothing on the wire tells them apart: sender and receiver must agree on one.
"""

from __future__ import annotations

YDT3709_2020 = "ydt3709-2020"
CSAE53_2020 = "csae53-2020"
PROFILES = (YDT3709_2020, CSAE53_2020)
DEFAULT_PROFILE = YDT3709_2020
