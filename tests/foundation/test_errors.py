"""Messages keep what they were made of."""

from __future__ import annotations

import json

import numpy as np

from genk_geo.errors import Message


def test_a_message_is_the_same_after_it_was_noted_as_json():
    inner = Message("{n} rows", n=np.int64(3))
    told = Message("{file}: {what} ({share:.0%}, {day})", file="{a}.csv", what=inner, share=0.25, day="ma")
    again = Message.from_noted(json.loads(json.dumps(told.noted())))
    assert again == told == "{a}.csv: 3 rows (25%, ma)"
    assert (again.template, again.values["what"].template) == (told.template, inner.template)
    assert Message.from_noted("plain {text}") == "plain {text}"
