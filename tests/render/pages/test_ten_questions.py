"""The ten questions of docs/vragen.md: each has its answer on the page of a stadsdeel."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

#: What an answer says at the least.
SAID = {
    "nl": {"nieuw": "2 nieuwe hotspots", "gewoon": "zoals verwacht", "waar": "Klokkenweg", "wanneer": "uur",
           "sinds": "week 4", "geholpen": "cel@stad.example", "zeker": "zeker", "onbekend": "Laat gemeld",
           "bewoners": "nooit een huis", "bellen": "112"},
    "en": {"nieuw": "2 new hotspots", "gewoon": "as expected", "waar": "Klokkenweg", "wanneer": " h",
           "sinds": "week 4", "geholpen": "cel@stad.example", "zeker": "sure", "onbekend": "Reported late",
           "bewoners": "never name a house", "bellen": "112"},
}  # fmt: skip


class Answers(HTMLParser):
    """Text of each element that says which questions it answers."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], {}

    def handle_starttag(self, tag, attrs):
        if tag in {"section", "div"}:
            self.open.append(set((dict(attrs).get("data-answer") or "").split()))

    def handle_endtag(self, tag):
        if tag in {"section", "div"}:
            self.open.pop()

    def handle_data(self, data):
        for answer in set().union(*self.open) if self.open else ():
            self.texts[answer] = self.texts.get(answer, "") + " " + data.strip()


@pytest.fixture(scope="module")
def questions(root):
    text = (root / "docs" / "vragen.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \d+ \| .*\| `(\w+)` \|$", text, flags=re.MULTILINE)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_each_question_is_answered_in_the_text(full_published, questions, lang):
    assert len(questions) == len(set(questions)) == 10
    parser = Answers()
    parser.feed((full_published / lang / "stadsdeel-noorderveld.html").read_text(encoding="utf-8"))
    texts = {answer: " ".join(unescape(text).split()) for answer, text in parser.texts.items()}
    assert set(questions) == set(SAID[lang])
    for question in questions:
        assert SAID[lang][question].lower() in texts[question].lower(), question
