"""Every paper speaks every language fully."""

from __future__ import annotations

import re
from pathlib import Path

from app.services import documents
from app.services.documents.snapshots import TotalsKind
from app.services.documents.wording import LANGUAGES, WORDS, Wording, _read


def test_all_languages_have_the_same_words_with_the_same_places():
    english = _read("en")
    for language in LANGUAGES:
        words = _read(language)
        assert list(words) == list(english), language
        for key, said in words.items():
            assert said.strip(), f"{language}: {key} is empty"
            assert sorted(re.findall("{.*?}", said)) == sorted(re.findall("{.*?}", english[key])), f"{language}: {key}"
    assert {path.stem for path in WORDS.glob("*.toml")} == set(LANGUAGES)


def test_every_word_is_used_and_every_used_one_is_there():
    folder = Path(documents.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    asked = set(re.findall(r"""words(?:\.filled\(|\[)\s*["'](\w+)["']""", source)) | set(TotalsKind)
    asked |= set(re.findall(r'_running\("(\w+)"\)', source)) | {"credit_total", "deposit_invoice", "invoice"}
    assert asked == set(_read("en"))


def test_what_is_filled_in_is_not_read_again():
    said = Wording("en").filled("tax_base", name="{base}{x}", base="{name}")
    assert said == "{base}{x} on {name}"
