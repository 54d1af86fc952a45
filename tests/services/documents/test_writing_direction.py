"""Arabic and Hebrew run to the left, figures in them to the right, brackets the way they enclose."""

from __future__ import annotations

from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.documents.writing_direction import levels, runs_left, visual_order

# Letters of both directions, both kinds of figures, separators, signs, brackets, marks, spaces.
MIXED = st.text("abאבعم12٣٤ ()[].,-+%$/:!\u0301é漢\u200f", min_size=1, max_size=24)


def on_paper(text: str, base: int) -> str:
    return "".join(visual_order(text, levels(text, base)))


@settings(max_examples=1500)
@given(MIXED, st.sampled_from([0, 1]))
def test_every_mixture_stands_as_another_implementation_of_the_standard_sets_it(text, base):
    assert on_paper(text, base) == get_display(text, base_dir="LR"[base])


def test_the_first_letter_decides_which_way_a_paragraph_runs():
    assert levels("שלום abc 12")[0] == 1
    assert levels("abc שלום 12")[0] == 0
    assert levels("12 !")[0] == 0


def test_texts_that_only_run_to_the_right_are_recognised_as_such():
    assert not runs_left("Ελλάδα Москва 東京 ½ é 🎁")
    assert runs_left("a ש") and runs_left("ع")


def test_a_line_without_anything_has_no_order():
    assert visual_order([], []) == []
    assert levels("") == []
