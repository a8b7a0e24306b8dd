"""Keys of the categories of Decree 20/2021/NĐ-CP behind the words of a list, where the words leave no doubt."""

import re
from functools import lru_cache

from portal.recipients.parsing.grid import fold

# Each: key, coefficient, words that must be there, words that must not. Folded; abbreviations are written out first.
_RULES: tuple[tuple[str, float, str, str], ...] = (
    ("CS1A", 2.5, r"nhan nuoi.*tre.*duoi 4", r""),
    ("CS1B", 1.5, r"nhan nuoi.*tre.*tu du 4", r""),
    ("CS2A1", 1.5, r"khuyet tat.*nuoi (01|1|mot) con.*36 thang", r"mang thai va"),
    ("CS2A2", 2.0, r"khuyet tat.*(mang thai va|nuoi (02|2|hai)|tu 2 con|tu hai con)", r""),
    ("CS2C", 1.0, r"ho gia dinh.*cham soc.*khuyet tat dac biet nang", r"nhan nuoi"),
    ("CS2D2", 2.5, r"^nhan (nuoi duong )?cham soc.*tre em.*dac biet nang", r"ho gia dinh"),
    ("CS2D1", 1.5, r"^nhan (nuoi duong )?cham soc.*dac biet nang", r"ho gia dinh|tre em"),
    ("K1A", 2.5, r"^tre em.*khong co nguon nuoi duong.*duoi 4|^tre em duoi 4 tuoi khong co nguon", r"nhan nuoi"),
    ("K1B", 1.5, r"^tre em.*khong co nguon nuoi duong.*tu du 4|^tre em tu du 4 tuoi.*khong co nguon", r"nhan nuoi"),
    ("K2", 1.5, r"du 16 tuoi.*(dang hoc|di hoc)", r"khuyet tat"),
    ("K3A", 2.5, r"tre em.*hiv", r"tu du 4"),
    ("K3B", 2.0, r"tre em.*hiv", r"duoi 4"),
    ("K4", 1.0, r"don than.*nuoi con", r"khuyet tat"),
    ("K5A1", 1.5, r"nguoi cao tuoi.*phung duong.*60", r"tu du 80"),
    ("K5A2", 2.0, r"nguoi cao tuoi.*phung duong.*tu du 80", r"60"),
    ("K5B", 1.0, r"nguoi cao tuoi.*75.*80", r"phung duong"),
    ("K5D", 3.0, r"nguoi cao tuoi.*nhan cham soc tai cong dong", r""),
    ("K6B", 2.5, r"(tre em|nguoi cao tuoi).*khuyet tat dac biet nang", r"cham soc|nhan nuoi"),
    ("K6A", 2.0, r"^nguoi khuyet tat dac biet nang$", r""),
    ("K6D", 2.0, r"(tre em|nguoi cao tuoi).*khuyet tat nang", r"cham soc|nhan nuoi"),
    ("K6C", 1.5, r"^nguoi khuyet tat nang$", r""),
    ("K7", 1.5, r"tre em duoi 3 tuoi.*(ngheo|kho khan)", r"khuyet tat"),
    ("K8", 1.5, r"nguoi nhiem hiv.*ngheo", r"tre em"),
)
_LETTERS = {
    "nkt": "nguoi khuyet tat",
    "nct": "nguoi cao tuoi",
    "te": "tre em",
    "dbn": "dac biet nang",
    "kt": "khuyet tat",
}
_KEY = re.compile(r"^(K|CS)\d[A-Z]?\d?$")


@lru_cache(maxsize=2000)
def key_of(text: str, coefficient: float | None = None) -> str | None:
    """The key if exactly one category fits the words; the coefficient decides between categories that share words."""
    if _KEY.match(text.strip()):
        return text.strip()
    words = " ".join(_LETTERS.get(word, word) for word in fold(text).split())
    fitting = {
        (key, stated)
        for key, stated, needed, forbidden in _RULES
        if re.search(needed, words) and not (forbidden and re.search(forbidden, words))
    }
    if len(fitting) > 1 and coefficient is not None:
        fitting = {(key, stated) for key, stated in fitting if stated == coefficient}
    return fitting.pop()[0] if len(fitting) == 1 else None
