// The atlas as the page has it, and what is counted from it.

const atlas = JSON.parse(pageData("data"));
atlas.vocabulary = atlas.vocabulary.split(" ");
atlas.words = numbers(atlas.words);
atlas.upper = numbers(atlas.upper);
atlas.near = numbers(atlas.near);
atlas.similarity = bytes(atlas.similarity);
/** Where each picture's words begin, with the end of the last. */
atlas.starts = [0];
for (const [index] of atlas.pictures.entries()) {
  const size = layersOf(index).reduce((sum, [rows, columns]) => sum + rows * columns, 0);
  atlas.starts.push(atlas.starts[index] + size);
}
/** The place of each word among those of the pictures, by its number in the vocabulary. */
const placeOf = new Map([...atlas.words].map((number, place) => [number, place]));
const numberOf = new Map(atlas.vocabulary.map((word, number) => [word, number]));

const greatestLayer = 3;
/** How much a word of a layer says of a picture. */
const layerWeights = [4, 2, 1];
const rowHeight = 40;
const batch = 60;
const state = { layer: 0, query: "", rows: [], word: null, shown: 0, holders: [] };

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function numbers(text) {
  const packed = bytes(text);
  return Uint16Array.from({ length: packed.length / 2 }, (_, i) => packed[2 * i] | (packed[2 * i + 1] << 8));
}

function shapeOf(picture) {
  return atlas.shapes[atlas.shapeOfPicture[picture] ?? 0];
}

function layersOf(picture) {
  return shapeOf(picture).slice(1);
}

function text(place) {
  return atlas.vocabulary[atlas.words[place]];
}

/** Calls `take` with the layer, row, column and place of every word of a picture. */
function forEachWord(picture, take) {
  let index = atlas.starts[picture];
  layersOf(picture).forEach(([rows, columns], number) => {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, index += 1) {
        take(number + 1, row, column, atlas.upper[index]);
      }
    }
  });
}

/** For all layers (0) and each: in how many pictures each word is; and the heat of its positions. */
const counts = [0, 1, 2, 3].map(() => new Uint32Array(atlas.words.length));
/** How often a word stands at each position of layers 1 to 3, as 1 + 4 + 16 numbers. */
const heat = Array.from(atlas.words, () => new Uint16Array(21));
/** The pictures that have each word. */
const holders = Array.from(atlas.words, () => []);

function count() {
  const last = [0, 1, 2, 3].map(() => new Int32Array(atlas.words.length).fill(-1));
  const offsets = [0, 1, 5];
  for (let picture = 0; picture < atlas.pictures.length; picture += 1) {
    const layers = layersOf(picture);
    forEachWord(picture, (layer, row, column, place) => {
      for (const kind of [0, layer]) {
        if (last[kind][place] === picture) continue;
        last[kind][place] = picture;
        counts[kind][place] += 1;
        if (kind === 0) holders[place].push(picture);
      }
      const side = 2 ** (layer - 1);
      const [rows, columns] = layers[layer - 1];
      const at = Math.floor(((row + 0.5) / rows) * side) * side + Math.floor(((column + 0.5) / columns) * side);
      heat[place][offsets[layer - 1] + at] += 1;
    });
  }
}

/** The words nearest in meaning to a word of the vocabulary, among those of the pictures. */
function nearestTo(number) {
  const start = number * atlas.nearCount;
  return Array.from({ length: atlas.nearCount }, (_, i) => ({
    place: atlas.near[start + i],
    similarity: atlas.similarity[start + i] / 100,
  })).filter(({ place }) => place < atlas.words.length && atlas.words[place] !== number);
}

/** The words that stand in a word's pictures more often than chance has it, the most telling first. */
function companions(place, limit) {
  const own = holders[place];
  const together = new Map();
  for (const picture of own) {
    const seen = new Set(atlas.upper.subarray(atlas.starts[picture], atlas.starts[picture + 1]));
    for (const other of seen) together.set(other, (together.get(other) ?? 0) + 1);
  }
  const total = atlas.pictures.length;
  const found = [];
  for (const [other, number] of together) {
    const lift = (number * total) / (own.length * counts[0][other]);
    if (other !== place && number > 1 && lift > 1.2) {
      found.push({ place: other, lift, number, score: number * Math.log(lift) });
    }
  }
  return found.sort((a, b) => b.score - a.score || a.place - b.place).slice(0, limit);
}

