"""The words by which columns of lists are known, without accents and signs."""

import re

# Whatever column stands under a person other than the one on the list.
OTHER_PERSON = re.compile(
    r"\b(nhan thay|nhan ho|linh thay|linh ho|nguoi nhan|uy quyen|giam ho|dai dien|bao ho|nguoi nuoi duong|nguoi cham soc)\b"
)
IGNORED = re.compile(
    r"^(so thang|tu ngay|den ngay|tu thang|den thang|ngay cap|noi cap|ky nhan|ky ten|ky|chu ky|xac nhan|diem chi|dan toc"
    r"|ton giao|quoc tich|tuoi|don vi tinh)\b"
)
# A heading that says nothing without the one above it.
GENERIC = re.compile(r"^(so|so tien|tien|muc|thanh tien|dong|so tien dong|thang nay|vnd|ngay|ten|ma)$")

# First match wins, so narrow words stand before wide ones.
COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("stt", r"^(stt|tt|so tt|so thu tu|thu tu)$"),
        ("account_holder", r"\b(chu tai khoan|chu tk|ten tai khoan|ten tk|chu the)\b"),
        (
            "account_number",
            r"^(so )?(tai khoan|tk)\b(?!.*(mo tai|mo tk))|^stk\b|so tai khoan|so tk|^so (vi|the atm)|^tk ngan hang",
        ),
        ("bank", r"^(ten )?(ngan hang|nh|vi dien tu|don vi chi tra|noi mo)\b|mo tai$|ngan hang"),
        ("phone", r"dien thoai|^sdt\b|^dt\b|^so dt\b|\bso dien thoai\b|^di dong"),
        ("old_id", r"^(so )?(cmnd|cmtnd|cmt|chung minh nhan dan|chung minh thu)( cu| 9 so)?$"),
        (
            "citizen_id",
            r"dinh danh|cccd|can cuoc|\bcmnd\b|\bcmtnd\b|\bcmt\b|chung minh|so giay to|^so cc$|^ddcn$|^gttt$",
        ),
        ("birth_date", r"\bsinh\b|^ns$"),
        (
            "full_name",
            r"^ho (va|ten|chu dem|dem)\b|^ten (doi tuong|nguoi|chu ho)|^ho ten|^doi tuong ho ten|^ten$|^ho va ten",
        ),
        (
            "code",
            r"^ma\b(?!.*\b(xa|huyen|tinh|thon|ngan hang|chuong|dien|loai)\b)|ma (doi tuong|ho so|so)|^(so )?ho so|^so so\b|so ho so",
        ),
        ("sex", r"^(gioi tinh|gioi|phai|gt|nam nu)$"),
        ("decision_no", r"quyet dinh|\bqd\b"),
        ("coefficient", r"he so|^hs$"),
        ("arrears", r"truy linh|truy tra|truy thu nhan|chua tra thang truoc|thang truoc chuyen|chua linh|con no"),
        ("allowance", r"phu cap"),
        ("total", r"^(tong|cong)\b|tong cong|tong so tien|thuc linh|thuc nhan|duoc linh|thuc chi"),
        (
            "amount",
            r"muc (tro cap|huong|chi|tien)|tro cap|tien (huong|tro cap)|so tien|^tien\b|duoc huong|^muc huong|muc chuan huong",
        ),
        ("category", r"doi tuong|\bdien\b|nhom\b|che do|loai hinh|chinh sach"),
        ("village", r"^(ten )?(thon|xom|ban|to|tdp|khu|khoi|ap|lang|buon|khu dan cu)\b"),
        ("address", r"dia chi|noi (cu tru|o|thuong tru)|ho khau|cho o|thuong tru|que quan"),
        ("note", r"ghi chu|\bdien giai\b"),
    )
)

# Letterheads, titles and units stand right above tables and are no headings of columns.
TITLE = re.compile(
    r"^(danh sach|bang|cong hoa|doc lap|uy ban|ubnd|phong|so lao dong|don vi tinh|dvt|kem theo|thang \d|quy \d|nam \d|ngay \d|can cu)"
)
ORDINAL = re.compile(r"^\(?\d{1,2}\)?( ?= ?[\d()+\-*x ./]+)?$|^[a-z]$", re.IGNORECASE)
ROMAN = re.compile(r"^[IVXLC]{1,7}\.?$|^[A-HĐ][.)]?$")
PEOPLE = re.compile(r"(\d[\d.]*)\s*(?:đối tượng|người|trường hợp|đt\b|hồ sơ|hộ)", re.IGNORECASE)
# With their accents: "Tống" and "Bàn" are family names, "Tổng" and "Bản" are not.
SUM = re.compile(r"^(?:[ivxlc]+[.)]?\s*)?(tổng(?: cộng| số| tiền)?|cộng|tong cong|cong)\b", re.IGNORECASE)
VILLAGE = re.compile(
    r"^(thôn|xóm|bản|khối phố|khu phố|khối|khu|tổ dân phố|tổ|ấp|làng|buôn|k\.? ?phố|kp|tdp|t\.|thon|xom|khoi pho)\s*\S",
    re.IGNORECASE,
)


def field_of(text: str) -> str | None:
    """The field that a folded heading names; None when it names none."""
    if not text or len(text) > 90:
        return None
    return next((field for field, pattern in COLUMNS if pattern.search(text)), None)
