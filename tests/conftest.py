"""Which tests watch real processes and clocks, and which take long.

`make test` runs only three files of the live ones at a time, after the others; the long ones run by `make test-long`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

os.environ["LC_ALL"] = "C.UTF-8"  # help is in the locale's language; tests read the English one
# no test measures speed; parsers are searched for longer by `make fuzz`
settings.register_profile("tests", deadline=None, max_examples=60)
settings.load_profile("tests")

LIVE = {
    "test_daemon",
    "test_demo",
    "test_city_live",
    "test_device",
    "test_emul_gnss",
    "test_emul_radio",
    "test_emul_run",
    "test_emul_sensing",
    "test_emul_signal",
    "test_init",
    "test_link",
    "test_live",
    "test_link_net",
    "test_link_serial",
    "test_openv2x_live",
    "test_listener",
    "test_live_replay",
    "test_new_site",
    "test_page",
    "test_page_map",
    "test_page_sheets",
    "test_raw",
    "test_recorder",
    "test_recovery",
    "test_reload_live",
    "test_zygote",
    "test_second_live",
    "test_transports_live",
    "test_uplink_answers",
    "test_uplink_brokers",
    "test_uplink_live",
    "test_uplink_mosquitto",
    "test_web_limits",
    "test_web_process",
    "test_world",
}

# folder and module, each 10 s of a core or more: a site from nothing, a demo, a city that is killed, searches
LONG = {
    "calibration/test_rendered",
    "city/test_city_live",
    "cli/test_cli",
    "cli/test_config",
    "cli/test_demo",
    "cli/test_log",
    "cli/test_support_bundle",
    "cli/test_top",
    "daemon/test_reload_live",
    "doctor/test_faults",
    "downlink/test_downlink_live",
    "downlink/test_errands",
    "downlink/test_site_live",
    "explain/test_stories",
    "lab/test_init",
    "lab/test_lab",
    "lab/test_unchanged_site",
    "manual/test_new_site",
    "maps/test_import_pages",
    "power_cut/test_power_cut",
    "replay/test_replay",
    "station/test_station",
    "upgrade/test_trial",
    "upgrade/test_trust",
    "vehicles/test_hostile_air",
    "video/test_video_clarity",
    "video/test_video_rtsp",
    "web/test_camera_page",
    "web/test_edit_page",
    "web/test_site_pages",
    "web/test_stories",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.stem in LIVE:
            item.add_marker("live")
        if f"{item.path.parent.name}/{item.path.stem}" in LONG:
            item.add_marker("long")


@pytest.fixture(autouse=True)
def _own_umask() -> Iterator[None]:
    """Give back the process's umask: the daemon sets its own, and some tests start it in this process."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