// MARK: Search

/** The words of the list: all by frequency, or what answers the query. */
function listed() {
  const counted = counts[state.layer];
  const all = Array.from(atlas.words.keys()).filter((place) => counted[place] > 0);
  if (state.query === "") {
    return all.sort((a, b) => counted[b] - counted[a] || (text(a) < text(b) ? -1 : 1)).map((place) => ({ place }));
  }
  return answers(all, counted);
}

/** What begins with the query, what holds it, what is spelled like it, and what means the like. */
function answers(all, counted) {
  const { query } = state;
  const rows = new Map();
  const take = (places, note) =>
    places
      .sort((a, b) => counted[b] - counted[a])
      .forEach((place) => rows.has(place) || rows.set(place, { place, note }));
  take(all.filter((place) => text(place) === query));
  take(all.filter((place) => text(place).startsWith(query)));
  take(all.filter((place) => text(place).includes(query)));
  const number = numberOf.get(query) ?? (rows.size === 0 ? nearestSpelling(query) : undefined);
  if (number !== undefined) {
    if (atlas.vocabulary[number] !== query) {
      take(all.filter((place) => atlas.words[place] === number), "spelling");
    }
    for (const { place, similarity } of nearestTo(number)) {
      if (counted[place] > 0 && !rows.has(place)) rows.set(place, { place, note: `near ${similarity.toFixed(2)}` });
    }
  }
  return [...rows.values()];
}

/** The number of the word that needs the fewest changed letters; undefined where all need many. */
function nearestSpelling(query) {
  let best = { distance: 1 + Math.floor(query.length / 4), number: undefined };
  for (const [number, word] of atlas.vocabulary.entries()) {
    if (Math.abs(word.length - query.length) > best.distance) continue;
    const distance = editDistance(query, word);
    if (distance < best.distance || (distance === best.distance && best.number === undefined)) {
      best = { distance, number };
    }
  }
  return best.number;
}

