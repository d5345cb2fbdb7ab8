"""The result of `rsu tune`, as JSON and for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from perception.registration.verdict import Registration
from rsu.cli.views.tune import Proposal, TuneWish, register, search
from rsu.core.exits import Exit
from rsu.lab import runs
from rsu.lab.tune import tuning
from rsu.lab.tune.tuning import Tuned

_LAG_MS = 60.0  # a lag that filters alone do not explain


class TunedAnswer(NamedTuple):
    """The result that a command has to print."""

    facts: dict[str, Any]  # for JSON
    proposal: Proposal
    truth: str | None  # to judge the comparison report by
    code: Exit


def searched(wish: TuneWish) -> TunedAnswer:
    """Search. Errors as `search`."""
    tuned, proposal, judged_by = search(wish)
    code = Exit.INTERRUPTED if tuned.interrupted else Exit.FINE
    truth = judged_by if judged_by not in (runs.V2X, tuning.AGREEMENT) else None
    return TunedAnswer(search_answer(tuned, proposal, judged_by, wish), proposal, truth, code)


def registered(wish: TuneWish) -> TunedAnswer:
    """Find how the sensors stand. Errors as `register`."""
    found, proposal = register(wish.recordings, wish.site)
    code = Exit.FOUND if proposal.values else Exit.FINE
    truth = wish.truth if wish.truth not in (runs.V2X, tuning.AGREEMENT) else None
    return TunedAnswer(registration_answer(found, proposal, wish), proposal, truth, code)


def search_answer(tuned: Tuned, proposal: Proposal, judged_by: str, wish: TuneWish) -> dict[str, Any]:
    """Return the result of a search, ready for JSON."""
    shares = list(tuning.gains(tuned))
    return {
        "site": str(wish.site),
        "judged_by": judged_by,
        "trials": tuned.trials,
        "interrupted": tuned.interrupted,
        "values": proposal.values,
        "recordings": [
            {"file": str(path), "before": before, "after": after, "gain": gain}
            for path, before, after, gain in zip(wish.recordings, tuned.before, tuned.after, shares, strict=False)
        ],
        "gain_mean": float(np.mean(shares)) if shares else None,
        "gain_sd": float(np.std(shares, ddof=1)) if len(shares) > 1 else None,
        "patch": proposal.patch,
    }


def registration_answer(found: Sequence[Registration], proposal: Proposal, wish: TuneWish) -> dict[str, Any]:
    """Return how the sensors stand, ready for JSON."""
    return {
        "site": str(wish.site),
        "recordings": [str(path) for path in wish.recordings],
        "sensors": [one._asdict() | {"offset_m": one.offset_m} for one in found],
        "values": proposal.values,
        "patch": proposal.patch,
    }


def show_search(answer: dict[str, Any]) -> None:
    """Print the result of a search."""
    ended = " (ended early)" if answer["interrupted"] else ""
    count = f"{answer['trials']} trial{'' if answer['trials'] == 1 else 's'}"
    print(f"{count}{ended}, judged by {answer['judged_by']}; lower is better")
    for one in answer["recordings"]:
        print(f"  {Path(one['file']).name}: {one['before']:.3f} -> {one['after']:.3f}  ({_share(-one['gain']):+.1%})")
    gain, sd = answer["gain_mean"], answer["gain_sd"]
    if gain is not None:
        unknown = "; its spread is not known from one recording"
        spread = unknown if sd is None else f" +- {sd:.1%} over the recordings (1 sigma)"
        print(f"expected gain {_share(gain):.1%}{spread}")
    _show_patch(answer["patch"], "nothing better than the site file as it is was found")


def _share(value: float) -> float:
    """Return a share as it is printed: nothing is not less than nothing."""
    return round(value, 3) + 0.0


def show_registration(answer: dict[str, Any]) -> None:
    """Print how the sensors stand."""
    print(f"{'sensor':16}{'verdict':9}{'east m':>15}{'north m':>15}{'yaw deg':>15}   seen with others, BSM, lanes")
    for one in answer["sensors"]:
        cells = [f"{one[key]:+.2f} +-{one[sd]:.2f}" for key, sd in (
            ("east_m", "east_sd_m"), ("north_m", "north_sd_m"), ("yaw_deg", "yaw_sd_deg"))]  # fmt: skip
        ties = f"{one['sensor_ties']:4}, {one['vehicle_ties']}, {one['lane_ties']}"
        print(f"{one['device']:16}{one['verdict']:9}" + "".join(f"{cell:>15}" for cell in cells) + f"   {ties}")
    print("what to add to the mount in the site file, with 1 sigma; `fine` sensors are left alone")
    for one in answer["sensors"]:
        if abs(one["lag_ms"]) > _LAG_MS:
            word = "late" if one["lag_ms"] > 0 else "early"
            print(f"{one['device']}: its times seem {abs(one['lag_ms']):.0f} ms {word} against those of the others")
    known = any(one["verdict"] != "unknown" for one in answer["sensors"])
    fine = "all sensors that could be judged stand as the site file says"
    _show_patch(answer["patch"], fine if known else "nothing can be said: too few road users were seen by two sensors")


def _show_patch(patch: str, otherwise: str) -> None:
    print(f"\n{patch or otherwise}".rstrip())
