/** A picture as the page has it: words by layer, and where they stand. */
class Pyramid {
  constructor(data) {
    Object.assign(this, data);
    const all = data.words.split(" ");
    let start = 0;
    this.starts = data.layers.map(([rows, columns]) => {
      const own = start;
      start += rows * columns;
      return own;
    });
    this.words = all;
    this.near = new Map(Object.entries(data.near));
    this.depth = data.layers.length;
  }

  index({ layer, row, column }) {
    return this.starts[layer - 1] + row * this.layers[layer - 1][1] + column;
  }

  word(cell) {
    return this.words[this.index(cell)];
  }

  /** How many words layers 1 to `depth` have. */
  count(depth) {
    if (depth < 1) return 0;
    return depth < this.depth ? this.starts[depth] : this.words.length;
  }

  box({ layer, row, column }) {
    return boxOf(row, column, this.layers[layer - 1], this.grid);
  }

  /** The position of a layer at a point, in shares of the picture's sides. */
  cellAt(layer, x, y) {
    const [rows, columns] = this.layers[layer - 1];
    const [gridRows, gridColumns] = this.grid;
    const at = (share, count, n) =>
      Math.floor((Math.min(n - 1, Math.max(0, Math.floor(share * n))) * count) / n);
    return { layer, row: at(y, rows, gridRows), column: at(x, columns, gridColumns) };
  }

  /** The position of another layer that holds a position's middle. */
  cellIn(layer, cell) {
    const [own, other] = [this.layers[cell.layer - 1], this.layers[layer - 1]];
    const middle = (j, count, n) => Math.floor(((2 * j + 1) * n) / (2 * count));
    return {
      layer,
      row: middle(cell.row, own[0], other[0]),
      column: middle(cell.column, own[1], other[1]),
    };
  }

  cells(layer) {
    const [rows, columns] = this.layers[layer - 1];
    return Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => ({ layer, row, column })),
    );
  }

  /** How often a layer has a word. */
  occurrences(layer, word) {
    const [start, end] = [this.count(layer - 1), this.count(layer)];
    return this.words.slice(start, end).filter((other) => other === word).length;
  }

  /** What stood at a position before the words were edited; undefined where it is the same. */
  former(cell) {
    return this.before?.words[this.index(cell)];
  }
}

// The state of the page, and all that changes it.

const pictures = JSON.parse(pageData("data")).pictures.map((data) => new Pyramid(data));
const state = {
  picture: pictures[0],
  /** The layer whose words are over the picture; 0 is none. */
  layer: 3,
  depth: 1,
  /** The word in hand. */
  cell: null,
  /** The word that was last gone to: what the other layers have at its middle is shown for them. */
  anchor: null,
  /** Where the mouse is, in shares of the picture's sides. */
  point: null,
};
/** The layers whose tables stand beside the picture; the others are wide. */
const upperLayers = 3;
/** The mean colour of each word's position, once the picture was read. */
let colours = [];
/** The elements of the grid, by position in the layer. */
let gridCells = [];

/** Shows another of the pictures. */
function choose(picture) {
  state.picture = picture;
  state.depth = picture.depth;
  state.layer = Math.min(state.layer, picture.depth);
  state.cell = picture.cellIn(Math.max(1, state.layer), { layer: 1, row: 0, column: 0 });
  state.anchor = state.cell;
  state.point = null;
  colours = [];
  showPicture();
  showTables();
  chooseLayer(state.layer);
  chooseDepth(picture.depth);
  readColours(picture);
}

/** Lays a layer's words over the picture; 0 is none. */
function chooseLayer(layer) {
  const { picture } = state;
  state.layer = layer;
  const number = picture.count(layer) - picture.count(layer - 1);
  const name = layer > 0 ? `layer ${layer}, ${counted(number, "word")}` : "no words";
  byId("layers").querySelectorAll("input")[layer].checked = true;
  showGrid();
  if (layer > 0) showWord(picture.cellIn(layer, state.anchor));
  say(`Over the picture: ${name}`);
}

