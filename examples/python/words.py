"""Prints the words of a picture's first three layers, and writes the picture that they give.

python words.py MODEL-FOLDER photo.jpg coarse.png
"""

import sys

from PIL import Image
from spae import native


def main(folder: str, picture: str, output: str) -> None:
    model = native.Model(folder)
    pixels = native.read_picture(picture)
    words = model.encode(pixels, fit="whole")
    size = native.encoded_size(pixels, fit="whole")
    first = 0
    for layer, (rows, columns) in enumerate(native.layer_grids(size)[:3], 1):
        for _ in range(rows):
            print(f"{layer} ", *(model.words[word] for word in words[first : first + columns]))
            first += columns
    Image.fromarray(model.decode(words, depth=3, size=size)).save(output)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: words.py MODEL-FOLDER PICTURE OUTPUT.png")
    main(*sys.argv[1:])
