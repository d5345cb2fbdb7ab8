// Mouse, touch and keyboard on the map.

const TAP_PX = 6;
const STEP_PX = 60;

/** Let people move the view. `on`: tap(x, y), hover(x, y) or hover(null), key(name) -> whether it was of use. */
export function listen(canvas, view, on) {
  const fingers = new Map(); // pointer id -> its last place
  let travelled = 0;
  const place = (event) => [event.offsetX, event.offsetY];

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 0) travelled = 0;
    fingers.set(event.pointerId, place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const here = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      on.hover(...here);
      return;
    }
    travelled += Math.hypot(here[0] - before[0], here[1] - before[1]);
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      pinch(view, before, here, other);
    } else if (travelled > TAP_PX && !(canvas.dataset.shared && event.pointerType === "touch")) {
      view.pan(here[0] - before[0], here[1] - before[1]);
    }
    fingers.set(event.pointerId, here);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (fingers.size === 1 && travelled <= TAP_PX) on.tap(...place(event));
    fingers.delete(event.pointerId);
  });
  canvas.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => on.hover(null));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3;
    view.zoom(Math.pow(0.8, Math.max(-3, Math.min(3, lines))), ...place(event));
  }, {passive: false});
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move(view, event.key) || on.key(event.key)) event.preventDefault();
  });
}

/** On a page that scrolls one finger scrolls it; two, or one that holds something, belong to the canvas. */
export function share(canvas, holds) {
  canvas.style.touchAction = "pan-x pan-y";
  canvas.dataset.shared = "yes";
  for (const name of ["touchstart", "touchmove"]) canvas.addEventListener(name, (event) => {
    if (event.touches.length > 1 || holds()) event.preventDefault();
  }, {passive: false});
}

function pinch(view, before, here, other) {
  const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
  const is = Math.hypot(here[0] - other[0], here[1] - other[1]);
  if (was > 0 && is > 0) view.zoom(is / was, (here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
  view.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
}

function move(view, key) {
  const steps = {ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
  const zooms = {"+": 1.25, "=": 1.25, "-": 0.8, "_": 0.8};
  if (key in steps) view.pan(steps[key][0] * STEP_PX, steps[key][1] * STEP_PX);
  else if (key in zooms) view.zoom(zooms[key]);
  else return false;
  return true;
}
