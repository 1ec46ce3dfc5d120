"""Opens the pages that Tests/pages.sh has written, and uses them as a person does.

Usage: check.py FOLDER DEMO
"""

import pathlib
import sys

from browser import Browser


def layers(path):
    """The words of a pyramid's file: layers of rows."""
    found = []
    for line in pathlib.Path(path).read_text().splitlines():
        if line.startswith("layer "):
            found.append([])
        elif found and line.strip():
            found[-1].append(line.split())
    return found


def expect(value, wanted, what):
    if value != wanted:
        raise AssertionError(f"{what}: {value!r}, expected {wanted!r}")


def clean(browser, what):
    """Nothing was asked of the network, and nothing was complained of."""
    expect(browser.asked, [], f"{what}: addresses asked for")
    expect(browser.complaints, [], f"{what}: complaints")
    browser.value("new Promise(resolve => setTimeout(resolve, 0))")
    expect(
        browser.value(
            "performance.getEntriesByType('resource')"
            ".filter(entry => !/^(data|blob):/.test(entry.name)).length"
        ),
        0,
        f"{what}: resources",
    )


def fits(browser, what):
    """Nothing is wider than the window."""
    width, own = browser.value("[innerWidth, document.documentElement.scrollWidth]")
    if own > width:
        raise AssertionError(f"{what}: {own} pixels wide in a window of {width}")


def frame(browser):
    """The frame's left, top, width and height, as shares of the picture in hundredths."""
    return browser.value("""(() => {
      const [frame, stage] = ["frame", "stage"].map((id) => document.getElementById(id).getBoundingClientRect());
      return [(frame.left - stage.left) / stage.width, (frame.top - stage.top) / stage.height,
        frame.width / stage.width, frame.height / stage.height].map((share) => Math.round(share * 100));
    })()""")


def shown(browser):
    """The word beside the frame, and the large one."""
    return browser.value("['tag', 'word'].map((id) => document.getElementById(id).textContent)")


def tables(browser):
    return browser.value(
        "[...document.querySelectorAll('.tables table')].map((table) =>"
        " [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)))"
    )


def over(browser):
    """The words over the picture."""
    return browser.value(
        "[...document.querySelectorAll('#grid [role=row]')].map((row) =>"
        " [...row.children].map((cell) => cell.textContent))"
    )


def check_picture(browser, folder):
    words = layers(folder / "sunflower.spae")
    browser.open(folder / "picture.html")
    expect(browser.value("document.title"), "sunflower.png", "title")
    expect(tables(browser), words, "words as tables")
    for layer in range(1, 7):
        browser.key(str(layer))
        expect(over(browser), words[layer - 1], f"words over the picture, layer {layer}")
    # Keys: into the layer below, up again, and between words.
    browser.key("3")
    browser.key("Home")
    expect(shown(browser), [words[2][2][0]] * 2, "the word at the keyboard")
    expect(frame(browser), [0, 50, 25, 25], "its frame")
    browser.key("ArrowUp")
    browser.key("ArrowRight")
    expect(shown(browser), [words[2][1][1]] * 2, "the word above and to the right")
    expect(frame(browser), [25, 25, 25, 25], "its frame")
    browser.key("Enter")
    expect(shown(browser), [words[3][3][3]] * 2, "the word below")
    expect(frame(browser), [38, 38, 13, 13], "its frame")
    expect(
        browser.value("document.activeElement.getAttribute('aria-label')"),
        f"{words[3][3][3]}; row 4, column 4",
        "what a screen reader hears",
    )
    browser.key("Backspace")
    browser.key("Backspace")
    expect(shown(browser), [words[1][0][0]] * 2, "the word two layers up")
    expect(frame(browser), [0, 0, 50, 50], "its frame")
    ladder = browser.value(
        "[...document.querySelectorAll('#ladder .text')].map((each) => each.textContent)"
    )
    expect(
        ladder,
        [
            words[0][0][0],
            words[1][0][0],
            words[2][1][1],
            words[3][2][2],
            words[4][4][4],
            words[5][4][4],
        ],
        "the words of all layers there",
    )
    check_mouse(browser, words)
    check_depth(browser)
    check_roles(browser, words)
    clean(browser, "picture.html")


def check_mouse(browser, words):
    browser.key("3")
    x, y = browser.value(
        "(() => { const box = document.getElementById('stage').getBoundingClientRect();"
        " return [box.left + box.width * 0.9, box.top + box.height * 0.1]; })()"
    )
    browser.move(x, y)
    expect(shown(browser), [words[2][0][3]] * 2, "the word under the mouse")
    expect(frame(browser), [75, 0, 25, 25], "its frame")
    ladder = browser.value(
        "[...document.querySelectorAll('#ladder .text')].map((each) => each.textContent)"
    )
    expect(
        ladder[4:],
        [words[4][1][14], words[5][1][14]],
        "the words of the lower layers under the mouse",
    )
    browser.value(
        "document.querySelectorAll('.tables td')[6].dispatchEvent(new MouseEvent('mouseenter'))"
    )
    expect(shown(browser), [words[2][0][1]] * 2, "the word of a table under the mouse")
    expect(frame(browser), [25, 0, 25, 25], "its frame")


