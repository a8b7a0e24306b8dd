"""Whatever file is chosen as a list gives people or one sentence, never a traceback."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.errors import DomainError
from portal.recipients.parsing import read_roster, to_json

# Files that broke other readers; kept beside the project, not in it.
BESIDE = Path(__file__).parents[3] / "shared" / "corpora"
CORPUS = Path(os.environ.get("PORTAL_CORPORA", BESIDE)) / "sheets"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of hostile sheets is not on this machine")
@pytest.mark.parametrize("part", range(4))
def test_any_file_chosen_as_a_list_gives_people_or_one_sentence(part: int) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "LABELS.tsv")[part::4]

    def read(path: Path) -> str:
        try:
            return str(len(to_json(read_roster(path, path.name))["rows"]))
        except DomainError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        for path, answer in zip(files, pool.map(read, files), strict=True):
            assert answer.isdecimal() or path.name in answer, path


def test_same_person_a_thousand_times_is_read_in_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Họ và tên,Năm sinh,CCCD\n" + "Nông Văn Thử,1950,020050000456\n" * 5000, encoding="utf-8")
    rows = read_roster(path, "a.csv").rows
    assert len(rows) == 5000
    assert [(problem.code, problem.detail) for problem in rows[0].problems] == [
        ("duplicate_id", {"others": "C3, C4, C5, C6, C7, …"}),
        ("duplicate_person", {"others": "A3, A4, A5, A6, A7, …"}),
    ]
