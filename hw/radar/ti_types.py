"""Types of the TLVs in the frames of TI mmWave radars: those that are read, and the names of those that are not.

Sources: header files and parsers of the mmWave SDK 3.x, the Radar Toolbox and the MMWAVE-L-SDK 5 (xWRL6432).
"""

from __future__ import annotations

from hw.detail import Detail

POINTS, STATS, SIDE_INFO, TARGETS, TARGET_INDEX = 1, 6, 7, 1010, 1011
LOW_POWER_POINTS, LOW_POWER_TARGETS, LOW_POWER_INDEX = 301, 308, 309  # of an xWRL6432
AREA_TARGETS = -10  # 40 octets a target, of an area scanner; there of type 10, which is another list elsewhere
SAME = {LOW_POWER_TARGETS: TARGETS, LOW_POWER_INDEX: TARGET_INDEX}  # types with records of an older type

OTHER_LISTS = {  # lists of targets or points that this driver does not read
    10: Detail("targets of the area scanner", "区域扫描的目标"),
}
SPHERICAL_POINTS, COMPRESSED_POINTS = 1000, 1020
POINT_KINDS = {LOW_POWER_POINTS, SPHERICAL_POINTS, COMPRESSED_POINTS}  # lists that become points
HARMLESS = {  # neither points nor targets
    2: "range profile",
    3: "noise profile",
    4: "azimuth heat map",
    5: "range-doppler heat map",
    8: "azimuth and elevation heat map",
    9: "temperatures",
    11: "target index of the area scanner",
    302: "range profile, major motion",
    303: "range profile, minor motion",
    304: "heat map, major motion",
    305: "heat map, minor motion",
    306: "statistics of an xWRL6432",
    307: "presence",
    310: "micro-Doppler, raw",
    311: "micro-Doppler features",
    312: "radar cube, major motion",
    313: "radar cube, minor motion",
    314: "index of the points",
    315: "presence zones",
    316: "ADC samples",
    317: "class of the targets",
    318: "compensation of the receivers",
    319: "self-test",
    1012: "heights of the targets",
    1021: "presence",
}
KNOWN = {POINTS, STATS, SIDE_INFO, TARGETS, TARGET_INDEX, *SAME, *POINT_KINDS, *OTHER_LISTS, *HARMLESS}
