"""What CSS makes of an element of a mail: whether it is shown at all, and whether its letters can be told from their ground."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

MOST_STYLE = 5_000  # characters of one style attribute
MOST_SHEET = 50_000  # characters of all style sheets
MOST_RULES = 200  # that could hide something

Style = Mapping[str, str]
Colour = (
    tuple[int, int, int] | str | None
)  # red, green and blue; a name or notation not known here; None for a picture or no ink

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MARKS = re.compile("<!--|-->")  # for programs of old that knew no style sheets
_ESCAPE = re.compile(r"\\([0-9a-f]{1,5})\s?")
# A condition that holds on small screens, on paper or on dark screens alone: not what most people see.
_ELSEWHERE = re.compile(
    r"@media[^,]*(?:max-(?:device-)?width\s*:\s*\d{1,3}px|scheme\s*:\s*dark)[^,]*|@media\s+(?:only )?print\s*"
)
_COMPOUND = re.compile(r"(?:[\w-]+|\*)?(?:[.#][\w-]+)*")
_MAY_HIDE = re.compile(
    r"display|visib|opacity|hide|color|background|font|left|top|right|indent|margin|transform|clip|overflow|filter"
)
_FAR = re.compile(r"-\d{3,}")
_FARTHER = re.compile(r"-\d{4,}")
_EDGES = ("left", "top", "right", "bottom", "text-indent")
_SIDES = ("height", "width", "max-height", "max-width")
_SIZE = re.compile(r"(?<![\w.])(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(px|pt|r?em|%)")
_NOTHING = re.compile(r"0+(?:\.0+)?[a-z%]*")
_TINY = re.compile(rf"{_NOTHING.pattern}|[12](?:\.\d{{1,5}})?px")
_CLEAR = re.compile(r"opacity\(\s*(?:0|0?\.0\d{0,5})%?\s*\)")
_AWAY = re.compile(r"scale\w*\(\s*(?:0{1,4}(?:\.0{0,9})?|\.0{1,9})\s*[,)]|translate\w*\([^)]{0,40}-\d{4}")
_CUT_OUT = re.compile(r"inset\(\s*(?:50|100)%|circle\(\s*0(?!\.\d)")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_HSL = re.compile(
    r"hsla?\(\s*(\d{1,4})(?:\.\d{1,9})?(?:deg)?[\s,]+(\d{1,3})(?:\.\d{1,9})?%[\s,]+(\d{1,3})(?:\.\d{1,9})?%"
)
_NAMED = {
    "white": "fff", "black": "000", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff", "floralwhite": "fffaf0",
    "mintcream": "f5fffa", "azure": "f0ffff", "whitesmoke": "f5f5f5", "seashell": "fff5ee", "aliceblue": "f0f8ff", "canvas": "fff",
}  # fmt: skip
LEAST_SIZE = 4.0  # pixels: letters below can't be read
LEAST_CONTRAST = 20  # of 255, in the channel that differs most


@dataclass(frozen=True)
class Ink:
    """How letters look: their colour, the colour behind them, and their size in pixels."""

    colour: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)
    size: float = 16.0

    @property
    def seen(self) -> bool:
        """Whether anyone could read what is written with it."""
        if self.size < LEAST_SIZE or self.colour is None:
            return False
        if isinstance(self.colour, tuple) and isinstance(self.ground, tuple):
            return max(abs(a - b) for a, b in zip(self.colour, self.ground, strict=True)) >= LEAST_CONTRAST
        return self.colour != self.ground

    def under(self, style: Style) -> Ink:
        """The ink of an element of this style inside an element of this ink; what the style doesn't say stays as it is."""
        ink = self
        if (colour := style.get("color", "")) and colour not in (
            "inherit",
            "initial",
            "currentcolor",
            "unset",
            "revert",
        ):
            ink = replace(ink, colour=_colour(colour))
        pictured = style.get("background", "") + style.get("background-image", "")
        if "url(" in pictured or "gradient(" in pictured:
            ink = replace(ink, ground=None)
        elif grounds := [ground for piece in _grounds(style) if (ground := _colour(piece))]:
            ink = replace(ink, ground=next((g for g in grounds if isinstance(g, tuple)), grounds[0]))
        size = _size(style.get("font-size") or style.get("font", ""), self.size)
        return ink if size is None else replace(ink, size=size)


@dataclass(frozen=True)
class Rule:
    """A rule of a style sheet: what an element is to be, what must stand around it, and what it then looks like."""

    own: frozenset[str]
    around: frozenset[str]
    styles: tuple[Style, Style]


def declared(style: str) -> tuple[Style, Style]:
    """Properties and values of a style attribute, in lower case, the later winning: the usual ones, and those that are !important."""
    usual: dict[str, str] = {}
    important: dict[str, str] = {}
    for piece in _bare(style[:MOST_STYLE]).split(";"):
        name, _, value = piece.partition(":")
        value, _, weight = value.partition("!")
        (important if "important" in weight else usual)[name.strip()] = value.strip()
    return usual, important


