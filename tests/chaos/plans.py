"""What a clerk is going to take in: drawn from a seed, with answers that the commune's rules accept."""

import io
from dataclasses import dataclass
from functools import cache
from random import Random

import zxingcpp
from PIL import Image, ImageDraw

from portal.vietnam import vietqr

FAMILIES = ("Hoàng", "Nông", "Lý", "Vi", "Đàm", "Bế", "Triệu", "Lương", "Mông", "Hứa")
MIDDLES = ("Thị", "Văn", "Ngọc", "Đức", "Minh", "Thu", "Kim", "Xuân", "Hữu", "Bích")
GIVEN = ("Vẻ", "Sằn", "Páo", "Lả", "Dín", "Èn", "Pín", "Sung", "Mẩy", "Chản", "Ỏn", "Tài", "Lẻo", "Khìn")
ROLES = {
    "identity": ("id_front", "id_back"),
    "phone": (),
    "method": (),
    "representative": ("representative_front", "paper"),
    "consent": ("consent",),
}


# a code that is no card's: the phone looks no further for one
ACCOUNT = vietqr.build("970405", "8410205000001")


@dataclass
class Plan:
    """`answers`: step to fields, `photos`: role to the files chosen for it."""

    seed: int
    name: str
    answers: dict
    photos: dict
    signs: bool
    listed: bool = False
    fast: bool = False

    def roles(self, step):
        return [role for role in ROLES[step] if role in self.photos]


def plan(seed, *, photos=2, way="cash_point", fast=False, listed=None):
    """A case with so many photos (0 to 5, the drawn signature comes on top); `listed`: a name of the register."""
    chance = Random(f"plan {seed}")
    name = listed or name_of(seed)
    asked = {"identity": {}, "phone": {}, "method": {}, "representative": {"kind": "none"}, "consent": {}}
    represented = photos >= 3 and way not in ("wallet", "bank_account")
    taken = {}
    left = photos - (2 + chance.randint(0, photos - 3) if represented else 0)
    if represented:
        taken["representative_front"] = [picture(seed, 10, ACCOUNT)]
        taken["paper"] = [picture(seed, 20 + page) for page in range(photos - left - 1)]
        asked["representative"] = representative(chance)
    sheet = left == 3 or (left > 0 and chance.random() < 0.4)
    left -= sheet
    if sheet:
        taken["consent"] = [picture(seed, 5)]
    sides = min(left, 2)
    asked["identity"] = identity(chance, name, sides)
    for at, role in enumerate(("id_front", "id_back")[:sides]):
        taken[role] = [picture(seed, at, code_of(asked["identity"]) if at == 0 else None)]
    asked["phone"] = {"owner": "recipient", "number": f"09{chance.randrange(10**8):08d}"}
    asked["method"] = method(chance, way, name)
    asked["consent"] = {"purposes": ["pay", "keep_photo"]}
    return Plan(seed, name, asked, taken, signs=not sheet or chance.random() < 0.5, listed=bool(listed), fast=fast)


def name_of(seed):
    chance = Random(f"name {seed}")
    return " ".join(chance.choice(part) for part in (FAMILIES, MIDDLES, MIDDLES, GIVEN, GIVEN))


def identity(chance, name, sides):
    papers = {0: "none", 1: chance.choice(("birth_certificate", "other")), 2: "citizen_card"}
    year = chance.randrange(1935, 1999)
    told = {
        "document": papers[sides],
        "full_name": name,
        "birth": f"{chance.randint(1, 28):02}/03/{year}",
        "sex": "female",
    }
    if sides == 2:
        told |= {"citizen_id": f"0201{year % 100:02}{chance.randrange(10**6):06}", "address": "Thôn Nà Tồng"}
    return told


def method(chance, way, name):
    number = f"{chance.randrange(10**12, 10**13)}"
    parts = {
        "bank_account": {"own-bin": "970405", "own-number": number, "own-again": number, "own-holder": name.upper()},
        "home_visit": {"reason": "bedridden"},
    }
    return {"kind": way} | parts.get(way, {})


def representative(chance):
    return {
        "kind": "proxy",
        "full_name": "Nông Thị Người Nhận",
        "citizen_id": f"020180{chance.randrange(10**6):06}",
        "birth_date": "02/09/1980",
        "relation": "con gái",
        "scope": "receive",
        "paper_no": f"{chance.randrange(1, 900)}/2026",
        "certified_by": "UBND xã Bình Gia",
        "certified_on": "03/11/2026",
    }


def code_of(identity):
    """What the code on the front of this person's card says; of another paper a code that is no card's."""
    if identity["document"] != "citizen_card":
        return ACCOUNT
    day, month, year = identity["birth"].split("/")
    sex = {"female": "Nữ", "male": "Nam"}[identity["sex"]]
    parts = (
        identity["citizen_id"],
        "",
        identity["full_name"],
        day + month + year,
        sex,
        identity["address"],
        "30122021",
    )
    return "|".join(parts)


@cache
def picture(seed, number, code=None):
    """A photo of a sheet with lines of ink, and a code: sharp, bright, and nobody else's."""
    chance = Random(f"{seed} {number}")
    image = Image.new("RGB", (1280, 900), "#f4f1e8")
    pen = ImageDraw.Draw(image)
    for line in range(30):
        start = 40
        while start < 1220:
            length = chance.randrange(8, 70)
            pen.rectangle(
                (start, 40 + line * 26, start + length, 52 + line * 26), fill=chance.choice(("#111", "#234", "#422"))
            )
            start += length + chance.randrange(6, 24)
    if code:
        drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6)
        square = Image.fromarray(drawn)
        image.paste("white", (700, 40, 700 + square.width + 80, 120 + square.height))
        image.paste(square.convert("RGB"), (740, 80))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
