"""Vietnamese text made comparable: cleaning, keys for search, comparison and sorting, bank style."""

import unicodedata
from functools import lru_cache
from itertools import chain, pairwise, product

SOFT_HYPHEN = "\u00ad"

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE_LETTERS = str.maketrans("đĐðÐƀɃ", "dDdDbB")
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# "{" and "|" sort after every letter, so that ă and â come after all words that begin with a.
_MARKED = {("a", "\u0306"): "{", ("a", "\u0302"): "|", ("e", "\u0302"): "{", ("o", "\u0302"): "{"}
_MARKED |= {("o", "\u031b"): "|", ("u", "\u031b"): "{"}
_MARKS = {"a": ("", "{", "|"), "d": ("", "{"), "e": ("", "{"), "o": ("", "{", "|"), "u": ("", "{")}


def clean(text: str, legacy: bool = False) -> str:
    """Fold spaces (NBSP too) into one, remove invisible characters, compose to NFC; letters and case stay.

    With `legacy` the soft hyphen is kept: in TCVN3 text it is the letter ư.
    """
    if text.isprintable():  # nothing to remove: most texts, and a list holds tens of thousands
        text = " ".join(text.split())
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in _HIDDEN or (legacy and c == SOFT_HYPHEN))
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


@lru_cache(maxsize=1000)  # one name is asked for several times before the next one comes
def search_key(text: str) -> str:
    """Return the text without accents, case and marks: "Y'H’Lăn Niê-Kđăm" gives "yhlan niekdam"."""
    return " ".join([key for word in text.split() if (key := _word_key(word))])


@lru_cache(maxsize=20_000)  # names and headings are made of few syllables
def _word_key(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word).casefold().translate(_WHOLE_LETTERS)
    folded = unicodedata.normalize("NFKD", folded)
    kept = "".join(c if c.isalnum() else " " if c.isspace() else "" for c in folded)
    return " ".join(kept.split())


def match_key(name: str) -> str:
    """Return the key under which two spellings of one person's name are equal.

    Without accents the place of the tone mark (hoà, hòa) does not matter; without spaces "Niê Kđăm" is "Niê-Kđăm".
    Different names may share a key (Thu, Thứ): it proposes people and never decides alone.
    """
    return search_key(name).replace(" ", "")


def fold_upper(text: str) -> str:
    """Return the text as banks write it: capitals and digits of ASCII, single spaces, no accents or marks."""
    upper = search_key(text).upper()
    return upper if upper.isascii() else " ".join("".join(c for c in upper if c.isascii()).split())


def sort_key(name: str) -> str:
    """Return an ASCII key that puts names in Vietnamese order when compared byte by byte.

    The given name (last word) counts first, then family and middle names. In a word letters come before tones:
    a à ả ã á ạ, then ă, then â; đ after d. Each word gives its letters, a space and its tones ("0" for none).
    """
    words = clean(name).split()
    return " ".join([part for word in words[-1:] + words[:-1] if (part := _sortable(word))])


def given_name_ranges(word: str, *, whole: bool) -> list[tuple[str, str]]:
    """Between which sort keys, [low, high) each, the given names stand whose search key is the word or begins with it.

    A mark may follow a letter: d, d{; a, a{, a|. With more than three such letters a word is cut before the fourth: the
    ranges then hold other names too.
    """
    places = [place for place, letter in enumerate(word) if letter in _MARKS]
    if len(places) > 3:
        word, whole, places = word[: places[3]], False, places[:3]
    low, high = (" ", "!") if whole else ("", "~")
    pieces = [word[start:end] for start, end in pairwise((0, *(place + 1 for place in places), len(word)))]
    marked = product(*(_MARKS[word[place]] for place in places))
    spelt = ["".join(chain(*zip(pieces, (*marks, ""), strict=True))) for marks in marked]
    return [(each + low, each + high) for each in spelt]


def without_marks(key: str) -> str:
    """The sort key with bare letters: it begins with the search key of the given name and a space."""
    return key.replace("{", "").replace("|", "")


@lru_cache(maxsize=20_000)
def _sortable(word: str) -> str:
    letters, tones = "", ""
    base = ""
    for c in unicodedata.normalize("NFKD", word.casefold()):
        if c in "đð":
            letters, base = letters + "d{", "đ"
        elif c in _TONES:
            tones += _TONES[c]
        elif (base, c) in _MARKED:
            letters += _MARKED[base, c]
        elif c.isascii() and c.isalnum():
            letters, base = letters + c, c
    return f"{letters} {tones or '0'}" if letters else ""