def read_sheet(text: str) -> list[Rule]:
    """The rules that could hide something, the weakest first. Only elements, classes and ids are known, alone or inside each other."""
    found: list[Rule] = []
    around = ""  # what a rule stands in: @media and its condition
    for block in _MARKS.sub(" ", _bare(text[:MOST_SHEET])).split("}"):
        *outside, selectors, body = ["", *block.split("{")]
        if "{" not in block:
            around = ""
            continue
        around = outside[-1] or around
        if _ELSEWHERE.fullmatch(around.strip()[:200]) or not _MAY_HIDE.search(body):
            continue
        for selector in selectors.rpartition(";")[2].split(","):
            *outer, own = map(_keys, selector.replace(">", " ").split() or [" "])
            if own is not None and None not in outer and len(found) < MOST_RULES:
                found.append(Rule(own, frozenset().union(*filter(None, outer)), declared(body)))
    return sorted(found, key=lambda rule: sum((10_000, 100, 1)["#.".find(key[0])] for key in rule.own | rule.around))


def style_of(keys: frozenset[str], around: frozenset[str], rules: Iterable[Rule], own: str) -> Style:
    """What the sheet and its own attribute `own` make of an element; `keys` as from `keys_of`, `around` those of all around it."""
    found = [rule.styles for rule in rules if rule.own <= keys and rule.around <= around]
    found += [declared(own)] if own else []
    style: dict[str, str] = {}
    for weight in (0, 1):  # what is !important wins over all that isn't
        for styles in found:
            style.update(styles[weight])
    return style


def keys_of(tag: str, classes: str, name: str) -> frozenset[str]:
    """By what a rule may call an element: its tag, .class and #id."""
    return frozenset([tag, *(f".{c}" for c in classes.lower().split()[:40]), f"#{name.lower()}"])


def hides(style: Style) -> bool:
    """Whether an element of this style is not there for the eye, and nothing in it."""
    get = style.get
    if get("display") == "none" or get("visibility") in ("hidden", "collapse") or get("mso-hide") == "all":
        return True
    if _below(get("opacity", ""), 0.1) or get("content-visibility") == "hidden" or _CLEAR.match(get("filter", "")):
        return True
    if any(_FAR.match(get(edge, "")) for edge in _EDGES) or any(
        _FARTHER.search(v) for n, v in style.items() if n.startswith("margin")
    ):
        return True
    if _AWAY.search(get("transform", "")) or _CUT_OUT.match(get("clip-path", "")):
        return True
    corners = re.findall(r"\d{1,6}", get("clip", ""))
    if corners and all(int(corner) < 2 for corner in corners):
        return True
    cut = any(name.startswith("overflow") and value in ("hidden", "clip") for name, value in style.items())
    # Cut with an ellipsis, a cell of no width is as wide as its table.
    return cut and "text-overflow" not in style and any(_TINY.fullmatch(get(side, "")) for side in _SIDES)


def _bare(css: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), _COMMENT.sub("", css.lower()))


def _keys(compound: str) -> frozenset[str] | None:
    """What `p.pre` asks of an element; None for what isn't known here."""
    return frozenset(re.findall(r"[.#]?[\w-]+", compound)) if _COMPOUND.fullmatch(compound) else None


def _below(value: str, limit: float) -> bool:
    try:
        return float(value.removesuffix("%")) / (100 if value.endswith("%") else 1) < limit
    except ValueError:
        return False


def _grounds(style: Style) -> list[str]:
    pieces = re.findall(r"[a-z]+\([^()]*\)|[^\s,]+", style.get("background", ""))
    return [style.get("background-color", ""), *pieces]


def _size(value: str, around: float) -> float | None:
    """A font size in pixels; None where the value tells none."""
    if found := _SIZE.search(value):
        number, unit = float(found[1]), found[2]
        return number * _PIXELS[unit] if unit in _PIXELS else around * number / (100 if unit == "%" else 1)
    return 0.0 if _NOTHING.fullmatch(value.partition("/")[0].strip()) else None


def _colour(value: str) -> Colour:
    """A colour as CSS writes it; None for none: transparent, or no ink of it."""
    value = value.strip()
    if value in ("", "transparent", "none"):
        return None
    if found := _HSL.match(value):
        hue, full, light = (int(n) for n in found.groups())
        r, g, b = colorsys.hls_to_rgb(hue / 360, light / 100, full / 100)
        return round(r * 255), round(g * 255), round(b * 255)
    if value.startswith("rgb"):
        parts = [float(n[:9]) * (2.55 if percent else 1) for n, percent in re.findall(r"(\d+\.?\d*|\.\d+)(%?)", value)]
        clear = len(parts) > 3 and parts[3] < 0.1
        return None if clear or len(parts) < 3 else (round(parts[0]), round(parts[1]), round(parts[2]))
    figures = _NAMED.get(value, value.lstrip("#"))
    if re.fullmatch(r"[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}", figures):
        figures = "".join(c * 2 for c in figures) if len(figures) < 6 else figures
        return (
            None
            if figures[6:] and int(figures[6:], 16) < 25
            else (int(figures[:2], 16), int(figures[2:4], 16), int(figures[4:6], 16))
        )
    return value
