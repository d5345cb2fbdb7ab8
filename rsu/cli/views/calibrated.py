"""The result of `rsu calibrate camera`, as JSON and for people."""

from __future__ import annotations

from typing import Any

import numpy as np
from rich.console import Console

from hw.detail import Detail
from perception.calibration.quality import PointErrors
from rsu.calibration.job import CameraResult
from rsu.calibration.landmarks import SurveyedView
from rsu.cli.views.config import typed
from rsu.cli.views.screen import table

_TITLE = Detail("{camera}: {find} from {count} points", "{camera}：由 {count} 个点求解 {find}")
_COLUMNS = (
    Detail("point", "点"),
    Detail("now m", "现在 m"),
    Detail("after m", "标定后 m"),
    Detail("after px", "标定后 px"),
    Detail("east m", "东 m"),
    Detail("north m", "北 m"),
    Detail("left out m", "剔除该点 m"),
    Detail("left out px", "剔除该点 px"),
)
_LANDMARKS = Detail("points of the lane map, as {camera} shows them now", "车道地图上的点及其在 {camera} 中的像素")
_LANDMARK_COLUMNS = (
    Detail("point", "点"),
    Detail("east m", "东 m"),
    Detail("north m", "北 m"),
    Detail("right px", "向右 px"),
    Detail("down px", "向下 px"),
)
_RMS = Detail("root mean square", "均方根")
_COVERAGE = Detail(
    "coverage {share:.0%} of the watched road, condition {condition:.0f}, far places +-{far:.2f} m (1 sigma)",
    "覆盖被监视路面 {share:.0%}，条件数 {condition:.0f}，远处位置 ±{far:.2f} m（1 sigma）",
)
_SAVED = Detail("written into the site file as version {version}", "已写入站点文件，版本 {version}")
_TO_SAVE = Detail("nothing was written; --apply writes these values", "未写入；--apply 写入上述数值")
_NOT_SAVED = Detail("nothing was written: see the reasons above", "未写入：原因见上")


def answer(result: CameraResult, version: int | None) -> dict[str, Any]:
    """Return the result, ready for JSON. `version`: of the site file that has it, None: nothing was written."""
    found = result.found
    points = [
        {
            "name": name,
            "now_m": None if found.before is None else _figure(found.before.m[row]),
            "after": _errors(found.after, row),
            "left_out": _errors(found.left_out, row),
            "suspect": bool(found.suspects[row]),
        }
        for row, name in enumerate(result.names)
    ]
    rms = {"after": found.after.m, "left_out": found.left_out.m}
    if found.before is not None:
        rms["now"] = found.before.m
    return {
        "camera": result.camera,
        "find": found.task.find,
        "points": points,
        "rms_m": {key: _figure(float(np.sqrt((value**2).mean()))) for key, value in rms.items()},
        "coverage": round(found.covered_share, 3),
        "condition": round(found.found.condition, 1),
        "far_sd_m": _figure(found.far_sd_m),
        "unknowns": {
            name: {"value": value, "sd": sd}
            for name, value, sd in zip(found.names, found.found.x.tolist(), found.found.sd.tolist(), strict=True)
        },
        "values": result.values,
        "doubts": [{"en": each.en, "zh": each.zh} for each in result.doubts],
        "version": version,
    }


def _errors(errors: PointErrors, row: int) -> dict[str, float | None]:
    east, north = errors.road_m[row]
    return {
        "px": _figure(errors.px[row]),
        "m": _figure(errors.m[row]),
        "east_m": _figure(east),
        "north_m": _figure(north),
    }


def _figure(value: float) -> float | None:
    """Return a figure of a report; None above the horizon."""
    return round(float(value), 3) if np.isfinite(value) else None


def show(facts: dict[str, Any], language: str) -> None:
    """Print the result."""
    count = len(facts["points"])
    title = _TITLE.of(camera=facts["camera"], find=facts["find"], count=count)
    rows = table(title, _COLUMNS, language, numbers=True)
    for each in facts["points"]:
        after, left_out = each["after"], each["left_out"]
        figures = [
            each["now_m"],
            after["m"],
            after["px"],
            after["east_m"],
            after["north_m"],
            left_out["m"],
            left_out["px"],
        ]
        rows.add_row(f"{each['name']}{' !' * each['suspect']}", *(map(_cell, figures)))
    rms = facts["rms_m"]
    rows.add_row(
        _RMS.told(language), _cell(rms.get("now")), _cell(rms["after"]), "", "", "", _cell(rms["left_out"]), ""
    )
    Console(width=110).print(rows)
    far = float("inf") if facts["far_sd_m"] is None else facts["far_sd_m"]
    quality = _COVERAGE.of(share=facts["coverage"], condition=facts["condition"], far=far)
    ending = _NOT_SAVED if facts["doubts"] else _TO_SAVE
    if facts["version"] is not None:
        ending = _SAVED.of(version=facts["version"])
    doubts = [each["zh" if language == "zh" else "en"] for each in facts["doubts"]]
    values = [f"  {key}: {typed(value)}" for key, value in facts["values"].items()]
    print("\n".join([quality.told(language), *doubts, *values, ending.told(language)]))


def show_landmarks(view: SurveyedView, language: str) -> None:
    """Print the points of the lane map."""
    rows = table(_LANDMARKS.of(camera=view.camera), _LANDMARK_COLUMNS, language, numbers=True)
    for each in view.landmarks:
        rows.add_row(each.name, *map(_cell, (each.east_m, each.north_m, each.u_px, each.v_px)))
    Console(width=110).print(rows)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
