"""The words by which columns of lists are known, without accents and signs."""

import re

# Whatever column stands under a person other than the one on the list.
OTHER_PERSON = re.compile(
    r"\b(nhan (tien )?(thay|ho)|linh (thay|ho)|nguoi nhan|nguoi linh|uy quyen|giam ho|dai dien|bao ho|nguoi nuoi duong"
    r"|nguoi cham soc|nnt|uq|nguoi giao|than nhan)\b"
)
IGNORED = re.compile(
    r"^(so thang|months|tu ngay|den ngay|tu thang|den thang|tu|den|ngay cap|noi (cap|sinh)|hinh thuc|(ho (va )?)?ten (cha|me|bo|vo|chong|con)|ky nhan|ky ten|ky|chu ky|xac nhan|diem chi|dan toc"
    r"|ton giao|quoc tich|tuoi|don vi tinh|ngay (qd|quyet dinh|ky|huong|hieu luc|mat|chet)|thoi (gian|diem|han)"
    r"|thang (huong|bat dau)|muc do|dang tat|xa|phuong|huyen|tinh|que quan|signature|ethnic.*|age)\b"
)
# A heading that says nothing without the one above it.
GENERIC = re.compile(
    r"^(so|so tien|tien|muc|thanh tien|dong|so tien dong|thang nay|vnd|ngay|ten|ma|hien tai|amount|number|no)$"
)

# First match wins, so narrow words stand before wide ones.
COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("stt", r"^(stt|tt|so tt|so thu tu|thu tu|no|s t t)$"),
        (
            "account_holder",
            r"\b(chu tai khoan|chu tk|ten tai khoan|ten tk|chu the|ten chu the)\b|^account (holder|name)",
        ),
        (
            "account_number",
            r"^(so )?(tai khoan|tk|stk)\b(?!.*(mo tai|mo tk))|so tai khoan|so tk|^so (vi|the atm)|^account\b|^bank account",
        ),
        ("bank", r"^(ten )?(ngan hang|nh|vi dien tu|don vi chi tra|noi mo)\b|mo tai( nh)?$|ngan hang|^bank\b|^tai nh$"),
        (
            "phone",
            r"dien thoai|^sdt\b|^dt\b|^so dt\b|\bso dien thoai\b|^di dong|^so di dong|^phone|^mobile|^dtdd$|^d thoai|^zalo|^tel\b",
        ),
        ("old_id", r"^(so )?(cmnd|cmtnd|cmt|chung minh nhan dan|chung minh thu)( cu| 9 so)?$|^old id"),
        (
            "citizen_id",
            r"dinh danh|cccd|^(so )?dd ca nhan|^giay to tuy than|can cuoc|\bcmnd\b|\bcmtnd\b|\bcmt\b|chung minh|so giay to|\bcc cccd\b|^so cc$|^s?ddcn$"
            r"|^s?d?dcn cccd$|^gttt$|^(so )?gtt[ty]\b|^so ddcn|^(citizen|national|personal)? ?id( no| number)?$",
        ),
        ("birth_date", r"(?<!khai )\bsinh\b(?! (hoat|vien|con))|^ns$|^ntns$|birth|^dob$"),
        ("household_head", r"^(ho (va )?ten |ten )?chu ho\b"),
        ("family_name", r"^ho$|^ho (va )?((chu|ten) )?(dem|lot)$|^ho (va )?chu lot$|^(last|family) name$|^surname$"),
        ("given_name", r"^ten$|^ten goi$|^(given|first) name$"),
        (
            "full_name",
            r"^ho (va )?(ten|chu dem|dem)\b|^ten (doi tuong|nguoi|ca nhan)\b|^ho ten|^doi tuong ho ten|^ho va ten"
            r"|^ht$|^ten n[kc]t$|^nguoi (duoc )?(huong|thu huong)|^(full )?name$|^beneficiary( name)?$|^ten$",
        ),
        (
            "code",
            r"^ma\b(?!.*\b(xa|huyen|tinh|thon|ngan hang|chi nhanh|chuong|dien|loai|nhom|muc|che do|ho(?! so))\b)|ma (doi tuong|ho so|so)"
            r"|^(so )?ho so|^so so\b(?!.*ngheo)|so ho so|^so (so )?linh tien|^(beneficiary )?code$",
        ),
        ("sex", r"^(gioi tinh|g tinh|gioi|phai|gt|nam nu|sex|gender)\b"),
        ("decision_no", r"quyet dinh|\bqd\b|^decision"),
        ("coefficient", r"he so|^hs$|^coefficient"),
        ("category", r"^(loai|dien|nhom|loai hinh|doi tuong|ten che do|phan loai)\b(?!.*\bso tien)"),
        (
            "arrears",
            r"truy (linh|tra|nhan|thu nhan|cap)|chua tra thang truoc|thang truoc chuyen|chua linh|con no|^arrears|thang truoc",
        ),
        ("allowance", r"phu cap|^allowance"),
        (
            "total",
            r"^(tong|cong|total)\b|tong cong|tong so tien|thuc linh|thuc nhan|duoc linh|thuc chi|^thuc tra|thanh tien|^t ?tien$"
            r"|^tong tien|con duoc nhan|duoc nhan$",
        ),
        ("base", r"muc chuan|chuan tro (cap|giup)|^muc luong"),
        ("month_amount", r"^(so )?(tien )?(thang|t) ?(0?[1-9]|1[0-2])( ?(nam )?20\d\d)?$"),
        (
            "amount",
            r"muc (tro cap|tro giup|huong|chi|tien|tc|tcxh)|tro cap|tro giup|tien (huong|tro cap|tc)|so tien|^tien\b"
            r"|duoc huong|^muc huong|^tcxh|^tc\b|^(monthly )?amount|^benefit|kinh phi",
        ),
        (
            "category",
            r"doi tuong|\bdien\b|^nhom\b|\bnhom dt\b|che do|loai hinh|chinh sach|^loai dt|^dt huong|^category",
        ),
        ("village", r"^(ten )?(thon|xom|ban|to|tdp|khu|khoi|ap|lang|buon|khu dan cu|village|hamlet)\b"),
        (
            "address",
            r"dia chi|noi (cu tru|o|thuong tru)|ho khau|cho o|thuong tru|^dc\b|^address|^hktt|tru quan|noi song|^dia ban",
        ),
        ("note", r"ghi chu|\bdien giai\b|^gc$|^g chu|^note|^remark"),
    )
)

