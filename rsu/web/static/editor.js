// A text with line numbers and marks of findings; keys that a YAML text needs.

const INDENT = "  ";

export class Editor {
  /** `onEdit`: called after a change; `onLine`: called with the number of the line of the cursor, from 1. */
  constructor(root, onEdit, onLine) {
    this.area = root.querySelector("textarea");
    this.gutter = root.querySelector(".gutter");
    this.marks = new Map(); // line -> level
    this.line = 0;
    this.area.addEventListener("input", () => { this.number(); onEdit(); });
    this.area.addEventListener("scroll", () => { this.gutter.scrollTop = this.area.scrollTop; });
    this.area.addEventListener("keydown", (event) => this.press(event));
    for (const name of ["keyup", "click", "input"]) this.area.addEventListener(name, () => this.look(onLine));
  }

  get text() { return this.area.value; }

  /** Show another text. */
  open(text, readOnly) {
    this.area.value = text;
    this.area.disabled = false;
    this.area.readOnly = readOnly;
    this.area.scrollTop = 0;
    this.marks = new Map();
    this.number();
  }

  /** Mark lines: findings {line, level}. */
  mark(findings) {
    this.marks = new Map(findings.map(({line, level}) => [line, level]).reverse());
    this.number();
  }

  number() {
    const count = this.text.split("\n").length;
    while (this.gutter.children.length > count) this.gutter.lastChild.remove();
    while (this.gutter.children.length < count) this.gutter.append(document.createElement("i"));
    [...this.gutter.children].forEach((node, i) => {
      node.textContent = i + 1;
      node.className = this.marks.get(i + 1) || "";
    });
  }

  look(onLine) {
    const line = this.text.slice(0, this.area.selectionStart).split("\n").length;
    if (line === this.line) return;
    this.line = line;
    onLine(line);
  }

  /** Put the cursor at a line and column, from 1, and show it. */
  go(line, column) {
    const before = this.text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(before + column - 1, before + column - 1);
    const height = this.area.scrollHeight / Math.max(1, this.text.split("\n").length);
    this.area.scrollTop = Math.max(0, (line - 5) * height);
    this.area.dispatchEvent(new Event("click"));
  }

  /** Enter keeps the indentation; Tab indents, after Escape it leaves the field as everywhere. */
  press(event) {
    if (event.key === "Escape") this.leave = true;
    else if (event.key === "Tab" && !this.leave && !event.shiftKey && !this.area.readOnly) this.insert(event, INDENT);
    else if (event.key === "Enter" && !event.isComposing) this.insert(event, `\n${this.indentation()}`);
    else if (event.key !== "Shift" && event.key !== "Tab") this.leave = false;
  }

  indentation() {
    const before = this.text.slice(0, this.area.selectionStart).split("\n").pop();
    return before.match(/^ */)[0] + (/:\s*$/.test(before) ? INDENT : "");
  }

  insert(event, text) {
    event.preventDefault();
    document.execCommand("insertText", false, text); // keeps the browser's undo
  }
}

/** The dotted key of a line of a YAML text, from 1: names of the lines above it with less indentation. */
export function keyAt(text, line) {
  const lines = text.split("\n"), path = [];
  let depth = Infinity;
  for (let i = Math.min(line, lines.length) - 1; i >= 0 && depth > 0; i--) {
    const found = lines[i].match(/^(\s*(?:- )?)([\w-]+):/);
    if (!found || found[1].length >= depth) continue;
    depth = found[1].length;
    path.unshift(found[1].trim() ? `0.${found[2]}` : found[2]);
    if (found[1].trim()) depth -= 2;
  }
  return path.join(".");
}
