"""Ordinary English words that are names as well: Will, May, Rose. A capital alone tells one from the other."""

from __future__ import annotations

_ORDINARY = """
a an are art as at be bell best bill book bread bright brown by can care case chance charity chase committee cook
date dawn day dear do even ever fair faith fine for frank free good grace grant great green grey hall happy hard has
he her high hill hiring his home hope house how hr i if in is it jan joy june just justice kind king law let life
light like link little live long love low man manager march mark market max may me miles mine monday more my name
new next night no not now odd of old on one open or orange our own page park past peace per phone post power price
real recruiter red rice rich room rose run sale same saw see she shell short small snow so some spring square st
stage star stone strong summer target team tell than the them then they this three time to too trust two up us van
was way we well what white who wild will winter wood word work yes you young
"""


def is_ordinary(word: str) -> bool:
    """Whether a name is an ordinary English word as well."""
    return word.casefold() in _ORDINARY.split()