/** The fewest letters to insert, leave out, change or swap with the next. */
function editDistance(a, b) {
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      let least = Math.min(last[j] + (a[i] === b[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1);
      if (i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]) least = Math.min(least, before[j - 1] + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

function search() {
  state.query = byId("query").value.trim().toLowerCase();
  state.rows = listed();
  byId("list").scrollTop = 0;
  byId("rows").style.height = `${state.rows.length * rowHeight}px`;
  const isKnown = numberOf.has(state.query);
  let found = state.query === "" ? `${counted(state.rows.length, "word")}, the most frequent first` : counted(state.rows.length, "word");
  if (state.query !== "" && !placeOf.has(numberOf.get(state.query))) {
    found = isKnown ? `“${state.query}” is in none of the pictures; near it:` : `“${state.query}” is no word of the model; like it:`;
    if (state.rows.length === 0) found = `nothing is like “${state.query}”`;
  }
  byId("found").textContent = found;
  showRows();
  say(found);
}

// MARK: The list

/** Makes the rows that are in sight. */
function showRows() {
  const list = byId("list");
  const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 4);
  const end = Math.min(state.rows.length, first + Math.ceil(list.clientHeight / rowHeight) + 8);
  byId("rows").replaceChildren(...state.rows.slice(first, end).map((row, index) => listRow(row, first + index)));
  const selected = state.rows.findIndex(({ place }) => place === state.word);
  for (const id of ["list", "query"]) {
    if (byId(`row-${selected}`)) byId(id).setAttribute("aria-activedescendant", `row-${selected}`);
    else byId(id).removeAttribute("aria-activedescendant");
  }
}

function listRow({ place, note }, index) {
  const number = counts[state.layer][place];
  const row = make(
    "div",
    { class: "row", role: "option", id: `row-${index}`, "aria-setsize": state.rows.length,
      "aria-posinset": index + 1, "aria-selected": String(place === state.word) },
    make("span", { class: "text" }, text(place)),
    make("span", { class: "quiet" }, note ?? ""),
    make("span", { class: "quiet numeric" }, make("span", { class: "spoken" }, "in "), number.toLocaleString("en"),
      make("span", { class: "spoken" }, number === 1 ? " picture" : " pictures")),
    heatMap(overall(place), 4),
  );
  row.style.top = `${index * rowHeight}px`;
  row.addEventListener("click", () => open(place));
  return row;
}

/** All layers of a word's heat as one grid of 4 x 4. */
function overall(place) {
  const own = heat[place];
  return Array.from({ length: 16 }, (_, index) => {
    const [row, column] = [index >> 2, index & 3];
    const middle = (row >> 1) * 2 + (column >> 1);
    return own[0] / 16 + own[1 + middle] / 4 + own[5 + index];
  });
}

/** A grid of shades, the greatest number the darkest. */
function heatMap(values, side, label) {
  const namespace = "http://www.w3.org/2000/svg";
  const map = document.createElementNS(namespace, "svg");
  map.setAttribute("viewBox", `0 0 ${side} ${side}`);
  map.setAttribute("class", "heat-map");
  if (label) {
    map.setAttribute("role", "img");
    map.setAttribute("aria-label", label);
  } else {
    map.setAttribute("aria-hidden", "true");
  }
  const greatest = Math.max(...values);
  values.forEach((value, index) => {
    if (value === 0) return;
    const cell = document.createElementNS(namespace, "rect");
    const gap = 0.04;
    const attributes = { x: (index % side) + gap, y: Math.floor(index / side) + gap, width: 1 - 2 * gap,
      height: 1 - 2 * gap, fill: "currentColor", "fill-opacity": (0.15 + (0.85 * value) / greatest).toFixed(3) };
    for (const [name, own] of Object.entries(attributes)) cell.setAttribute(name, own);
    map.append(cell);
  });
  return map;
}

// MARK: An entry

/** Opens a word's entry, and keeps it in the address, so that Back goes to the one before. */
function open(place, isNew = true) {
  state.word = place;
  if (isNew) history.pushState(null, "", `#${text(place)}`);
  document.body.classList.add("reading");
  byId("word").textContent = text(place);
  const layers = counts.slice(1).map((own, index) => (own[place] > 0 ? `layer ${index + 1}: ${own[place]}` : null));
  byId("word-facts").textContent =
    `in ${counted(counts[0][place], "picture")} of ${atlas.pictures.length.toLocaleString("en")}; ` +
    layers.filter(Boolean).join(", ");
  showHeat(place);
  showChips(place);
  showHolders(place);
  byId("entry").scrollTop = 0;
  showRows();
  say(`${text(place)}, ${byId("word-facts").textContent}`);
}

function showHeat(place) {
  let start = 0;
  const figures = [1, 2, 4].map((side, index) => {
    const values = [...heat[place].slice(start, start + side * side)];
    start += side * side;
    const sum = values.reduce((a, b) => a + b, 0);
    const most = values.indexOf(Math.max(...values));
    const where = sum === 0 || side === 1 ? "" : `, most often in row ${Math.floor(most / side) + 1}, column ${(most % side) + 1}`;
    const label = `Layer ${index + 1}: ${counted(sum, "position")}${where}`;
    return make("figure", {}, heatMap(values, side, label),
      make("figcaption", { class: "quiet numeric", "aria-hidden": "true" }, `${index + 1}: ${sum.toLocaleString("en")}`));
  });
  byId("heat").replaceChildren(...figures);
}

function chip(place, note, title) {
  const button = make("button", { type: "button", title }, text(place), make("span", { class: "quiet numeric" }, note));
  button.addEventListener("click", () => open(place));
  return make("li", {}, button);
}

function showChips(place) {
  const near = nearestTo(atlas.words[place]);
  byId("near").replaceChildren(
    ...near.map((each) => chip(each.place, String(counts[0][each.place]), `similarity ${each.similarity.toFixed(2)}`)),
  );
  const others = companions(place, 12);
  byId("with").replaceChildren(
    ...others.map((each) =>
      chip(each.place, `×${each.lift.toFixed(1)}`, `together in ${counted(each.number, "picture")}, ${each.lift.toFixed(1)} times as often as by chance`)),
    ...(others.length === 0 ? [make("li", { class: "quiet" }, "no word more often than chance")] : []),
  );
}

/** Shows the pictures that hold a word, those that it says the most of first, a few at a time. */
function showHolders(place) {
  const weight = (picture) => {
    let sum = 0;
    forEachWord(picture, (layer, row, column, other) => {
      if (other === place) sum += layerWeights[layer - 1];
    });
    return sum;
  };
  const weights = new Map(holders[place].map((picture) => [picture, weight(picture)]));
  state.holders = [...holders[place]].sort((a, b) => weights.get(b) - weights.get(a) || a - b);
  state.shown = 0;
  byId("pictures").replaceChildren();
  showMore();
}

function showMore() {
  const next = state.holders.slice(state.shown, state.shown + batch);
  state.shown += next.length;
  byId("pictures").append(...next.map((picture) => pictureItem(picture, state.word)));
}

function pictureItem(picture, place) {
  const name = atlas.pictures[picture];
  const button = make("button", { type: "button", title: name }, thumbnail(picture, place),
    make("span", { class: "quiet" }, name.split("/").pop()));
  button.addEventListener("click", () => showPicture(picture));
  return make("li", {}, button);
}

/** A picture's square of its sheet, with frames around what a word covers. */
function thumbnail(picture, place) {
  const { columns, count: capacity } = atlas.sheet;
  const index = picture % capacity;
  const own = Math.min(capacity, atlas.pictures.length - (picture - index));
  const rows = Math.ceil(own / columns);
  const grid = shapeOf(picture)[0];
  const longer = Math.max(...grid);
  const [height, width] = grid.map((cells) => cells / longer);
  const part = make("span", { class: "part" });
  part.style.width = `${width * 100}%`;
  part.style.height = `${height * 100}%`;
  const image = make("span", { class: `image ${sheetClass(Math.floor(picture / capacity))}` });
  const share = (at, number) => (number > 1 ? `${(at / (number - 1)) * 100}%` : "0%");
  image.style.width = `${100 / width}%`;
  image.style.height = `${100 / height}%`;
  image.style.backgroundSize = `${columns * 100}% ${rows * 100}%`;
  image.style.backgroundPosition = `${share(index % columns, columns)} ${share(Math.floor(index / columns), rows)}`;
  part.append(image);
  forEachWord(picture, (layer, row, column, other) => {
    if (other !== place) return;
    const frame = make("span", { class: "frame" });
    cover(frame, boxOf(row, column, layersOf(picture)[layer - 1], grid));
    part.append(frame);
  });
  return make("span", { class: "thumbnail" }, part);
}

const sheets = new Set();

/** The class whose background is a sheet, which is read when it is first needed. */
function sheetClass(number) {
  const name = `sheet-${number}`;
  if (!sheets.has(name)) {
    sheets.add(name);
    // The sheets come behind this script, so that the words are of use before all are read.
    if (byId(name)) showSheet(name);
    else document.addEventListener("DOMContentLoaded", () => showSheet(name));
  }
  return name;
}

function showSheet(name) {
  const picture = new Blob([bytes(pageData(name))], { type: "image/jpeg" });
  const style = document.styleSheets[0];
  const rule = `.${name} { background-image: url("${URL.createObjectURL(picture)}"); }`;
  style.insertRule(rule, style.cssRules.length);
}

// MARK: A picture

/** Shows a picture larger, with its words. */
function showPicture(picture) {
  byId("sheet-name").textContent = atlas.pictures[picture];
  byId("sheet-picture").replaceChildren(thumbnail(picture, state.word));
  const tables = layersOf(picture).map(([rows, columns], index) =>
    make("table", {}, make("caption", {}, `Layer ${index + 1}`),
      make("tbody", {}, ...Array.from({ length: rows }, () => make("tr")))));
  forEachWord(picture, (layer, row, column, place) => {
    const button = make("button", { type: "button", class: place === state.word ? "on" : null }, text(place));
    button.addEventListener("click", () => {
      byId("sheet").close();
      open(place);
    });
    for (const kind of ["mouseenter", "focus"]) {
      button.addEventListener(kind, () => byId("sheet-picture").replaceChildren(thumbnail(picture, place)));
    }
    tables[layer - 1].tBodies[0].rows[row].append(make("td", {}, button));
  });
  byId("sheet-words").replaceChildren(...tables);
  byId("sheet").showModal();
}

// MARK: Keys

/** Moves the choice in the list. */
function move(step) {
  if (state.rows.length === 0) return;
  const own = state.rows.findIndex(({ place }) => place === state.word);
  const next = Math.min(state.rows.length - 1, Math.max(0, own < 0 ? 0 : own + step));
  const list = byId("list");
  const top = next * rowHeight;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
  const isReading = document.body.classList.contains("reading");
  open(state.rows[next].place, false);
  document.body.classList.toggle("reading", isReading);
  history.replaceState(null, "", `#${text(state.word)}`);
}

const listKeys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  PageDown: () => move(10),
  PageUp: () => move(-10),
  Home: () => move(-state.rows.length),
  End: () => move(state.rows.length),
};

function takeKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || byId("sheet").open) return;
  const { key, target } = event;
  const isSearching = target === byId("query");
  const isInList = isSearching ? ["ArrowDown", "ArrowUp"].includes(key) : target === byId("list") && key in listKeys;
  if (isInList) listKeys[key]();
  else if (key === "Enter" && (isSearching || target === byId("list"))) enter();
  else if (key === "/" && !isSearching) byId("query").focus();
  else if (key === "Backspace" && !isSearching) history.back();
  else return;
  event.preventDefault();
}

