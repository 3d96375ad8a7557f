"""Build the documentation; refuse a warning, a dead link, a request to another host, a lost answer.

Usage: ``python scripts/docs.py``, with the extra ``docs`` installed; the pages stand in ``build/docs``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from time import monotonic
from urllib.parse import unquote

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
from _docs_notebooks import write_pages  # noqa: E402 - found once the folder is on the path
from _docs_pages import ROOT, pages  # noqa: E402

SOURCE, MADE, BUILT = ROOT / "docs", ROOT / "build" / "docs-source", ROOT / "build" / "docs"
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)[^)]*\)")
#: Elements that fetch when a page opens; links that a reader follows are not among them.
_FETCH = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)\s*=\s*[\"']((?:https?:)?//[^\"']+)"
)


#: What a reader follows, and what a page shows of its own.
_LINK = re.compile(r"<(?:a\b[^>]*?\bhref|(?:iframe|img)\b[^>]*?\bsrc)=\"([^\"]+)\"")


def main() -> int:
    """Build and check; 0 when all is well."""
    began = monotonic()
    for folder in (MADE, BUILT):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCE, MADE)
    for page in MADE.glob("*.md"):  # what lies elsewhere in the project is named, not linked
        text = _ELSEWHERE.sub(r"\1 (`\2` in the project)", page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8", newline="\n")
    for name, text in pages().items():
        (MADE / name).write_text(text, encoding="utf-8", newline="\n")
    print(*write_pages(MADE), sep="\n")
    run = [sys.executable, "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", str(MADE), str(BUILT)]
    if subprocess.run(run, check=False).returncode:
        return 1
    shutil.copytree(MADE / "maps", BUILT / "maps")
    faults = [*dead_links(BUILT), *requests(BUILT), *unanswered(BUILT)]
    print("\n".join(faults) or f"{BUILT}: {monotonic() - began:.0f} s, no warning, no dead link, no request")
    return int(bool(faults))


def dead_links(folder: Path) -> list[str]:
    """Links within the documentation that lead nowhere."""
    texts = {page: page.read_text(encoding="utf-8") for page in folder.rglob("*.html")}
    names = {page: set(re.findall(r"\bid=\"([^\"]+)\"", text)) for page, text in texts.items()}
    faults = []
    for page, text in texts.items():
        for link in set(_LINK.findall(text)):
            path, _, anchor = unquote(unescape(link)).partition("#")
            if re.match(r"[a-z]+:|//", path):
                continue
            target = page if not path else (page.parent / path.split("?")[0]).resolve()
            if not target.exists():
                faults.append(f"{page.relative_to(folder)}: {link} leads nowhere")
            elif anchor and target in names and anchor not in names[target]:
                faults.append(f"{page.relative_to(folder)}: {link} names no place on that page")
    return sorted(faults)


def requests(folder: Path) -> list[str]:
    """What a page would ask of another host when it opens."""
    return [
        f"{page.relative_to(folder)} asks {address}"
        for page in sorted(folder.rglob("*.html"))
        for address in _FETCH.findall(page.read_text(encoding="utf-8"))
    ]


def unanswered(folder: Path) -> list[str]:
    """Questions of operators whose page the search does not find, or whose page lacks the answer's words."""
    asked = json.loads((SOURCE / "questions.json").read_text(encoding="utf-8"))
    index = (folder / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index[index.index("(") + 1 : index.rindex(")")])
    faults = []
    for one in asked:
        best = search(found, one["search"])
        if one["page"] not in best[:3]:
            faults.append(
                f"{one['question']} Searching {one['search']!r} finds {best[:3]}, not {one['page']}."
            )
            continue
        text = unescape(re.sub(r"<[^>]+>", "", (folder / f"{one['page']}.html").read_text(encoding="utf-8")))
        faults += [
            f"{one['question']} {one['page']} lacks {word!r}." for word in one["words"] if word not in text
        ]
    return faults


def search(index: dict, text: str) -> list[str]:
    """Pages that hold all words, those with a word in a title first: roughly as the search box does."""
    from snowballstemmer import stemmer

    stem = stemmer("english").stemWord
    score: dict[int, float] = {}
    for number, word in enumerate(text.lower().split()):
        hits: dict[int, float] = {}
        for table, weight in (("terms", 5.0), ("titleterms", 15.0)):
            for term, found in index[table].items():
                whole = term in (word, stem(word))
                if whole or term.startswith(word):
                    for page in found if isinstance(found, list) else [found]:
                        hits[page] = max(hits.get(page, 0.0), weight if whole else weight / 2)
        score = {page: score.get(page, 0.0) + hits[page] for page in hits if page in score or not number}
    ranked = sorted(score, key=lambda page: (-score[page], index["docnames"][page]))
    return [index["docnames"][page] for page in ranked]


if __name__ == "__main__":
    sys.exit(main())
