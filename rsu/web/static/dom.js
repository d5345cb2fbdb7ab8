// Making elements.

/** An element with properties and children: texts, elements. */
export function el(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** A table with columns [title, class], ready for `Table`. */
export function tableOf(columns, id = "") {
  const head = el("thead", null, el("tr", null, ...columns.map(([title, className]) => el("th", {textContent: title, className: className || ""}))));
  return el("table", {id}, head);
}

/** Bars on a line: spans [from, to, class] on an axis from `begin` to `end`. */
export function strip(cell, spans, begin, end) {
  const line = cell.firstChild || cell.appendChild(el("div", {className: "strip"}));
  const share = (value) => (100 * Math.min(1, Math.max(0, (value - begin) / (end - begin || 1)))).toFixed(2);
  const bars = spans.map(([from, to, name]) => {
    const bar = el("i", {className: name || ""});
    bar.style.left = `${share(from)}%`;
    bar.style.width = `max(2px, ${(share(to) - share(from)).toFixed(2)}%)`;
    return bar;
  });
  line.replaceChildren(...bars);
}
