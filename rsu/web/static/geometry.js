// Plane geometry on [east, north] points, metres.

/** Unit vector from a to b. */
export function direction(a, b) {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
}

/** To the right of a direction. */
export const right = ([east, north]) => [north, -east];

export const along = (point, unit, metres) => [point[0] + unit[0] * metres, point[1] + unit[1] * metres];

/** Direction in which a polyline ends. */
export const ending = (points) => direction(points[points.length - 2], points[points.length - 1]);

export const last = (points) => points[points.length - 1];

/** A polyline moved to its right. */
export function shifted(points, metres) {
  return points.map((point, i) => {
    const unit = direction(points[Math.max(0, i - 1)], points[Math.min(points.length - 1, i + 1)]);
    return along(point, right(unit), metres);
  });
}

export function middle(points) {
  const sum = points.reduce((s, p) => [s[0] + p[0], s[1] + p[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** Convex hull (Andrew's monotone chain). */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** A canvas path through points. */
export function path(points, closed = false) {
  const line = new Path2D();
  points.forEach(([east, north], i) => (i ? line.lineTo(east, north) : line.moveTo(east, north)));
  if (closed) line.closePath();
  return line;
}
