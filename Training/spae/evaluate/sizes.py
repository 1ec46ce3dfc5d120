"""How near the words come to the same photographs at 128, 256 and 512 pixels, depth by depth.

    python -m spae.evaluate.sizes --model Assets/models/small --data DATA --pictures photos.zip

Of each photograph the middle square is taken. Depths are counted from the first layer: a larger
pyramid has one or two layers more. LPIPS is measured at the picture's own size. Photographs whose
shorter side is less than the largest size are left out and counted.
"""

import argparse
from functools import partial
from pathlib import Path

import torch
from PIL import Image

from spae.evaluate.figures import Row, Value, by_layer, save, table
from spae.evaluate.reconstruction import distances, psnr, ssim
from spae.evaluate.whole_pictures import pictures, views
from spae.images import resized, to_tensor
from spae.model.network import SPAE
from spae.model.pyramid import Grid
from spae.train.losses import LPIPS

SIZES = (128, 256, 512)


def square(image: Image.Image) -> Image.Image:
    """The middle of a picture."""
    side = min(image.size)
    left, top = ((edge - side) // 2 for edge in image.size)
    return image.crop((left, top, left + side, top + side))


@torch.no_grad()
def rows(model: SPAE, images: list[Image.Image], size: int, lpips: LPIPS) -> list[Row]:
    """The rows of one size, each with a value for every depth."""
    measures = {"PSNR dB": (psnr, 2), "SSIM": (ssim, 3), "LPIPS": (partial(distances, lpips), 3)}
    found: dict[str, list[list[float]]] = {name: [] for name in measures}
    for image in images:
        original = to_tensor(resized(image, Grid(size, size))).unsqueeze(0)
        decoded = views(model, model.encode(image, size))
        for name, (measure, _) in measures.items():
            found[name].append([float(measure(view, original)[0]) for view in decoded])
    return [
        Row(f"{size} px", name, by_layer([Value.over(c) for c in torch.tensor(each).T]), digits)
        for (name, each), (_, digits) in zip(found.items(), measures.values(), strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--model", type=Path, required=True, help="the model's folder")
    add("--data", type=Path, required=True, help="the folder with the weights of LPIPS")
    add("--pictures", type=Path, required=True, help="a folder of photographs, or a ZIP file")
    add("--output", type=Path, default=Path("runs/sizes"), help="the folder of the figures")
    options = parser.parse_args()
    model = SPAE.load(options.model)
    lpips = LPIPS(options.data / "weights" / "squeezenet-lpips.safetensors")
    every = list(pictures(options.pictures))
    images = [square(image) for image in every if min(image.size) >= max(SIZES)]
    print(f"{len(images)} photographs; {len(every) - len(images)} are too small and left out")
    found = [row for size in SIZES for row in rows(model, images, size, lpips)]
    print(table(found))
    options.output.mkdir(parents=True, exist_ok=True)
    save(found, options.output)


if __name__ == "__main__":
    main()
