"""Text typed in the fonts before Unicode (TCVN3 ".Vn...", "VNI-...") turned into Unicode."""

import json
import re
import unicodedata
from pathlib import Path

_TCVN3: dict[int, str] = str.maketrans(
    json.loads((Path(__file__).parent / "data" / "tcvn3.json").read_text(encoding="utf-8"))
)

# VNI writes a vowel and then a mark; the mark carries the accent, the tone or both.
_BREVE, _CIRCUMFLEX, _GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0306\u0302\u0300\u0309\u0303\u0301\u0323"
_VNI_TONES = dict(zip("øûõùï", (_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT), strict=True))
_VNI_CIRCUMFLEX = dict(zip("âàåãáä", ("", _GRAVE, _HOOK, _TILDE, _ACUTE, _DOT), strict=True))
_VNI_BREVE = dict(zip("êèúüéë", ("", _GRAVE, _HOOK, _TILDE, _ACUTE, _DOT), strict=True))
_VNI_WHOLE = dict(zip("ñíìæóòîôö", "đíìỉĩịỵơư", strict=True))
_VNI = {vowel + mark: vowel + tone for vowel in "aeouy" for mark, tone in _VNI_TONES.items()}
_VNI |= {vowel + mark: vowel + _CIRCUMFLEX + tone for vowel in "aeo" for mark, tone in _VNI_CIRCUMFLEX.items()}
_VNI |= {"a" + mark: "a" + _BREVE + tone for mark, tone in _VNI_BREVE.items()}
_VNI |= {vowel + mark: _VNI_WHOLE[vowel] + tone for vowel in "ôö" for mark, tone in _VNI_TONES.items()} | _VNI_WHOLE
_VNI_PATTERN = re.compile("|".join(sorted(_VNI, key=len, reverse=True)), re.IGNORECASE)

_WORD = re.compile("[A-Za-z\u00a1-\u024f\u0300-\u036f\u1e00-\u1eff]+")
_CAPITAL_INSIDE = re.compile("[a-z][\u00c0-\u00de]")
_CONSONANTS = re.compile("[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xzĐđÐðÑñ§®]*|[^A-Za-z]*")
# Letters that only Vietnamese in Unicode has.
_UNICODE_ONLY = re.compile("[\u1ea0-\u1ef9ĂăĐđƠơƯưĨĩŨũ]")
_SYLLABLE = re.compile(
    r"(?:ngh?|gh?|gi|kh|ph|qu|th|tr|ch|nh|[bcdđhklmnpqrstvx])?"
    r"(?:a[iouy]?|â[uy]?|ă|e[o]?|êu?|i[aêu]?|iêu|o[aăeio]?|oa[ioy]|oeo|ôi?|ơi?|u[aâêiơy]?|uây|uôi?|uy[aêu]|uêu"
    r"|ư[aiơu]?|ươ[iu]|y|yêu?|ia[ouy]|ua[ioy]|uao|uă|ueo?)"
    r"(?:ch|ng|nh|[cmnpt])?"
)


def from_tcvn3(text: str, upper: bool = False) -> str:
    """Decode TCVN3 read as Latin-1; `upper` for the fonts of capitals (".VnTimeH"), which share the codes.

    Its ư is the soft hyphen U+00AD: never clean such text before decoding.
    """
    decoded = unicodedata.normalize("NFC", text.translate(_TCVN3))
    return decoded.upper() if upper else decoded


def from_vni(text: str) -> str:
    """Decode VNI for Windows read as Latin-1."""
    return unicodedata.normalize("NFC", _VNI_PATTERN.sub(lambda found: _vni_letter(found[0]), text))


def looks_tcvn3(text: str) -> bool:
    """Tell whether the text makes no sense as it stands and does as TCVN3."""
    return _makes_sense_only_as(text, from_tcvn3(text))


def looks_vni(text: str) -> bool:
    """Tell whether the text makes no sense as it stands and does as VNI."""
    return _makes_sense_only_as(text, from_vni(text))


def decode(text: str, font: str | None) -> tuple[str, str | None]:
    """Return the text in Unicode and the encoding it was in ("tcvn3", "vni"; None: left as it was).

    The font of the cell decides unless the text is plainly Unicode already; without a font the words do. Keep the
    original and show both: a short name can be right in two ways.
    """
    if _UNICODE_ONLY.search(unicodedata.normalize("NFC", text)):
        return text, None
    name = (font or "").strip().casefold()
    if name.startswith(".vn"):
        decoded = from_tcvn3(text, upper=name.endswith("h"))
        return (text, None) if _sense(text) > _sense(decoded) else (decoded, "tcvn3")
    if name.startswith("vni"):
        return (text, None) if _sense(text) > _sense(from_vni(text)) else (from_vni(text), "vni")
    if looks_tcvn3(text):
        return from_tcvn3(text), "tcvn3"
    return (from_vni(text), "vni") if looks_vni(text) else (text, None)


def _vni_letter(typed: str) -> str:
    letter = unicodedata.normalize("NFC", _VNI[typed.lower()])
    return letter.upper() if typed[0].isupper() else letter


def _makes_sense_only_as(text: str, decoded: str) -> bool:
    if _UNICODE_ONLY.search(unicodedata.normalize("NFC", text)):
        return False
    senseless = _sense(text) < 1 or _CAPITAL_INSIDE.search(text)
    return bool(senseless) and _sense(decoded) >= 0.9 and decoded != text


def _sense(text: str) -> float:
    """Return the share of Vietnamese syllables among the words with accents, 1 if there are none.

    A word needs a plain letter: a middle dot or a copyright sign on its own is no word; without a vowel it is an
    abbreviation ("QĐ", "VNĐ") and says nothing.
    """
    words = _WORD.findall(text)
    accented = [word for word in words if not word.isascii() and not _CONSONANTS.fullmatch(word)]
    return sum(_is_syllable(word) for word in accented) / len(accented) if accented else 1.0


def _is_syllable(word: str) -> bool:
    marks = unicodedata.normalize("NFD", word.casefold())
    tones = [c for c in marks if c in _VNI_TONES.values()]
    toneless = unicodedata.normalize("NFC", "".join(c for c in marks if c not in tones))
    return len(tones) <= 1 and _SYLLABLE.fullmatch(toneless) is not None
