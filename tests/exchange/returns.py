"""Small returns written by hand."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from backend.exchange.layouts import LAYOUTS
from backend.exchange.loading import Loaded, load_return
from backend.exchange.problems import Problems, Rule
from backend.exchange.reading import read_return
from backend.grammar.moments import LONDON
from backend.records.models import Authority

AS_OF = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 10, 0, tzinfo=LONDON)
BARKING = "E09000002"

#: One child, in a home in Doncaster, first under section 20 and then under a care order.
HEADER = "C1,F,01/05/2012,WBRI,D051910639385,,"
FIRST = "C1,05/01/2026,S,V2,N2,K2,PR4,09/02/2026,X1,,IG11 7LU,DN1 2AB,SC123456"
SECOND = "C1,09/02/2026,L,C2,N2,K2,PR4,,,,IG11 7LU,DN1 2AB,SC123456"


def a_return(folder: Path, **files: Iterable[str]) -> Path:
    """Writes the files of a return, each with its columns and the rows given."""
    folder.mkdir(parents=True, exist_ok=True)
    for layout, rows in files.items():
        lines = [",".join(LAYOUTS[layout]), *rows]
        (folder / f"{layout}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def load(folder: Path, *, as_of: date = AS_OF, at: datetime = AT, **how: Any) -> Loaded:
    """Reads and loads a return of Barking."""
    problems = Problems()
    told = read_return(folder, as_of=as_of, problems=problems)
    authority = Authority.objects.get(pk=BARKING)
    return load_return(told=told, authority=authority, as_of=as_of, at=at, problems=problems, **how)


def found(loaded: Loaded | Problems) -> list[tuple[Rule, str, int]]:
    """What was found: rule, file and line, in order."""
    problems = loaded if isinstance(loaded, Problems) else loaded.problems
    return [(problem.rule, problem.file, problem.line) for problem in problems.in_order()]