/** Opens what is chosen, or the first that was found. */
function enter() {
  const isListed = state.rows.some(({ place }) => place === state.word);
  const isAnswer = isListed && state.rows[0]?.place !== undefined && byId("query") !== document.activeElement;
  const place = isAnswer ? state.word : state.rows[0]?.place;
  if (place === undefined) return;
  open(place);
  byId("entry").focus();
}

/** Goes to the word in the address. */
function goToAddress() {
  const place = placeOf.get(numberOf.get(decodeURIComponent(location.hash.slice(1))));
  if (place !== undefined) open(place, false);
  else document.body.classList.remove("reading");
}

function start() {
  count();
  const title = atlas.folders.join(", ");
  byId("name").textContent = title;
  byId("facts").textContent = `${counted(atlas.pictures.length, "picture")}, ${counted(atlas.words.length, "word")} in layers 1–${greatestLayer}`;
  byId("foot").textContent = pageData("note");
  byId("query").addEventListener("input", search);
  byId("list").addEventListener("scroll", showRows, { passive: true });
  byId("back").addEventListener("click", () => document.body.classList.remove("reading"));
  document.querySelectorAll(".layers input").forEach((input) =>
    input.addEventListener("change", () => {
      state.layer = Number(input.value);
      search();
    }));
  document.addEventListener("keydown", takeKey);
  window.addEventListener("popstate", goToAddress);
  new ResizeObserver(showRows).observe(byId("list"));
  new IntersectionObserver(([entry]) => entry.isIntersecting && showMore(), { root: byId("entry"), rootMargin: "400px" })
    .observe(byId("more"));
  search();
  if (state.rows.length > 0) open(state.rows[0].place, false);
  document.body.classList.remove("reading");
  if (location.hash) goToAddress();
  performance.mark("usable");
}

start();
