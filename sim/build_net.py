"""`python -m sim.build_net`: build the demo crossing's net from its plain sources. For developers.

Needs netconvert on the PATH (package eclipse-sumo, of the version of libsumo in setup.cfg). The sources are
`sim/data/crossing.{nod,edg,con}.xml` and `sim/data/signals.json`; the result is `sim/data/crossing.net.xml.gz`.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from sim.signals import SignalProgramme, load

DATA = Path(__file__).parent / "data"
ARMS = ("north", "east", "south", "west")  # clockwise
MOVEMENTS = {1: "left", 2: "straight", 3: "right"}  # by `turn`


def arm(edge: str) -> str:
    """Return the arm that an edge belongs to."""
    return edge.split("_")[0]


def turn(approach: str, leaving: str) -> int:
    """Return how many arms clockwise from the approach the exit lies."""
    return (ARMS.index(leaving) - ARMS.index(approach)) % len(ARMS)


def movement(approach: str, leaving: str) -> str:
    """Return the movement from one arm to another; right-hand traffic."""
    return MOVEMENTS[turn(approach, leaving)]


def programme(signals: SignalProgramme) -> ElementTree.Element:
    """Return the programme as SUMO's `tlLogic`; all plan steps are whole seconds."""
    logic = ElementTree.Element("tlLogic", id="centre", type="static", programID="0", offset="0")
    for state, seconds in groupby(signals.state(second) for second in range(round(signals.cycle_s))):
        ElementTree.SubElement(logic, "phase", duration=str(len(list(seconds))), state=state)
    return logic


def assign(signals: SignalProgramme, connections: ElementTree.Element) -> ElementTree.Element:
    """Give every crosswalk its place in the state string; return netconvert's `tlLogics` with all the others."""
    links = {(group.arm, group.movement): str(group.link) for group in signals.lamps}
    for crossing in connections.iter("crossing"):
        link = links[arm(crossing.attrib["edges"]), "crosswalk"]
        crossing.attrib.update(linkIndex=link, linkIndex2=link)
    logics = ElementTree.Element("tlLogics")
    logics.append(programme(signals))
    for connection in connections.iter("connection"):
        approach, leaving = arm(connection.attrib["from"]), arm(connection.attrib["to"])
        link = links[approach, movement(approach, leaving)]
        ElementTree.SubElement(logics, "connection", connection.attrib, tl="centre", linkIndex=link)
    return logics


def main() -> None:
    """Run netconvert, put back our programme (netconvert adds crosswalk states of its own), and pack the net."""
    signals = load()
    connections = ElementTree.parse(DATA / "crossing.con.xml")
    logics = ElementTree.ElementTree(assign(signals, connections.getroot()))
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        connections.write(scratch / "con.xml")
        logics.write(scratch / "tll.xml")
        command: list[str | Path] = ["netconvert", "-n", DATA / "crossing.nod.xml", "-e", DATA / "crossing.edg.xml"]
        command += ["-x", scratch / "con.xml", "-i", scratch / "tll.xml", "-o", scratch / "net.xml"]
        command += ["--offset.disable-normalization", "--no-turnarounds"]
        command += ["--junctions.internal-link-detail", "16", "--junctions.corner-detail", "6"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        net = ElementTree.parse(scratch / "net.xml").getroot()
    logic = net.find("tlLogic")
    assert logic is not None, "netconvert made no signal programme"
    logic[:] = programme(signals)
    (DATA / "crossing.net.xml.gz").write_bytes(gzip.compress(ElementTree.tostring(net), mtime=0))


if __name__ == "__main__":
    main()
