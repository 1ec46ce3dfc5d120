from PIL import Image

from spae.evaluate.sheet import contact_sheet, fidelity, fitting, worst
from spae.model.pyramid import Pyramid


def test_a_contact_sheet_shows_words_and_pictures(model, picture):
    images = [Image.fromarray(picture)] * 2
    assert isinstance(model.encode(images[0]), Pyramid)
    sheet = contact_sheet(model, images)
    assert len(sheet.getcolors(1 << 24)) > 10
    assert fitting("incomprehensibilities", 20, 60).size < 20


def test_the_worst_pictures_come_first(model, picture):
    noise, flat = Image.fromarray(picture), Image.new("RGB", (72, 72), (128, 128, 128))
    found = worst(model, [flat, noise], 2)
    assert fidelity(model, found[0]) < fidelity(model, found[1])
    assert len(worst(model, [flat, noise], 1)) == 1