/** Shows the picture that the first layers give. */
function chooseDepth(depth) {
  const { picture } = state;
  state.depth = Math.min(picture.depth, Math.max(1, depth));
  byId("picture").src = picture.depths[state.depth - 1];
  byId("depth").value = state.depth;
  const number = counted(picture.count(state.depth), "word");
  const layers = state.depth === 1 ? "Layer 1" : `Layers 1–${state.depth}`;
  const psnr = picture.psnr?.[state.depth - 1];
  const like = psnr === null ? ", equal to the source" : `, ${psnr?.toFixed(1)} dB`;
  const quality = picture.psnr ? like : "";
  byId("depth-text").textContent = `${layers}: ${number}${quality}`;
  byId("depth").setAttribute("aria-valuetext", `${layers}, ${number}`);
  byId("strip").childNodes.forEach((item, index) =>
    item.classList.toggle("on", index + 1 === state.depth),
  );
  say(`Picture from ${layers.toLowerCase()}, ${number}`);
}

// MARK: The picture

function showPicture() {
  const { picture } = state;
  document.title = picture.name;
  byId("name").textContent = picture.name;
  const [width, height] = picture.size;
  const total = counted(picture.words.length, "word");
  byId("facts").textContent =
    `${width} × ${height} pixels from ${total} in ${picture.depth} layers, model ${picture.model}`;
  document.documentElement.style.setProperty("--aspect", width / height);
  byId("picture").alt = `${picture.name}, decoded from its words`;
  byId("depth").max = picture.depth;
  byId("strip").replaceChildren(
    ...picture.depths.map((source, index) => {
      const item = make("li", {}, make("img", { src: source, alt: "" }));
      item.addEventListener("click", () => chooseDepth(index + 1));
      return item;
    }),
  );
  showLayerChoices();
  showSource();
  document.querySelectorAll("#pictures button").forEach((button, index) => {
    if (pictures[index] === picture) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

function showLayerChoices() {
  const choices = ["none", ...state.picture.layers.map((_, index) => index + 1)];
  byId("layers").replaceChildren(
    ...choices.map((text, layer) => {
      const input = make("input", { type: "radio", name: "layer", value: layer });
      input.addEventListener("change", () => chooseLayer(layer));
      return make("label", {}, input, layer > 0 ? make("span", { class: "spoken" }, "layer ") : null, text);
    }),
  );
}

function showSource() {
  const { picture } = state;
  byId("source").hidden = !picture.original;
  if (picture.original) {
    byId("source-image").src = picture.original;
    byId("source-image").alt = `${picture.source}, the source`;
    byId("source-name").textContent = picture.source;
  }
  const other = picture.before?.picture ?? picture.original;
  byId("wipe-part").hidden = !other;
  byId("wipe-label").textContent = picture.before ? "Before the edit" : "Source";
  byId("other").src = other ?? "";
  byId("wipe").value = picture.before ? 50 : 0;
  showWipe();
}

/** The other picture covers as much as the slider says, from the left. */
function showWipe() {
  const share = Number(byId("wipe").value);
  const isOff = byId("wipe-part").hidden || share === 0;
  byId("other").hidden = isOff;
  byId("wipe-line").hidden = isOff || share === 100;
  byId("other").style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  byId("wipe-line").style.left = `${share}%`;
  byId("wipe").setAttribute("aria-valuetext", `${share} of 100`);
}

/** Finds the mean colour that each word's position has in the whole picture. */
async function readColours(picture) {
  const image = new Image();
  image.src = picture.depths[picture.depth - 1];
  await image.decode();
  const [width, height] = picture.size;
  const canvas = make("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  if (picture !== state.picture) return;
  colours = picture.layers.flatMap((_, index) =>
    picture.cells(index + 1).flat().map((cell) => mean(pixels, width, height, picture.box(cell))),
  );
  document.querySelectorAll(".tables td").forEach((cell, index) => {
    const [red, green, blue] = colours[index];
    cell.style.backgroundColor = `rgb(${red} ${green} ${blue})`;
    cell.style.color = red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#000" : "#fff";
  });
  showWord(state.cell);
}

function mean(pixels, width, height, box) {
  const [left, right] = [box.left, box.left + box.width].map((share) => Math.round(share * width));
  const [top, bottom] = [box.top, box.top + box.height].map((share) => Math.round(share * height));
  const sum = [0, 0, 0];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      for (let part = 0; part < 3; part += 1) sum[part] += pixels[(y * width + x) * 4 + part];
    }
  }
  return sum.map((part) => Math.round(part / ((right - left) * (bottom - top))));
}

// MARK: The words over the picture

function showGrid() {
  const { picture, layer } = state;
  const grid = byId("grid");
  gridCells = [];
  grid.setAttribute("aria-label", layer > 0 ? `Words of layer ${layer}` : "No words are shown");
  if (layer === 0) {
    grid.replaceChildren();
    return;
  }
  const [rows, columns] = picture.layers[layer - 1];
  grid.setAttribute("aria-rowcount", rows);
  grid.setAttribute("aria-colcount", columns);
  grid.replaceChildren(
    ...picture.cells(layer).map((row) => make("div", { role: "row" }, ...row.map(gridCell))),
  );
  fitWords();
}

function gridCell(cell) {
  const { picture } = state;
  const word = picture.word(cell);
  const former = picture.former(cell);
  const text = former ? `${word}, was ${former}` : word;
  const element = make(
    "div",
    {
      role: "gridcell",
      tabindex: -1,
      class: former ? "changed" : null,
      "aria-rowindex": cell.row + 1,
      "aria-colindex": cell.column + 1,
      "aria-label": `${text}; row ${cell.row + 1}, column ${cell.column + 1}`,
    },
    make("span", {}, word),
  );
  cover(element, picture.box(cell));
  element.addEventListener("focus", () => {
    state.point = null;
    showWord(cell);
  });
  gridCells.push(element);
  return element;
}

/** Gives each word the size at which it fits its cell, or shows none where they are too small. */
function fitWords() {
  const { picture, layer } = state;
  if (layer === 0) return;
  const stage = byId("stage").clientWidth;
  const sizes = picture.cells(layer).flat().map((cell) => {
    const { width, height } = picture.box(cell);
    const rowHeight = (height * stage * picture.size[1]) / picture.size[0];
    return Math.min(26, rowHeight * 0.45, (width * stage - 8) / emsOf(picture.word(cell)));
  });
  const isTiny = sizes.filter((size) => size >= 8).length < sizes.length / 2;
  byId("grid").classList.toggle("tiny", isTiny);
  // A layer's words have one size, but for the few that would not fit.
  const common = [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length / 8)];
  gridCells.forEach((cell, index) => {
    cell.style.fontSize = `${Math.max(7, Math.min(sizes[index], common))}px`;
  });
}

const ruler = document.createElement("canvas").getContext("2d");

/** How wide a word is in the grid's letters, as a multiple of their size. */
function emsOf(word) {
  const { fontFamily } = getComputedStyle(byId("grid"));
  ruler.font = `500 100px ${fontFamily}`;
  return ruler.measureText(word).width / 100;
}

/** Shows a word: what it covers, what it is near, and the words of all layers there. */
function showWord(cell) {
  const { picture } = state;
  state.cell = cell;
  const word = picture.word(cell);
  showFrame(cell, word);
  byId("word").textContent = word;
  const times = picture.occurrences(cell.layer, word);
  byId("word-place").textContent =
    `layer ${cell.layer}, row ${cell.row + 1}, column ${cell.column + 1}` +
    (times > 1 ? `; ${times} times in this layer` : "");
  const former = picture.former(cell);
  showLine("word-was", former && `was ${former} before the edit`);
  showLine("word-near", picture.near.get(word));
  showLadder(cell);
  markCells(cell, word);
}

function showLine(id, text) {
  byId(id).hidden = !text;
  byId(id).textContent = text ?? "";
}

/** Frames what a word covers, on the picture and on the source. */
function showFrame(cell, word) {
  const box = state.picture.box(cell);
  for (const id of ["frame", "source-frame"]) {
    byId(id).hidden = false;
    cover(byId(id), box);
  }
  const tag = byId("tag");
  tag.textContent = word;
  const isAbove = box.top > 0.1;
  tag.className = "tag";
  tag.classList.toggle("below", !isAbove && box.top + box.height < 0.9);
  tag.classList.toggle("within", !isAbove && box.top + box.height >= 0.9);
  tag.classList.toggle("left", box.left === 0 && box.width < 0.3);
  tag.classList.toggle("right", box.left + box.width > 0.999 && box.width < 0.3);
}

/** Marks a word's element in the grid, and where else the layer has it. */
function markCells(cell, word) {
  const { picture, layer } = state;
  const start = picture.starts[cell.layer - 1];
  gridCells.forEach((element, index) => {
    element.classList.toggle(
      "same",
      cell.layer === layer && index + start !== picture.index(cell) &&
        picture.words[start + index] === word,
    );
    element.tabIndex = -1;
  });
  const own = layer > 0 ? picture.cellIn(layer, cell) : null;
  if (own) gridCells[picture.index(own) - picture.starts[layer - 1]].tabIndex = 0;
  document.querySelector(".tables td.on")?.classList.remove("on");
  document.querySelectorAll(".tables td")[picture.index(cell)]?.classList.add("on");
}

/** The words of all layers at a point, or at the middle of a word's position. */
function showLadder(cell) {
  const { picture, point } = state;
  const rows = picture.layers.map((_, index) => {
    const layer = index + 1;
    if (layer === cell.layer) return cell;
    return point ? picture.cellAt(layer, ...point) : picture.cellIn(layer, cell);
  });
  const ladder = byId("ladder");
  if (ladder.childElementCount !== rows.length) {
    ladder.replaceChildren(...rows.map(() => make("li", {}, ladderButton())));
  }
  rows.forEach((own, index) => fillLadder(ladder.children[index].firstChild, own, cell));
}

function ladderButton() {
  const button = make(
    "button",
    { type: "button" },
    make("span", { class: "number numeric" }),
    make("span", { class: "colour" }),
    make("span", { class: "text" }),
    make("span", { class: "quiet numeric" }),
  );
  button.addEventListener("click", () => goTo(button.cell));
  button.addEventListener("mouseenter", () => showFrame(button.cell, state.picture.word(button.cell)));
  button.addEventListener("mouseleave", () => showFrame(state.cell, state.picture.word(state.cell)));
  return button;
}

function fillLadder(button, cell, chosen) {
  const { picture } = state;
  const [number, colour, text, place] = button.children;
  button.cell = cell;
  button.parentElement.classList.toggle("on", cell.layer === chosen.layer);
  number.textContent = cell.layer;
  const own = colours[picture.index(cell)];
  colour.style.backgroundColor = own ? `rgb(${own.join(" ")})` : "";
  text.textContent = picture.word(cell);
  place.textContent = `${cell.row + 1}, ${cell.column + 1}`;
}

// MARK: All words

function showTables() {
  const { picture } = state;
  const tables = picture.layers.map((_, index) => table(index + 1));
  byId("upper").replaceChildren(...tables.slice(0, upperLayers));
  byId("lower").replaceChildren(...tables.slice(upperLayers));
}

function table(layer) {
  const { picture } = state;
  const [rows, columns] = picture.layers[layer - 1];
  const body = picture.cells(layer).map((row) => make("tr", {}, ...row.map(tableCell)));
  return make(
    "div",
    { class: columns > 8 ? "table deep" : "table", tabindex: columns > 8 ? 0 : null,
      role: columns > 8 ? "region" : null, "aria-label": columns > 8 ? `Layer ${layer}` : null },
    make("table", {}, make("caption", {}, `Layer ${layer}: ${rows} × ${columns}`), make("tbody", {}, ...body)),
  );
}

function tableCell(cell) {
  const { picture } = state;
  const former = picture.former(cell);
  const element = make(
    "td",
    { class: former ? "changed" : null, title: former ? `was ${former}` : null },
    picture.word(cell),
  );
  element.addEventListener("mouseenter", () => {
    state.point = null;
    showWord(cell);
  });
  element.addEventListener("click", () => {
    goTo(cell);
    byId("stage").scrollIntoView({ block: "nearest" });
  });
  return element;
}

// MARK: Mouse and keys

/** Goes to a word, and into its layer. */
function goTo(cell) {
  state.point = null;
  state.anchor = cell;
  if (cell.layer !== state.layer) chooseLayer(cell.layer);
  focusOn(cell);
}

function focusOn(cell) {
  gridCells[state.picture.index(cell) - state.picture.starts[cell.layer - 1]].focus();
}

function movePointer(event) {
  const area = byId("stage").getBoundingClientRect();
  state.point = [
    (event.clientX - area.left) / area.width,
    (event.clientY - area.top) / area.height,
  ];
  state.anchor = state.picture.cellAt(state.layer || state.picture.depth, ...state.point);
  showWord(state.anchor);
}

/** Keys within the grid; gives whether the key means something there. */
function moveInGrid(key) {
  const { picture, cell } = state;
  if (cell.layer !== state.layer) return false;
  const [rows, columns] = picture.layers[cell.layer - 1];
  const to = (row, column) => {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    goTo({ layer: cell.layer, row, column });
  };
  const moves = {
    ArrowUp: () => to(cell.row - 1, cell.column),
    ArrowDown: () => to(cell.row + 1, cell.column),
    ArrowLeft: () => to(cell.row, cell.column - 1),
    ArrowRight: () => to(cell.row, cell.column + 1),
    Home: () => to(cell.row, 0),
    End: () => to(cell.row, columns - 1),
    PageUp: () => to(0, cell.column),
    PageDown: () => to(rows - 1, cell.column),
    Enter: () => cell.layer < picture.depth && goTo(picture.cellIn(cell.layer + 1, cell)),
    Backspace: () => cell.layer > 1 && goTo(picture.cellIn(cell.layer - 1, cell)),
  };
  moves[key]?.();
  return key in moves;
}

function takeKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const isInGrid = event.target.getAttribute("role") === "gridcell";
  let isTaken = isInGrid && moveInGrid(event.key);
  if (event.key === "[" || event.key === "]") {
    chooseDepth(state.depth + (event.key === "]" ? 1 : -1));
    isTaken = true;
  } else if (/^[0-9]$/.test(event.key) && Number(event.key) <= state.picture.depth) {
    chooseLayer(Number(event.key));
    if (state.layer > 0) focusOn(state.cell);
    isTaken = true;
  }
  if (isTaken) event.preventDefault();
}

function start() {
  byId("grid").addEventListener("pointermove", movePointer);
  byId("depth").addEventListener("input", (event) => chooseDepth(Number(event.target.value)));
  byId("wipe").addEventListener("input", showWipe);
  document.addEventListener("keydown", takeKey);
  new ResizeObserver(fitWords).observe(byId("stage"));
  if (pictures.length > 1) {
    byId("pictures").hidden = false;
    byId("pictures").append(...pictures.map(pictureChoice));
  }
  byId("foot").textContent = pageData("note");
  choose(pictures[0]);
}

function pictureChoice(picture) {
  const image = make("img", { src: picture.depths[picture.depth - 1], alt: "" });
  const button = make("button", { type: "button", title: picture.name, "aria-label": picture.name }, image);
  button.addEventListener("click", () => choose(picture));
  return make("li", {}, button);
}

start();
