"""The part of an HTML mail that a person sees, as text. What is hidden is taken out first; its words are counted, never read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.mail.style import Ink, Style, declared, hides, keys_of, read_sheet, style_of
from assistant.text import count_words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_HTML = 300_000  # characters, and
MOST_TAGS = 8_000  # of them: the longest real one seen has a tenth of either; beyond, rendering takes too long
MOST_DEPTH = 150  # elements inside each other; a layout of tables has forty
_NEVER_SHOWN = (
    *(
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "object",
        "iframe",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
    ),
    *("select", "textarea", "datalist"),
)
_CONTROLS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORD = re.compile(r"[a-z-]{1,30}")
_BLACK_ON_WHITE = Ink()
_PICTURE = re.compile(r"data:image/[\w+.-]{1,20};base64,[\w+/=\s%]{200,}")
_ROWS = ("table", "thead", "tbody", "tfoot", "tr", "caption")
_LINES = ("div", "p", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "blockquote", "hr", "br")
_MARGIN = re.compile(r"0|\d{1,3}(?:\.\d{1,3})?px|\d?(?:\.\d{1,3})?r?em")  # as a person would write it


@dataclass(frozen=True)
class Page:
    """What a person sees of an HTML mail; how many words were hidden from them; and whether only its beginning was read."""

    text: str = ""
    hidden: int = 0
    cut: bool = False


@dataclass(frozen=True)
class _Place:
    """Where an element stands: inside how many others, by what names rules may call those, and the ink it writes with."""

    ink: Ink = _BLACK_ON_WHITE
    names: frozenset[str] = frozenset()
    depth: int = 0


def visible_page(html: str) -> Page:
    """An HTML mail as a person sees it. Bad markup gives what can be had of it."""
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    whole = _PICTURE.sub("data:", html.replace("\x00", ""))
    read = "<".join(whole[:MOST_HTML].split("<", MOST_TAGS)[:MOST_TAGS])
    cut = len(read) < len(whole)
    try:
        # Huge only in depth: what lies deeper than a parser's usual bound would be lost to us and yet be shown to a person.
        tree = document_fromstring(read, parser=HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Page(cut=cut)
    hidden, depth = _without_hidden(tree)
    if depth > MOST_DEPTH:
        return Page("\n\n".join(filter(None, map(str.strip, tree.itertext()))), hidden, cut)
    return Page(_rendered(tree), hidden, cut)


def _without_hidden(tree: HtmlElement) -> tuple[int, int]:
    """Take out what nobody sees. How many words that were, and how many elements are inside each other."""
    rules = read_sheet(" ".join(style.text_content() for style in tree.iter("style")))
    places: dict[HtmlElement, _Place] = {}
    gone: list[HtmlElement] = []
    words = 0
    for element in list(tree.iter()):
        parent = element.getparent()
        around = places.get(parent) if parent is not None else _Place()
        if around is None or not isinstance(element.tag, str):
            continue  # inside what is hidden
        names = keys_of(element.tag, element.get("class") or "", element.get("id") or "")
        style = {**_attributes(element), **style_of(names, around.names, rules, element.get("style") or "")}
        if parent is not None and _is_hidden(element, style):
            gone.append(element)
            continue
        names = around.names | names if around.depth < MOST_DEPTH else around.names
        places[element] = here = _Place(around.ink.under(style), names, around.depth + 1)
        if not here.ink.seen or (element.tag == "details" and element.get("open") is None):
            words += _blank(element)
    for element in gone:
        if element.tag not in _NEVER_SHOWN:
            words += _count(" ".join(element.itertext()))
        _drop(element)
    return words, max((place.depth for place in places.values()), default=0)


def _drop(element: HtmlElement) -> None:
    """Take an element out, not what follows it. The library's own way fails on control characters, which `&#27;` brings in."""
    parent, before = element.getparent(), element.getprevious()
    if before is None:
        parent.text = _CONTROLS.sub("", (parent.text or "") + (element.tail or ""))
    else:
        before.tail = _CONTROLS.sub("", (before.tail or "") + (element.tail or ""))
    parent.remove(element)


def _attributes(element: HtmlElement) -> dict[str, str]:
    """What attributes older than CSS say of an element, as CSS says it."""
    said = {
        "color": element.get("color") or element.get("text") or "",
        "background-color": element.get("bgcolor") or "",
        "background-image": f"url({element.get('background')})" if element.get("background") else "",
    }
    if element.tag == "a" and element.get("href"):
        said["color"] = "#0000ee"  # what a link has wherever its own style says nothing
    return {name: value.lower() for name, value in said.items() if value}


def _is_hidden(element: HtmlElement, style: Style) -> bool:
    if element.tag in _NEVER_SHOWN or element.get("hidden") is not None or element.get("type") == "hidden":
        return True
    parent = element.getparent()
    folded = parent.tag == "details" and parent.get("open") is None and element.tag != "summary"
    return folded or (element.tag == "dialog" and element.get("open") is None) or hides(style)


def _blank(element: HtmlElement) -> int:
    """Take out the text that stands in an element itself; how many words that were."""
    words = _count(element.text or "") + sum(_count(child.tail or "") for child in element)
    element.text = " " if element.text else None
    for child in element:
        child.tail = " " if child.tail else None
    return words


def _count(text: str) -> int:
    return count_words(text[:20_000])


def _rendered(tree: HtmlElement) -> str:
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig

    for element in tree.iter():
        if element.get("style"):
            element.set("style", _harmless(element.get("style")))
        if element.tag in _ROWS:
            element.tag = "div"
        elif element.tag in ("td", "th"):
            _as_line(element)
    config = ParserConfig(css=CSS_PROFILES["strict"], display_images=False, display_links=False)
    return "\n".join(line.strip() for line in Inscriptis(tree, config).get_text().splitlines())


def _as_line(cell: HtmlElement) -> None:
    """A cell in its row's line, or as lines of its own where it holds such. Side by side, each line would be padded to the longest one."""
    alone = cell.getprevious() is None and cell.getnext() is None
    cell.tag = "div" if alone or any(inside.tag in _LINES for inside in cell.iterdescendants()) else "span"
    cell.tail = f" {cell.tail or ''}"


def _harmless(style: str) -> str:
    """Of a style what makes lines: no margin is so wide that the text would fill the memory."""
    kept = []
    usual, important = declared(style)
    for name, value in {**usual, **important}.items():
        if (name in ("display", "white-space") and _WORD.fullmatch(value)) or (
            name in ("margin-top", "margin-bottom") and _MARGIN.fullmatch(value)
        ):
            kept.append(f"{name}:{value}")
    return ";".join(kept)
