"""Names, places and people that the demonstration data is made of. Everybody is invented."""

import json
from pathlib import Path

from portal.access import Role

COMMUNES: list[dict[str, str]] = json.loads((Path(__file__).parent / "data" / "communes.json").read_text("utf-8"))
PROVINCES = {"20": "tỉnh Lạng Sơn", "48": "thành phố Đà Nẵng"}
VILLAGES_PER_COMMUNE = 25

TOWN_VILLAGES = ("Khối phố 1", "Khối phố 2", "Khối phố 3")
VILLAGES = (
    "Tòng Chu", "Phai Danh", "Thuần Như", "Nà Pái", "Bản Chu", "Pác Nàng", "Cốc Mặn", "Nà Rường", "Toòng Nạc",
    "Khuổi Cắt", "Nà Lốc", "Bản Duộc", "Phai Lay", "Nà Kéo", "Tân Thành", "Yên Bình", "Ngọc Quyến", "Cốc Rặc",
    "Nà Me", "Bản Hoay", "Lũng Cải", "Khuổi Luông", "Đồng Tiến", "Nà Nát", "Pàn Pẻn", "Bản Muống", "Kéo Coong",
    "Nà Ngùa", "Vằng Mần", "Khau Phụ", "Phiêng Nưa", "Nà Tèo", "Thâm Khôn", "Đông Chầu", "Quang Trung", "Hợp Tiến",
)  # fmt: skip

FAMILY_NAMES = (
    "Nguyễn", "Hoàng", "Nông", "Lý", "Vi", "Lương", "Hà", "Đặng", "Triệu", "Dương", "Chu", "Bế", "Lê", "Trần", "Phạm",
    "Đàm", "Mã", "Phùng", "Tô", "Lộc", "Hứa", "Linh", "Long", "Âu",
)  # fmt: skip
MIDDLE_NAMES = {
    "female": ("Thị", "Thị", "Thị", "Thị Thanh", "Thị Thu", "Thị Kim", "Ngọc", "Thị Mỹ", "Thị", "Thúy", "Thị Hồng"),
    "male": ("Văn", "Văn", "Văn", "Đình", "Minh", "Quang", "Xuân", "Đức", "Hữu", "Ngọc", "Văn"),
}
GIVEN_NAMES = {
    "female": (
        "Vẻ", "Slao", "Nhình", "Hương", "Lan", "Hoa", "Mai", "Thảo", "Ngân", "Nguyệt", "Én", "Đào", "Liên", "Phượng",
        "Yến", "Thêm", "Bích", "Sáy", "Lụa", "Nhung", "Khuyên", "Ẩn", "Hiền", "Điệp", "Thơm", "Mùi", "Nga", "Oanh",
        "Quế", "Tươi", "Vân", "Xoan",
    ),
    "male": (
        "Páo", "Thử", "Lập", "Ngoan", "Bằng", "Hùng", "Dũng", "Sơn", "Tuấn", "Cường", "Ó", "Đông", "Thắng", "Vượng",
        "Phúc", "Quyền", "Khánh", "Lợi", "Nhật", "Inh", "Toàn", "Chiến", "Hòa", "Kiên", "Tài", "Ứng", "Vinh", "Xuyên",
        "Bảo", "Giang", "Thành", "Đạt",
    ),
}  # fmt: skip

# Categories by age: children, 16-59, 60-74, 75 and older; NCC and HTXH are programmes without categories of their own.
CATEGORIES_BY_AGE = (
    ("K6D", "K1B", "K6D", "K1B", "K6B", "K6D", "K1B", "K6D"),
    ("K6C", "K6A", "K6C", "K4", "K6C", "K6A", "NCC", "K6C"),
    ("K5A1", "K6D", "K5A1", "NCC", "K5A1", "K6D", "K5A1", "K6B"),
    ("HTXH", "K5A1", "HTXH", "K6D", "HTXH", "K5A2", "NCC", "HTXH"),
)
PROGRAMME_TEXTS = {"NCC": "Người có công hưởng trợ cấp hằng tháng", "HTXH": "Trợ cấp hưu trí xã hội"}
RELATIONS = ("Con", "Cháu", "Con dâu", "Em", "Hàng xóm")

# user name, role, full name, position
STAFF = (
    ("vanhoa", Role.OFFICER, "Nguyễn Thị Hương", "Phòng Văn hóa - Xã hội"),
    ("vanhoa2", Role.OFFICER, "Lương Văn Đạt", "Phòng Văn hóa - Xã hội"),
    ("lanhdao", Role.APPROVER, "Hoàng Văn Bằng", "Phó Chủ tịch UBND xã"),
    ("nganhang", Role.BANK_STAFF, "Lê Thu Hà", "Cán bộ ngân hàng Agribank"),
    ("dentannha", Role.VISITOR, "Nông Văn Thử", "Nhân viên chi trả tại nhà"),
    ("congan", Role.POLICE, "Lý Văn Páo", "Công an xã"),
    ("theodoi", Role.SUPERVISOR, "Vi Thị Ven", "Sở Y tế"),
    ("quantri", Role.ADMIN, "Đặng Quang Minh", "Quản trị của tỉnh"),
)


def village_names(number: int) -> list[str]:
    """Names of the villages of the commune with this number: the town's quarters only in the first."""
    town = list(TOWN_VILLAGES) if number == 0 else []
    wanted = VILLAGES_PER_COMMUNE - len(town)
    return town + [VILLAGES[(number * 7 + at) % len(VILLAGES)] for at in range(wanted)]
