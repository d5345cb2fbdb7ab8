// Tables that change in place: rows by key, cells only touched when their content changed.

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setClass(node, name) {
  if (node.className !== name) node.className = name;
}

/** Show a list of {key, className, text} in place, so that a screen reader reads only new rows. */
export function showList(list, items) {
  const keys = items.map((item) => item.key);
  for (const node of [...list.children]) if (!keys.includes(node.dataset.key)) node.remove();
  items.forEach(({key, className, text}, i) => {
    let node = [...list.children].find((child) => child.dataset.key === key);
    if (!node) {
      node = document.createElement("li");
      node.dataset.key = key;
    }
    if (list.children[i] !== node) list.insertBefore(node, list.children[i] || null);
    setText(node, text);
    setClass(node, className);
  });
}

/** Show names with figures in a definition list. */
export function define(list, figures) {
  Object.entries(figures).forEach(([name, text], i) => {
    let row = list.children[i];
    if (!row) {
      row = list.appendChild(document.createElement("div"));
      row.append(document.createElement("dt"), document.createElement("dd"));
    }
    setText(row.firstChild, name);
    setText(row.lastChild, text);
  });
  while (list.children.length > Object.keys(figures).length) list.lastChild.remove();
}

export class Table {
  constructor(element) {
    this.body = element.appendChild(document.createElement("tbody"));
    this.rows = new Map();
  }

  /** Show rows {key, className, cells, notes}. A cell is a text, {text, className, title}, or a function of its td. */
  show(rows) {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, row] of this.rows) {
      if (!keys.has(key)) {
        row.forEach((line) => line.remove());
        this.rows.delete(key);
      }
    }
    rows.forEach((row, i) => this.showRow(row, i));
  }

  showRow(row, position) {
    if (!this.rows.has(row.key)) this.rows.set(row.key, [document.createElement("tr"), document.createElement("tr")]);
    const [line, below] = this.rows.get(row.key);
    if (this.body.rows[2 * position] !== line) {
      this.body.insertBefore(below, this.body.rows[2 * position] || null);
      this.body.insertBefore(line, below);
    }
    setClass(line, row.className || "");
    row.cells.forEach((cell, i) => fill(line.cells[i] || line.insertCell(), cell));
    while (line.cells.length > row.cells.length) line.deleteCell(-1);
    this.showNotes(below, row.notes || [], row.cells.length);
  }

  showNotes(line, notes, columns) {
    const cell = line.cells[0] || line.insertCell();
    cell.colSpan = columns;
    line.hidden = notes.length === 0;
    setClass(line, "note");
    while (cell.children.length > notes.length) cell.lastChild.remove();
    notes.forEach((note, i) => fill(cell.children[i] || cell.appendChild(document.createElement("p")), note));
  }
}

function fill(node, cell) {
  if (typeof cell === "function") {
    cell(node);
    return;
  }
  const {text, className = "", title = ""} = typeof cell === "string" ? {text: cell} : cell;
  setText(node, text);
  setClass(node, className);
  if (node.title !== title) node.title = title;
}
