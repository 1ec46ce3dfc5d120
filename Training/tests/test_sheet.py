from PIL import Image

from spae.pyramid import Pyramid
from spae.sheet import contact_sheet, fitting


def test_a_contact_sheet_shows_words_and_pictures(model, picture):
    images = [Image.fromarray(picture)] * 2
    assert isinstance(model.encode(images[0]), Pyramid)
    sheet = contact_sheet(model, images)
    assert len(sheet.getcolors(1 << 24)) > 10
    assert fitting("incomprehensibilities", 20, 60).size < 20
