// A rate over the last minute as a small curve.

const SECONDS = 60;
const SVG = "http://www.w3.org/2000/svg";

export class Spark {
  constructor() {
    this.values = [];
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${SECONDS - 1} 12`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("class", "spark");
    this.svg.setAttribute("aria-hidden", "true");
    this.line = this.svg.appendChild(document.createElementNS(SVG, "path"));
  }

  attach(cell) {
    if (cell.firstChild !== this.svg) cell.replaceChildren(this.svg);
  }

  /** Add one second's value; null: not known. */
  add(value) {
    this.values.push(value);
    if (this.values.length > SECONDS) this.values.shift();
    const top = Math.max(1, ...this.values);
    const start = SECONDS - this.values.length;
    let pen = "M";
    const steps = this.values.map((v, i) => {
      if (v === null) {
        pen = "M";
        return "";
      }
      const step = `${pen}${start + i} ${(11 - (10 * v) / top).toFixed(1)}`;
      pen = "L";
      return step;
    });
    this.line.setAttribute("d", steps.join(""));
  }
}
