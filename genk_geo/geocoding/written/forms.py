"""The forms in which parts of a location string are written, as regular expressions."""

from __future__ import annotations

import re

#: Texts that say there is no address.
EMPTY = re.compile(
    r"^\W*(?:onbekend|ongekend|onbek|nvt|n\.?v\.?t\.?|geen|nihil|niet gekend|niet bekend|nan|none|null|na|n/a"
    r"|unknown|inconnu|xx+)?\W*$",
    re.IGNORECASE,
)
SPELT_DATE = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|sept|oktober|november|december)"
)
NEAR = (
    r"(?:ter hoogte van|t\.?\s?h\.?\s?v\.?|tegenover|recht ?over|t\.o\.v\.?|t\.o\.|in de buurt van"
    r"|in de omgeving van|omgeving|nabij|vlakbij|naast|achter|voor|aan|bij|over|ca\.?|rond|thv)"
)
NEAR_NUMBER = re.compile(
    rf"[\s,]*\b{NEAR}[\s:]*(?:de |het )?(?:(?:huis)?n(?:umme)?rs?|no|n°)?[\s.:]*(?=\d)", re.IGNORECASE
)
NEAR_THING = re.compile(rf"[\s,(]+(?:{NEAR})(?:\s+(?:de|het|'t))?\s+(?=[^\W\d_])", re.IGNORECASE)
NEAR_START = re.compile(rf"^(?:{NEAR})(?:\s+(?:de|het|'t))?\s+", re.IGNORECASE)
NUMBER_WORD = re.compile(
    r"[\s,]*\b(?:huis)?(?:nrs?|nummers?|no|n°)\b[\s.:]*(?=\d)|[\s,]*\bn[°º]\s*(?=\d)|\s#\s*(?=\d)",
    re.IGNORECASE,
)
ROAD = re.compile(r"(?<![\w-])(?P<road>[NEAR]\s?-?\d{1,3}[a-z]?)(?![\w-])(?!\s*/)", re.IGNORECASE)
KM = re.compile(
    r"(?:\b(?:km|kmp|hmp|hm|bk|kp|kilometer(?:paal|punt)?|hectometer(?:paal)?|paal|mp|kmpt)\b\.?\s*:?\s*"
    r"(?P<km>\d{1,3}(?:[.,]\d{1,3})?)|(?P<km2>\d{1,3}(?:[.,]\d{1,3})?)\s*km\b)",
    re.IGNORECASE,
)
EXIT = re.compile(
    r"\b(?:afrit|oprit|uitrit|op- en afrit|exit|knooppunt|afrittencomplex|complex)\b\.?\s*(?:nr\.?\s*)?"
    r"(?P<exit>\d{1,2}[a-z]?)?",
    re.IGNORECASE,
)
CROSSING_WORD = re.compile(
    r"^(?:(?:op|aan) )?(?:de |het )?"
    r"(?:hoek|kruispunt|kruising|kruisp\.?|krpt\.?|rotonde|rondpunt|samenloop)\b"
    r"(?:\s+(?:met|van|tussen))?(?:\s+de)?[\s:,]*",
    re.IGNORECASE,
)
CROSSING_MIDDLE = re.compile(
    r"[\s,(]+(?:(?:op|aan)\s+)?(?:de\s+)?(?:hoek|kruispunt|kruising|kruisp\.?|krpt\.?)\b"
    r"(?:\s+(?:met|van))?(?:\s+de)?[\s:,]*"
    r"|\s+x\s+|\s*\u00d7\s*|\s*[/+&@;|]\s*(?=[^\W\d_])|\s+[-\u2013\u2014]+\s+(?=[^\W\d_])",
    re.IGNORECASE,
)
CROSSING_AND = re.compile(
    r"\s+(?:en|met|et|and)\s+(?:de\s+)?|\s*,\s*|\s*[/+&@;|]\s*|\s+x\s+|\s*\u00d7\s*"
    r"|\s*[-\u2013\u2014]\s+|\s+[-\u2013\u2014]\s*",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\btussen\b\s+(?:de\s+)?(?P<one>.+?)\s+(?:en|&)\s+(?:de\s+)?(?P<other>.+)$", re.IGNORECASE
)
IN_STREET = re.compile(r"^(?:in|op|aan|langs)\s+(?:de\s+|het\s+)?", re.IGNORECASE)
POSTCODE = re.compile(
    r"(?:\bB(?:E)?-?\s?)?(?<![\d/-])(?P<postcode>[1-9]\d{3})(?![\d/-])(?:\s*[-,]?\s*)", re.IGNORECASE
)
NUMBER_TAIL = re.compile(r"^(?P<name>.*?[^\W\d_][\W_]*?)[\s,.:]*(?<![\d])(?P<number>\d{1,5}(?!\d).*)$")
NUMBER_HEAD = re.compile(
    r"^(?P<number>\d{1,5}\s?[a-z]?(?:\s*[/-]\s*\d{1,5})?)[\s,]+(?P<name>[^\W\d_].*)$", re.IGNORECASE
)
DATE_HEAD = re.compile(rf"^(?P<date>\d{{1,2}}\s*{SPELT_DATE})", re.IGNORECASE)
NO_NUMBER = re.compile(
    r"[\s,]+(?:zn\.?|z\.n\.?|z/n|zonder (?:huis)?nummer|zonder nr\.?|s/n)\s*$", re.IGNORECASE
)
BOX_ONLY = re.compile(r"^(?:bus|bte|bt|bu|bs|app?t?|appartement|kamer)\b\.?\s*(\w+)$", re.IGNORECASE)
# What is left of "kruispunt X met N75" when the road number is taken out.
LOOSE = re.compile(
    r"^\s*(?:kruispunt|hoek|kruising)\s+(?:van\s+)?(?:de\s+)?|\s+(?:met|en|x|van|/|-)\s*(?:de\s*)?$",
    re.IGNORECASE,
)
#: What lies in a street and is named before it; never a part of its name.
SETTINGS = frozenset(
    {
        "parking", "parkeerterrein", "parkeerplaats", "garage", "garages", "garagebox", "fietsenstalling",
        "fietspad", "voetpad", "stoep", "berm", "bushalte", "halte", "bushokje", "speelplein",
        "speeltuin", "speelterrein", "school", "winkel", "bank", "tankstation", "werf", "rotonde",
        "brug", "tunnel", "onderdoorgang", "carwash", "kinderopvang", "flat", "appartementen", "woning",
        "op", "in", "aan", "van", "de", "het", "langs", "thv", "tov", "nabij",
    }
)  # fmt: skip
ONLY_NUMBER = re.compile(r"^\d+\s?[a-z]?$", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_]{2}")
# Words after which a place name is a part of the name of a street: "Weg naar As".
JOINING = re.compile(r"\b(?:naar|van|op|de|den|ter|ten|te|aan|en|in)$", re.IGNORECASE)