def check_depth(browser):
    picture = "document.getElementById('picture').src"
    whole = browser.value(picture)
    browser.key("[")
    fifth = browser.value(picture)
    if fifth == whole:
        raise AssertionError("[ leaves the picture as it is")
    browser.value("document.getElementById('depth').focus()")
    browser.key("ArrowLeft")
    fourth = browser.value(picture)
    expect(
        browser.value("document.getElementById('depth-text').textContent").split(",")[0],
        "Layers 1–4: 85 words",
        "the depth's text",
    )
    if fourth in (whole, fifth):
        raise AssertionError("the slider leaves the picture as it is")
    expect(
        browser.value(
            "document.getElementById('picture').decode().then(() =>"
            " [document.getElementById('picture').naturalWidth,"
            " document.getElementById('picture').naturalHeight])"
        ),
        [128, 128],
        "the picture's size",
    )
    expect(
        browser.value("document.getElementById('status').textContent"),
        "Picture from layers 1–4, 85 words",
        "what a screen reader hears",
    )
    for _ in range(9):
        browser.key("]")
    expect(browser.value(picture), whole, "the picture of all layers")


def check_roles(browser, words):
    tree = browser.tree()
    for node in [
        ("grid", "Words of layer 3"),
        ("gridcell", f"{words[2][0][0]}; row 1, column 1"),
        ("slider", "Depth of the picture"),
        ("radio", "layer 3"),
        ("image", "sunflower.png, decoded from its words"),
    ]:
        if node not in tree:
            raise AssertionError(
                f"a screen reader gets no {node}: {[each for each in tree if each[0] == node[0]]}"
            )


def check_edited(browser, folder):
    words = layers(folder / "edited.spae")
    former = layers(folder / "sunflower.spae")[2][0][1]
    browser.open(folder / "edited.html")
    expect(words[2][0][1], "castle", "the edited word")
    browser.key("3")
    browser.key("Home")
    browser.key("ArrowUp")
    browser.key("ArrowUp")
    browser.key("ArrowRight")
    expect(shown(browser), ["castle"] * 2, "the edited word")
    expect(
        browser.value("document.getElementById('word-was').textContent"),
        f"was {former} before the edit",
        "the former",
    )
    expect(browser.value("document.querySelectorAll('#grid .changed').length"), 1, "marked cells")
    expect(
        browser.value("document.getElementById('wipe-label').textContent"),
        "Before the edit",
        "the comparison",
    )
    covered = "document.getElementById('other').style.clipPath"
    expect(browser.value(covered), "inset(0px 50% 0px 0px)", "half of the picture before the edit")
    expect(browser.value("document.getElementById('source').hidden"), False, "the source is hidden")
    clean(browser, "edited.html")
    browser.open(folder / "alone.html")
    expect(tables(browser), words, "words as tables")
    expect(
        browser.value("document.getElementById('source').hidden"),
        True,
        "a source is shown where there is none",
    )
    clean(browser, "alone.html")


def check_several(browser, folder):
    browser.open(folder / "several.html")
    expect(browser.value("window.bad"), None, "a name was run as a script")
    name = "<script>window.bad=1<!--\\u{1b}[31m.png"
    expect(
        browser.value("[document.title, document.getElementById('name').textContent]"),
        [name, name],
        "an odd name",
    )
    browser.click("#pictures li:nth-child(2) button")
    expect(
        browser.value("document.getElementById('name').textContent"),
        "caf\\xe9.png",
        "the second picture's name",
    )
    browser.click("#pictures li:nth-child(3) button")
    words = layers(folder / "wide.spae")
    expect(tables(browser), words, "words of the wide picture")
    expect(
        browser.value(
            "(() => { const box = document.getElementById('stage').getBoundingClientRect();"
            " return Math.round(100 * box.width / box.height); })()"
        ),
        round(100 * len(words[4][0]) / len(words[4])),
        "the wide picture's aspect",
    )
    clean(browser, "several.html")


def check_phone(browser, path, what):
    browser.open(path, width=390, height=844, is_phone=True)
    fits(browser, f"{what} on a phone")
    browser.open(path, width=320, height=568, is_phone=True)
    fits(browser, f"{what} on a small phone")
    clean(browser, what)


def listed(browser):
    return browser.value(
        "[...document.querySelectorAll('#rows .row .text')].map((each) => each.textContent)"
    )


def check_atlas(browser, folder):
    pictures = [layers(path)[:3] for path in sorted((folder / "words").iterdir())]
    counts = {}
    for words in pictures:
        for word in {word for layer in words for row in layer for word in row}:
            counts[word] = counts.get(word, 0) + 1
    order = sorted(counts, key=lambda word: (-counts[word], word))
    browser.open(folder / "atlas.html")
    expect(
        browser.value("document.getElementById('facts').textContent"),
        f"{len(pictures)} pictures, {len(counts)} words in layers 1–3",
        "the figures",
    )
    expect(
        browser.value("state.rows.map(({ place }) => text(place))"), order, "the words by frequency"
    )
    expect(listed(browser), order[: len(listed(browser))], "the words in sight")
    expect(browser.value("window.bad"), None, "a name was run as a script")
    check_search(browser, counts)
    check_entry(browser, pictures, counts)
    clean(browser, "atlas.html")


