"""The editions of the message set that this package speaks.

Nothing on the wire tells them apart: sender and receiver must agree on one.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Profile: TypeAlias = Literal["ydt3709-2020", "csae53-2020", "csae53-2017", "csae157-2020"]

PROFILES: tuple[Profile, ...] = get_args(Profile)
DEFAULT_PROFILE: Profile = "ydt3709-2020"
