"use strict";

/** The data that the page carries in a block of its own. */
function pageData(id) {
  return document.getElementById(id).textContent;
}

/** The element with an id, which the page must have. */
function byId(id) {
  return document.getElementById(id);
}

/** Makes an element; children are elements or text, which is never read as HTML. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** "1 word", "5 words". */
function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Says something to a screen reader. */
function say(text) {
  byId("status").textContent = text;
}

/** Puts a box of shares of a picture, 0 to 1, over the picture. */
function cover(element, box) {
  element.style.left = `${box.left * 100}%`;
  element.style.top = `${box.top * 100}%`;
  element.style.width = `${box.width * 100}%`;
  element.style.height = `${box.height * 100}%`;
}

/** The part of a picture that a position of a layer stands for, as shares of its sides. */
function boxOf(row, column, [rows, columns], [gridRows, gridColumns]) {
  // The cells x of n with floor(x * count / n) = j, as the words are spread.
  const start = (j, count, n) => Math.ceil((j * n) / count) / n;
  const [left, right] = [column, column + 1].map((j) => start(j, columns, gridColumns));
  const [top, bottom] = [row, row + 1].map((j) => start(j, rows, gridRows));
  return { left, top, width: right - left, height: bottom - top };
}
