"""All files of a first site: site file, lane map of a template, schema for editors."""

from __future__ import annotations

from collections.abc import Sequence

from rsu.lab.beginning import site_text
from rsu.lab.beginning.probing import ProbedDevice
from rsu.lab.beginning.site_text import SiteAnswers
from rsu.lab.maps import importing, template
from rsu.lab.maps.build import WantedJunction
from rsu.site.keys import schema

SITE = "site.yaml"
FOUR = ("0=l,s,sr/2", "90=l,s,sr/2", "180=l,s,sr/2", "270=l,s,sr/2")


def files(
    answers: SiteAnswers, found: Sequence[ProbedDevice], legs: Sequence[str], language: str, name: str = SITE
) -> dict[str, bytes]:
    """Return the content of each file. `legs`: roads of the template; `name`: of the site file. MapError: bad legs."""
    wanted = WantedJunction(template.KEY, answers.region, answers.node, reference=answers.place)
    plan = template.CrossingPlan(legs=tuple(map(template.leg, legs)))
    texts = {
        site_text.LANES: importing.new(plan, answers.place, wanted).text,
        schema.FILE: schema.text(),
        name: site_text.text(answers, found, language),
    }
    return {path: text.encode() for path, text in texts.items()}
