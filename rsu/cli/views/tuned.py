"""The result of `rsu tune`, as JSON and for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hw.detail import NOTHING, Detail
from perception.registration.verdict import Registration
from rsu.cli.views.screen import left, right
from rsu.cli.views.tune import Proposal, TuneWish, register, search
from rsu.core.exits import Exit
from rsu.lab import runs
from rsu.lab.tune import tuning
from rsu.lab.tune.tuning import Tuned

_LAG_MS = 60.0  # a lag that filters alone do not explain
_EARLY = Detail(" (ended early)", "（提前结束）")
_TRIALS = Detail("trials: {}{}, judged by {}; lower is better", "试验：{} 次{}，评判依据 {}；越低越好")
_GAIN = Detail("expected gain {}{}", "预期增益 {}{}")
_SPREAD = Detail(" +- {} over the recordings (1 sigma)", " ±{}（各录制间，1 sigma）")
_NO_SPREAD = Detail("; its spread is not known from one recording", "；仅一个录制，离散程度未知")
_NOTHING_BETTER = Detail("no values better than those of the site file were found", "未找到优于现有站点文件的数值")
_HEADS = (
    Detail("sensor", "传感器"),
    Detail("verdict", "结论"),
    Detail("seen with others, BSM, lanes", "共视次数：其他传感器、BSM、车道"),
)
_OFFSETS = (Detail("east m", "东 m"), Detail("north m", "北 m"), Detail("yaw deg", "偏航 deg"))
_PLACES = (("east_m", "east_sd_m"), ("north_m", "north_sd_m"), ("yaw_deg", "yaw_sd_deg"))
_TILTS = (("pitch_deg", "pitch_sd_deg"), ("roll_deg", "roll_sd_deg"), ("height_m", "height_sd_m"))
_TILT = Detail("{}: pitch {} deg, roll {} deg, height {} m", "{}：俯仰 {} deg，横滚 {} deg，高度 {} m")
_SAVED = Detail("written into the site file as version {}", "已写入站点文件，版本 {}")
_VERDICTS = {
    "fine": Detail("fine", "正确"),
    "moved": Detail("moved", "偏移"),
    "unknown": Detail("unknown", "未知"),
}
_TO_ADD = Detail(
    "values to add to the mount in the site file, with 1 sigma; `fine` sensors are left alone",
    "应加到站点文件 mount 上的数值，附 1 sigma；“正确”的传感器不作改动",
)
_LATE = Detail("{}: its times seem {} ms late against those of the others", "{}：其时间似乎比其他传感器晚 {} ms")
_EARLIER = Detail("{}: its times seem {} ms early against those of the others", "{}：其时间似乎比其他传感器早 {} ms")
_ALL_FINE = Detail("all sensors that could be judged stand as the site file says", "能够评判的传感器均与站点文件一致")
_UNKNOWN = Detail(
    "no verdict: too few road users were seen by two sensors", "无法评判：两个传感器共同看到的交通参与者过少"
)


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


def show(answer: dict[str, Any], registration: bool, as_json: bool, language: str) -> None:
    """Print a result, as JSON or for people."""
    if as_json:
        print(json.dumps(answer), flush=True)
    else:
        (show_registration if registration else show_search)(answer, language)


def show_search(answer: dict[str, Any], language: str) -> None:
    """Print the result of a search."""
    ended = _EARLY if answer["interrupted"] else NOTHING
    _say(_TRIALS.of(answer["trials"], ended, answer["judged_by"]), language)
    for one in answer["recordings"]:
        print(f"  {Path(one['file']).name}: {one['before']:.3f} -> {one['after']:.3f}  ({_share(-one['gain']):+.1%})")
    gain, sd = answer["gain_mean"], answer["gain_sd"]
    if gain is not None:
        spread = _NO_SPREAD if sd is None else _SPREAD.of(f"{sd:.1%}")
        _say(_GAIN.of(f"{_share(gain):.1%}", spread), language)
    _show_patch(answer, _NOTHING_BETTER, language)


def _share(value: float) -> float:
    """Return a share as it is printed: nothing is not less than nothing."""
    return round(value, 3) + 0.0


def show_registration(answer: dict[str, Any], language: str) -> None:
    """Print how the sensors stand."""
    name, verdict, ties = (head.told(language) for head in _HEADS)
    offsets = "".join(right(head.told(language), 15) for head in _OFFSETS)
    print(f"{left(name, 16)}{left(verdict, 9)}{offsets}   {ties}")
    for one in answer["sensors"]:
        cells = [_spread(one, *keys) for keys in _PLACES]
        ties = f"{one['sensor_ties']:4}, {one['vehicle_ties']}, {one['lane_ties']}"
        verdict = left(_VERDICTS[one["verdict"]].told(language), 9)
        print(f"{one['device']:16}{verdict}" + "".join(f"{cell:>15}" for cell in cells) + f"   {ties}")
    _say(_TO_ADD, language)
    for one in answer["sensors"]:
        if one["height_sd_m"] and (one["pitch_deg"] or one["roll_deg"] or one["height_m"]):
            _say(_TILT.of(one["device"], *(_spread(one, *keys) for keys in _TILTS)), language)
        if abs(one["lag_ms"]) > _LAG_MS:
            row = _LATE if one["lag_ms"] > 0 else _EARLIER
            _say(row.of(one["device"], f"{abs(one['lag_ms']):.0f}"), language)
    known = any(one["verdict"] != "unknown" for one in answer["sensors"])
    _show_patch(answer, _ALL_FINE if known else _UNKNOWN, language)


def _spread(one: dict[str, Any], key: str, sd: str) -> str:
    return f"{one[key]:+.2f} +-{one[sd]:.2f}"


def _say(line: Detail, language: str) -> None:
    print(line.told(language))


def _show_patch(answer: dict[str, Any], otherwise: Detail, language: str) -> None:
    print(f"\n{answer['patch'] or otherwise.told(language)}".rstrip())
    if "version" in answer:
        _say(_SAVED.of(answer["version"]), language)
