"""Regions as users write them, and what is the custom there."""

from __future__ import annotations

# Where thanks after a rejection are the custom; elsewhere the temperature is lower (source: 000 Excel-sior, Aberdonensis). "" is unknown.
THANKING = frozenset({"US", "CA", "IN", "NG", "KE", "PH", "SG", "ZA", "GH", ""})
BRITISH_SPELLING = frozenset({"UK", "IE", "AU", "NZ", "ZA"})
_NAMES = {
    "GB": "UK", "UNITED KINGDOM": "UK", "GREAT BRITAIN": "UK", "BRITAIN": "UK", "ENGLAND": "UK", "SCOTLAND": "UK", "WALES": "UK",
    "NORTHERN IRELAND": "UK", "IRELAND": "IE", "USA": "US", "UNITED STATES": "US", "AMERICA": "US",
    "UNITED STATES OF AMERICA": "US", "NEW YORK": "US", "CALIFORNIA": "US", "CANADA": "CA", "AUSTRALIA": "AU",
    "NEW ZEALAND": "NZ", "INDIA": "IN", "NIGERIA": "NG", "KENYA": "KE", "PHILIPPINES": "PH", "SOUTH AFRICA": "ZA", "GHANA": "GH",
    "SINGAPORE": "SG", "GERMANY": "DE", "NETHERLANDS": "NL", "FRANCE": "FR", "SWEDEN": "SE", "NORWAY": "NO", "DENMARK": "DK",
    "FINLAND": "FI", "AUSTRIA": "AT", "SWITZERLAND": "CH",
}  # fmt: skip


def region_code(region: str) -> str:
    """The code of a region, as the rules have it: `UK` for "England"; what isn't known stays, in capitals."""
    plain = region.strip().upper().replace(".", "").removeprefix("THE ")
    return _NAMES.get(plain, plain)
