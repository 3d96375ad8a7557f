"""The reader's language: sentences from one table, numbers and dates as the reader writes them."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from genk_geo.errors import ConfigError, Message
from genk_geo.render.words.told import told_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genk_geo.calendar import Week
    from genk_geo.config import Settings, ThemeSettings, ThemeWords

LANGUAGES = ("nl", "en")


class Texts:
    """Sentences and figures in one language.

    Parameters
    ----------
    lang : str
        ``nl`` or ``en``.
    themes : mapping of str to ThemeSettings, optional
        Words of themes, where the settings say them; the table's own otherwise.
    exposure : str, optional
        What the city's yardstick counts, as readers call it; dwellings when absent.

    Raises
    ------
    ConfigError
        If the language is not one of these.
    """

    def __init__(
        self, lang: str, themes: Mapping[str, ThemeSettings] | None = None, *, exposure: str = ""
    ) -> None:
        if lang not in LANGUAGES:
            raise ConfigError(
                "{lang!r} is not a language of the pages. Choose one of {languages}.",
                lang=lang,
                languages=", ".join(LANGUAGES),
            )
        self.lang = lang
        self._words = _words(lang)
        self._own = dict(themes or {})
        self._exposure = exposure

    @classmethod
    def of(cls, settings: Settings, lang: str | None = None) -> Texts:
        """Words of a city: in the language of its settings, or another, as the settings call things."""
        lang, city = lang or settings.lang, settings.city
        if city is None:
            return cls(lang, settings.themes)
        told = city.exposure_nl if lang == "nl" else city.exposure_en
        # Nothing says what the column of another city counts: then neither do we.
        return cls(lang, settings.themes, exposure=told or str(_words(lang)["exposure"]["unknown"]))

    def __call__(self, key: str, **values: Any) -> str:
        """Sentence with its values filled in; `key` is the dotted path in the table of texts.

        A message of an error among the values is told in the language of the sentence.
        """
        told = {
            name: told_in(self.lang, value) if isinstance(value, Message) else value
            for name, value in values.items()
        }
        return str(self._find(key)).format(**told)

    def names(self, key: str) -> list[str]:
        """Names of columns, in their order."""
        return [str(name) for name in self._find(key)]

    def plural(self, key: str, n: int, **values: Any) -> str:
        """Form that goes with the number: ``one``, ``zero`` where the texts have it, or ``other``."""
        forms = self._find(key)
        form = "one" if n == 1 else "zero" if n == 0 and "zero" in forms else "other"
        return str(forms[form]).format(n=self.number(n), **values)

    def theme(self, theme: str) -> str:
        """Name of a theme; a theme of another city goes by its own key."""
        own = self._own.get(theme)
        label = "" if own is None else own.label_nl if self.lang == "nl" else own.label_en
        return label or str(self._words["theme"].get(theme, theme.replace("_", " ").capitalize()))

    def named(self, theme: str) -> str:
        """Name of a theme within a sentence: ``hotspots van fietsdiefstal``."""
        if own := self._told(theme).named:
            return own
        name = self.theme(theme)
        # The pages' own word goes with the pages' own name; GAS and AED keep their capitals.
        if name == self._words["theme"].get(theme):
            return str(self._words["named"][theme])
        return name if name[1:2].isupper() else name[:1].lower() + name[1:]

    def unit(self, theme: str, n: int | None) -> str:
        """What a theme counts: ``inbraak`` or ``inbraken``."""
        own, form = self._told(theme), "one" if n == 1 else "other"
        if told := own.unit_one if n == 1 else own.unit_other:
            return told
        units = self._words["unit"]
        if theme in units:
            return str(units[theme][form])
        return str(units["other"][form]).format(named=self.named(theme))

    def one(self, theme: str) -> str:
        """One of what a theme counts, with its article: ``een inbraak``, ``an accident``."""
        unit = self.unit(theme, 1)
        vowel = unit[:1].lower() in "aeiou"
        article = self._told(theme).article or self._words["article"]["vowel" if vowel else "other"]
        return f"{article} {unit}"

    def exposure(self) -> str:
        """What the yardstick counts: ``woningen``, ``inwoners``."""
        return self._exposure or str(self._words["exposure"]["known"])

    def advice(self, theme: str) -> list[tuple[str, str]]:
        """What can help against a theme, by link of the safety chain; nothing where nobody has said it."""
        links = self._told(theme).advice or self._words["advice"].get(theme, {})
        return [(name, links[link]) for link, name in self._words["chain"].items() if link in links]

    def _told(self, theme: str) -> ThemeWords:
        """What the settings say of a theme in this language."""
        own = self._own.get(theme)
        if own is None:
            from genk_geo.config import ThemeWords

            return ThemeWords()
        return own.nl if self.lang == "nl" else own.en

    def weeks(self, n: int) -> str:
        """Length of a window."""
        return self.plural("weeks", n)

    def number(self, value: float, decimals: int = 0) -> str:
        """Number with the reader's decimal and thousands signs."""
        text = f"{value:,.{decimals}f}"
        return text.translate(str.maketrans({",": self._words["thousands"], ".": self._words["decimal"]}))

    def share(self, value: float) -> str:
        """Share of one as a whole percentage."""
        return self("count.share", share=self.number(100 * value))

    def listed(self, parts: Sequence[str]) -> str:
        """Enumeration: ``a, b en c``."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self._words['and']} {parts[-1]}"

    def weekdays(self, days: Sequence[int], *, short: bool = False) -> str:
        """Names of weekdays, 0 = Monday."""
        names = self._words["weekdays_short" if short else "weekdays"]
        ordered = sorted(set(days))
        if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
            key = "when.days_short" if short else "when.days"
            return self(key, first=names[ordered[0]], last=names[ordered[-1]])
        return self.listed([names[day] for day in ordered])

    def month(self, number: int) -> str:
        """Name of a month, 1 = January."""
        return str(self._words["months"][number - 1])

    def day(self, day: dt.date) -> str:
        """Date in words."""
        return self("date.day", day=day.day, month=self.month(day.month), year=day.year)

    def short_day(self, day: dt.date) -> str:
        """Date in words without its year, for days around the week of the page."""
        return self("date.short_day", day=day.day, month=self.month(day.month))

    def model(self, model: str) -> str:
        """Name of a model of the outlook; one that the texts do not know goes by its own key."""
        return str(self._words["model"].get(model, model.replace("_", " ")))

    def moment(self, moment: dt.datetime) -> str:
        """Date and clock time in words; midnight is the end of the day before."""
        if (moment.hour, moment.minute) == (0, 0):
            day = moment.date() - dt.timedelta(days=1)
            weekday = self._words["weekdays"][day.weekday()]
            return self("date.end_of_day", weekday=weekday, date=self.day(day))
        return self(
            "date.moment",
            weekday=self._words["weekdays"][moment.weekday()],
            date=self.day(moment.date()),
            hour=moment.hour,
            minute=f"{moment.minute:02d}",
        )

    def dates(self, week: Week) -> str:
        """First to last day of a week."""
        first, last = week.monday, week.sunday
        form = "span_month" if first.month == last.month else "span_months"
        return self(
            "date.span_years" if first.year != last.year else f"date.{form}",
            first=first.day,
            last=last.day,
            month=self.month(last.month),
            first_month=self.month(first.month),
            last_month=self.month(last.month),
            year=last.year,
            first_year=first.year,
            last_year=last.year,
        )

    def week(self, week: Week, *, beside: Week | None = None) -> str:
        """Week in words; with its year unless it is in the year of `beside`."""
        if beside is not None and week.year == beside.year:
            return self("date.week", number=week.number)
        return self("date.week_of_year", number=week.number, year=week.year)

    def _find(self, key: str) -> Any:
        found: Any = self._words
        for part in key.split("."):
            found = found[part]
        return found


@cache
def _words(lang: str) -> dict[str, Any]:
    text = files("genk_geo.render.words").joinpath(f"texts_{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
