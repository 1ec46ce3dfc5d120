"""Asks the terminal that it runs in what the program asks, one question at a time.

Usage: ask.py FILE. Writes a line for each question: its name, a tab, and the answer with ESC for the
byte, ST for the end of a string, and letters for sizes that depend on the font.
"""

import os
import re
import select
import sys
import termios
import tty

QUESTIONS = {
    "kitty picture": "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\",
    "name": "\x1b[>0q",
    "secondary attributes": "\x1b[>c",
    "sixel colours": "\x1b[?1;1;0S",
    "sixel size": "\x1b[?2;4;0S",
    "cell size": "\x1b[16t",
    "background": "\x1b]11;?\x1b\\",
}
FENCE = "\x1b[c"
PATIENCE = 10  # seconds


def answer(terminal, question):
    """What comes before the fence's answer, and that answer."""
    os.write(terminal, (question + FENCE).encode())
    read = b""
    while not (fence := re.search(rb"\x1b\[\?[0-9;]*c", read)):
        if not select.select([terminal], [], [], PATIENCE)[0]:
            sys.exit(f"no answer to {question!r}, only {read!r}")
        read += os.read(terminal, 4096)
    return readable(read[: fence.start()]), readable(fence.group())


def readable(answer):
    text = answer.decode("latin-1").replace("\x1b\\", " ST").replace("\x07", " BEL")
    text = re.sub(r"(\x1b\[6);\d+;\d+t", r"\1;HEIGHT;WIDTHt", text)
    return text.replace("\x1b", "ESC ").strip() or "none"


terminal = os.open("/dev/tty", os.O_RDWR)
saved = termios.tcgetattr(terminal)
tty.setraw(terminal)
lines = []
for name, question in QUESTIONS.items():
    # tmux and screen take this question for a window's title, and are not asked.
    if name == "kitty picture" and os.environ["TERM"].startswith(("tmux", "screen")):
        continue
    said, primary = answer(terminal, question)
    lines.append(f"{name}\t{said}")
lines.append(f"primary attributes\t{primary}")
termios.tcsetattr(terminal, termios.TCSANOW, saved)
with open(sys.argv[1] + ".new", "w") as file:
    file.write("\n".join(lines) + "\n")
os.rename(sys.argv[1] + ".new", sys.argv[1])
