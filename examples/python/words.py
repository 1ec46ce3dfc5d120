"""Prints the words of a picture's first three layers, and writes the picture that they give.

    python words.py MODEL-FOLDER photo.jpg coarse.png
"""

import sys

from PIL import Image
from spae import native


def main(folder: str, picture: str, output: str) -> None:
    model = native.Model(folder)
    words = model.encode(native.read_picture(picture))
    first = 0
    for layer, count in enumerate(native.layer_sizes(128)[:3], 1):
        print(f"{layer} ", *(model.words[word] for word in words[first : first + count]))
        first += count
    Image.fromarray(model.decode(words, depth=3)).save(output)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: words.py MODEL-FOLDER PICTURE OUTPUT.png")
    main(*sys.argv[1:])
