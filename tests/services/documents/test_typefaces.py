"""Whatever language a name is in, a face with its letters is at hand, and we may ship it."""

from __future__ import annotations

import pytest

from app.services.documents.typefaces import FALLBACK, FONTS, INTER, Weight, face, lacks, runs

SCRIPTS = {
    "Latin": "Łódź Đặng Ǆ ﬁ ẞ €",
    "Greek": "Ελλάδα ἀγορά",
    "Cyrillic": "Україна Җыен",
    "Armenian": "Հայաստան",
    "Georgian": "საქართველო",
    "Hebrew": "ירושלים",
    "Arabic": "مرحبا بالعالم پژگ ٣",
    "Thaana": "ދިވެހި",
    "Devanagari": "नमस्ते क्षत्रिय",
    "Bengali": "বাংলা",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Gujarati": "ગુજરાતી",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "සිංහල",
    "Thai": "ภาษาไทย",
    "Lao": "ລາວ",
    "Khmer": "ខ្មែរ",
    "Burmese": "မြန်မာ",
    "Ethiopic": "አማርኛ",
    "Chinese": "深圳市华强北路，廣東",
    "Japanese": "東京都コードレスドリル、ください",
    "Korean": "대한민국 서울",
    "emoji": "🎁 ❤️ 👩‍🔧 🇩🇪 👍🏽 1️⃣",
    "symbols": "✓ ☐ ☎ → ≥ ∞ № ™ ½",
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("weight", [Weight.REGULAR, Weight.SEMIBOLD])
def test_every_script_has_its_letters(script, weight):
    for each, part in runs(SCRIPTS[script], weight):
        missing = [c for c in part if not each.has(c) and lacks(each, c)]
        assert not missing, f"{script}: {missing} in {each.name}"


def test_runs_are_the_text_and_marks_stay_with_their_letter():
    text = "".join(SCRIPTS.values()) + "\u0378x\U000e1234"
    assert "".join(part for _, part in runs(text, Weight.MEDIUM)) == text
    assert [part for _, part in runs("👩‍🔧", Weight.REGULAR)] == ["👩‍🔧"]


def test_a_tick_is_a_letter_and_with_its_selector_a_picture():
    assert [each.name for each, _ in runs("❤", Weight.REGULAR)] == ["Inter-Regular"]
    assert [each.name for each, _ in runs("❤\ufe0f", Weight.REGULAR)] == ["NotoEmoji-Regular"]


def test_every_face_can_be_read_and_its_licence_lies_beside_it():
    for name in (*INTER, *FALLBACK):
        assert face(name).has("\N{SPACE}") or face(name).upem
    licences = {path.name for path in FONTS.rglob("*LICENSE*")}
    assert licences == {
        "Inter-LICENSE.txt",
        "Noto-LICENSE.txt",
        "DroidSansFallback-LICENSE.txt",
        "NanumGothic-LICENSE.txt",
    }
    shipped = {str(path.relative_to(FONTS).as_posix()) for path in FONTS.rglob("*.ttf")}
    assert shipped == {*INTER, *FALLBACK}, "a face is shipped and never used, or used and not shipped"
    assert sum(path.stat().st_size for path in FONTS.rglob("*")) < 15_000_000