# Letterheads, titles and units stand right above tables and are no headings of columns.
TITLE = re.compile(
    r"^(danh sach|bang|cong hoa|doc lap|uy ban|ubnd|phong|so lao dong|don vi tinh|dvt|kem theo|thang \d|quy \d|nam \d|ngay \d|can cu\b(?! cong dan))"
)
# Amounts in thousands of đồng, as titles, units and headings say it.
THOUSANDS = re.compile(r"\b(1 ?000 ?(d|dong|vnd)|nghin dong|ngan dong|nghin d|ngan d|1 ?000d)\b")
# Amounts in millions are nobody's, but "triệu đồng" beside a unit would be.
ORDINAL = re.compile(r"^\(?\d{1,2}\)?( ?= ?[\d()+\-*x ./]+)?$|^\(?[a-z]\)?$", re.IGNORECASE)
ROMAN = re.compile(r"^[IVXLC]{1,7}[.)]?$|^[A-ZĐ][.)]?$")
PEOPLE = re.compile(r"(?<![\d.])(\d+(?:\.\d{3})*)\s*(?:đối tượng|người|trường hợp|đt\b|hồ sơ|hộ)", re.IGNORECASE)
# With their accents: "Tống" and "Bàn" are family names, "Tổng" and "Bản" are not.
SUM = re.compile(
    r"^(?:[ivxlc]+[.)]?\s*)?(tổng(?: cộng| số| tiền)?\b|cộng\b|tong cong\b|cong(?=\W*$|\s*[:(\d]|\s+(?:trang|thon|xom|ban|khoi|to|nhom|muc)\b))",
    re.IGNORECASE,
)
# What one page of paper carries to the next; says nothing that the rows do not say.
CARRIED = re.compile(
    r"^\W*(?:cộng|tổng)?\s*(?:cộng|tổng)?\s*(?:số)?\s*(?:mang (?:sang|qua)|chuyển (?:sang|trang|qua)|lũy kế|luỹ kế|(?:trang|tờ)\b)",
    re.IGNORECASE,
)
# What may stand behind the word of a sum for all of the list.
WHOLE = re.compile(
    r"\W*(?:cộng|số|tiền|toàn|xã|chung|danh sách|tất cả|kinh phí|bằng|các|\d|[ivx]+\s*\+|\(|cong|so|tien|toan)",
    re.IGNORECASE,
)
# Folded: with what a group of people begins its name, and with what the end of a list begins.
KINDS_OF_PEOPLE = re.compile(
    r"(nguoi|tre|ho gia dinh|doi tuong|ho (ngheo|can ngheo)|nkt|nct|ncc|nhom|dien|than nhan|thuong binh|benh binh)\b"
)
# With what a title begins that names nobody by itself, and what may stand in it before what it names.
NO_HEADING = re.compile(
    r"(phan [ivx\d]+( tiep theo)?$|danh sach|ds|bang (ke|tong hop|danh sach|chi)|cong hoa xa hoi|doc lap|uy ban nhan dan|ubnd|don vi tinh|dvt|kem theo)\b"
)
OF_LAW = re.compile(
    r"\b(nghi dinh|quyet dinh|thong tu|nghi quyet|muc chuan|ap dung|can cu|don vi)\b|\d dong\b|\d d thang"
)
LIST_OF = re.compile(
    r"^(?:danh sách|ds|bảng kê|bảng|danh sach|bang ke) (?:chi trả |chi )?(?:trợ cấp )?(?:cho )?(?:các )?(?:đối tượng )?(?:là )?",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(so tien )?(viet |ghi )?bang chu|nguoi lap|lap bieu|ke toan|thu truong|chu tich|pho chu tich|tm (uy ban|ubnd)|kt chu tich"
    r"|can bo|cong chuc|ngay .{0,12}thang|.{0,40}ngay \d* ?thang|xac nhan|ghi chu|an dinh|danh sach (nay|co|gom)|tong hop"
)
# Titles that begin like the name of a village.
NO_VILLAGE = re.compile(
    r"^(bản (kê|tổng hợp|danh sách|sao|chi|chính|gốc|nháp|in)\b|khu vực|tổ (chức|công tác|trưởng)|.*\b(tháng|quý|danh sách)\b)",
    re.IGNORECASE,
)
VILLAGE = re.compile(
    r"^(t\.\s*\S|(?:thôn|xóm|bản|khối phố|khu phố|khối|khu|tổ dân phố|tổ|ấp|làng|buôn|k\.? ?phố|kp|tdp|thon|xom|khoi pho)(?![^\W\d_])\s*\S)",
    re.IGNORECASE,
)


def field_of(text: str) -> str | None:
    """The field that a folded heading names; None when it names none."""
    if not text or len(text) > 90:
        return None
    return next((field for field, pattern in COLUMNS if pattern.search(text)), None)