def search(browser, query):
    browser.value("document.getElementById('query').value = ''")
    browser.value("document.getElementById('query').focus()")
    browser.type(query)
    return listed(browser)


def check_search(browser, counts):
    browser.value("document.activeElement.blur()")
    browser.key("/")
    expect(browser.value("document.activeElement.id"), "query", "/ goes to the search")
    expect(search(browser, "dog")[0], "dog", "a word by its spelling")
    found = search(browser, "dgo")
    expect(found[0], "dog", "a word that is misspelled")
    absent = [word for word in ("puppy", "canine", "pup", "pet") if word not in counts]
    if not absent:
        raise AssertionError("all these are in the pictures: name another word that is not")
    found = search(browser, absent[0])
    expect("dog" in found, True, f"'{absent[0]}' finds by meaning ({found})")
    expect(
        browser.value("document.getElementById('found').textContent"),
        f"“{absent[0]}” is in none of the pictures; near it:",
        "what the search says",
    )
    # Keys in the list: down, up and to its end.
    search(browser, "dog")
    rows = browser.value("state.rows.map(({ place }) => text(place))")
    browser.value("document.getElementById('list').focus()")
    browser.key("Home")
    browser.key("ArrowDown")
    expect(browser.value("document.getElementById('word').textContent"), rows[1], "the word below")
    expect(
        browser.value(
            "document.getElementById(document.getElementById('list')"
            ".getAttribute('aria-activedescendant')).querySelector('.text').textContent"
        ),
        rows[1],
        "what a screen reader hears",
    )
    search(browser, "dog")
    browser.key("Enter")
    expect(
        browser.value("[document.getElementById('word').textContent, location.hash]"),
        ["dog", "#dog"],
        "the entry",
    )


def check_entry(browser, pictures, counts):
    cells = [
        [
            (row, column)
            for row, line in enumerate(words[2])
            for column, word in enumerate(line)
            if word == "dog"
        ]
        for words in pictures
    ]
    expect(
        browser.value("document.getElementById('word-facts').textContent").split(";")[0],
        f"in {counts['dog']} pictures of {len(pictures)}",
        "how many pictures have the word",
    )
    expect(
        browser.value("document.querySelectorAll('#pictures li').length"),
        counts["dog"],
        "pictures of the word",
    )
    total = sum(
        word == "dog" for words in pictures for layer in words for row in layer for word in row
    )
    expect(
        browser.value("document.querySelectorAll('#pictures .frame').length"),
        total,
        "frames in the pictures",
    )
    expect(
        browser.value("document.querySelectorAll('#heat figcaption')[2].textContent"),
        f"3: {sum(map(len, cells))}",
        "positions in layer 3",
    )
    # The picture's own pixels are behind it.
    address = browser.value(
        "getComputedStyle(document.querySelector('#pictures .image')).backgroundImage"
    )
    size = browser.value(
        "(async () => { const image = new Image(); image.src = "
        f"{address[4:-1]}; await image.decode(); return [image.naturalWidth, image.naturalHeight]; }})()"
    )
    expect(size, [1024, 128 * -(-len(pictures) // 8)], "the sheet of small pictures")
    browser.click("#pictures li:first-child button")
    expect(browser.value("document.getElementById('sheet').open"), True, "a picture opens")
    words = browser.value(
        "[...document.querySelectorAll('#sheet-words td')].map((cell) => cell.textContent)"
    )
    expect(
        any(words == [word for layer in own for row in layer for word in row] for own in pictures),
        True,
        "the words of the opened picture are those of one",
    )
    browser.key("Escape")
    browser.value("document.querySelector('#near button').click()")
    near = browser.value("document.getElementById('word').textContent")
    expect(near in counts and near != "dog", True, "a word near in meaning opens")
    browser.value("document.activeElement.blur()")
    browser.key("Backspace")
    browser.wait("document.getElementById('word').textContent === 'dog'")


def check_demo(browser, path):
    if path.stat().st_size > 1_500_000:
        raise AssertionError(f"{path.name} has {path.stat().st_size} bytes; it may have 1.5 MB")
    browser.open(path)
    expect(browser.value("pictures.length >= 14"), True, "the pictures of the demo")
    for index in range(browser.value("pictures.length")):
        browser.click(f"#pictures li:nth-child({index + 1}) button")
        expect(
            browser.value("document.querySelectorAll('.tables td').length"),
            597,
            "words of a picture",
        )
    clean(browser, path.name)


def main():
    folder, demo = map(pathlib.Path, sys.argv[1:])
    browser = Browser()
    try:
        check_picture(browser, folder)
        check_edited(browser, folder)
        check_several(browser, folder)
        check_atlas(browser, folder)
        for name in ["picture.html", "edited.html", "several.html", "atlas.html"]:
            check_phone(browser, folder / name, name)
        check_demo(browser, demo)
    finally:
        browser.close()
    print("pages: passed")


main()
