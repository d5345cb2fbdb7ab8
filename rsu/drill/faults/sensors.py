"""F1 to F9: cameras and radars."""

from __future__ import annotations

from hw.detail import Detail
from rsu.drill.acts import emulated, unplugged
from rsu.drill.fault import Fault, counter, device, either, nothing

_MARKED = Detail(
    "named; RSM goes on, degraded; no road user on air that does not exist", "告警；RSM 降级播发；空口无虚假交通参与者"
)
_NOT_UNDERSTOOD = Detail(
    "a device whose data cannot be read is not ok; an unreadable list is no empty road",
    "数据无法解析的设备不算正常；无法解析的目标列表不当作空路",
)

ROWS = [
    Fault(
        "F1", "a camera's stream stops", "摄像机码流中断", _MARKED,
        unplugged("camera-north"), device("camera-north"), notice_s=4.0,
    ),
    Fault(
        "F2", "a camera repeats its picture under new times", "摄像机画面冻结（时间戳仍在更新）", _MARKED,
        emulated("camera-east", fault="frozen"), device("camera-east"), notice_s=45.0, hold_s=40.0, recover_s=30.0,
    ),
    Fault(
        "F3", "a camera's time jumps by 2 s forward and back", "摄像机时间前后跳变 2 秒", _MARKED,
        emulated("camera-south", fault="clock-jump"),
        either(device("camera-south"), counter("camera-south/clock-future", "camera-south/clock-past")),
    ),
    Fault(
        "F3b", "a camera sends JSON of another format", "摄像机 JSON 格式不符", _NOT_UNDERSTOOD,
        emulated("camera-south", fault="other-json"), device("camera-south"), notice_s=8.0, recover_s=20.0,
    ),
    Fault(
        "F3c", "a web server answers on a camera's port", "摄像机端口返回 HTTP 400", _NOT_UNDERSTOOD,
        emulated("camera-south", fault="http-400"), device("camera-south"), notice_s=8.0, recover_s=20.0,
    ),
    Fault(
        "F4", "a camera is turned on its mast", "摄像机在杆上偏转",
        Detail(
            "its weight in fusion falls; named once it is certain; no road user on air that does not exist",
            "融合权重降低；确认后告警；空口无虚假交通参与者",
        ),
        emulated("camera-west", fault="turned"), nothing, hold_s=60.0, recover_s=120.0,
    ),
    Fault(
        "F5", "night in front of a video camera's lens", "视频摄像机画面过暗", _MARKED,
        emulated("video-north", fault="dark"), device("video-north"), notice_s=15.0, hold_s=15.0, recover_s=90.0,
    ),
    Fault(
        "F5b", "a video camera is dazzled", "视频摄像机过曝", _MARKED,
        emulated("video-north", fault="bright"), device("video-north"), notice_s=15.0, hold_s=15.0, recover_s=90.0,
    ),
    Fault(
        "F6", "a radar falls silent", "雷达无数据", _MARKED,
        emulated("radar-north", fault="mute"), device("radar-north"), notice_s=4.0,
    ),
    Fault(
        "F7", "a radar reports ghost targets everywhere", "雷达虚假目标风暴",
        Detail("no target that this radar alone reports stays on air", "仅该雷达上报的目标不会持续播发"),
        emulated("radar-east", fault="storm"), either(device("radar-east"), counter("radar-east/"), nothing),
        notice_s=10.0, hold_s=15.0, recover_s=30.0,
    ),
    Fault(
        "F7b", "a camera floods 256 objects a frame", "摄像机每帧上报 256 个目标",
        Detail("named; the other sensors are not affected", "告警；其他传感器不受影响"),
        emulated("camera-east", fault="storm"), either(device("camera-east"), counter("camera-east/")), notice_s=10.0,
        hold_s=15.0, recover_s=30.0,
    ),
    Fault(
        "F8", "a radar's frames are torn", "雷达帧被截断", _MARKED,
        emulated("radar-south", fault="torn"), either(counter("radar-south/"), device("radar-south")), recover_s=20.0,
    ),
    Fault(
        "F8b", "a radar's frames come twice", "雷达帧重复", Detail("each frame is used once", "每帧只使用一次"),
        emulated("radar-south", fault="duplicate"), either(counter("radar-south/"), device("radar-south")),
        recover_s=20.0,
    ),
    Fault(
        "F8c", "a radar's firmware has target records of another size", "雷达固件目标记录长度不符", _NOT_UNDERSTOOD,
        emulated("radar-south", fault="other-record"), device("radar-south"), notice_s=8.0, recover_s=20.0,
    ),
    Fault(
        "F8d", "a radar's line has another baud rate", "雷达串口波特率不符", _NOT_UNDERSTOOD,
        emulated("radar-south", fault="wrong-baud"), device("radar-south"), notice_s=8.0, recover_s=30.0,
    ),
    Fault(
        "F9", "a camera's frames arrive 300 ms late", "摄像机数据延迟 300 毫秒",
        Detail(
            "used at its time of measurement or not at all; no road user on air that does not exist",
            "按测量时刻使用，或不使用；空口无虚假交通参与者",
        ),
        emulated("camera-north", fault="late"),
        either(device("camera-north"), counter("camera-north/", "fusion"), nothing), hold_s=20.0, recover_s=30.0,
    ),
    Fault(
        "F9b", "a camera's clock stands still, years ago", "摄像机时钟停在多年以前",
        Detail("named; the time of receipt is used", "告警；改用接收时刻"),
        emulated("camera-south", fault="clock-stuck"),
        either(counter("camera-south/clock-past", "camera-south/clock-stuck"), device("camera-south")), recover_s=20.0,
    ),
    Fault(
        "F9c", "a camera's clock is 55 ms ahead", "摄像机时钟快 55 毫秒",
        Detail(
            "accepted within the limit; no road user on air that does not exist",
            "在限值内采信；空口无虚假交通参与者",
        ),
        emulated("camera-south", fault="clock-ahead"), either(counter("camera-south/clock-future"), nothing),
        recover_s=20.0,
    ),
]  # fmt: skip
