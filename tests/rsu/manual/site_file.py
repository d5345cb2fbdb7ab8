"""The tables of keys of the pages "Site file" and "Lane map", in both languages."""

from __future__ import annotations

from rsu.site.keys import rows, shown
from rsu.site.keys.rows import Key
from tests.rsu.manual.markdown import table

HEAD = {
    "en": ("key", "value and unit", "default", "meaning"),
    "zh": ("键", "取值与单位", "默认值", "含义"),
}
CHANGE = {"en": "a change takes effect", "zh": "修改的生效方式"}


def site_file(language: str) -> str:
    """Return all sections, each with its table."""
    return "\n\n".join(
        f"### {_title(name, language)}\n\n"
        + table(
            (*HEAD[language], CHANGE[language]), [(*_row(key, language), shown.effect(key, language)) for key in keys]
        )
        for name, keys in rows.sections()
    )


def lane_map(language: str) -> str:
    """Return the table of the lane map's keys."""
    return table(HEAD[language], [_row(key, language) for key in rows.lane_map()])


def _title(name: str, language: str) -> str:
    if not name:
        return shown.say("The file itself", language)
    if name == "link":
        return shown.say("Links of drivers", language)
    kind = name.removeprefix("driver: ")
    return f"`{name}`" if kind == name else shown.say("Driver settings: `{}`", language).format(kind)


def _row(key: Key, language: str) -> list[str]:
    default = shown.default(key, language)
    marked = default if default == "…" or key.default == "null" else f"`{default}`" if key.default else f"**{default}**"
    return [f"`{key.path}`", shown.range_of(key, language), marked, shown.meaning(key, language)]
