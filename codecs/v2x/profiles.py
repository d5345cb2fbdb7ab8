"""The editions of the message set that this package speaks.

    ydt3709-2020    YD/T 3709-2020, phase I as it is sent today
    csae53-2020     T/CSAE 53-2020, phase I a year before: MAP differs, and RSI with paths
    csae53-2017     T/CSAE 53-2017, the first phase I: nearly everything differs
    csae157-2020    T/CSAE 157-2020, phase II: phase I of YD/T 3709-2020 with additions, and nine messages more

Nothing on the wire tells them apart: sender and receiver must agree on one, or the receiver must try (`receive`).
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Profile: TypeAlias = Literal["ydt3709-2020", "csae53-2020", "csae53-2017", "csae157-2020"]

PROFILES: tuple[Profile, ...] = get_args(Profile)
DEFAULT_PROFILE: Profile = "ydt3709-2020"
