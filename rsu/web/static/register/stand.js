// How a sensor stands: places that it reports move with its mount.

const RADIANS = Math.PI / 180;

/** A vector [east, north] turned clockwise by degrees. */
function turned([east, north], degrees) {
  const [sine, cosine] = [Math.sin(degrees * RADIANS), Math.cos(degrees * RADIANS)];
  return [east * cosine + north * sine, north * cosine - east * sine];
}

/** The place that a sensor would report if it stood otherwise; `before`, `after`: {east_m, north_m, yaw_deg}. */
export function moved([east, north], before, after) {
  const [x, y] = turned([east - before.east_m, north - before.north_m], after.yaw_deg - before.yaw_deg);
  return [after.east_m + x, after.north_m + y];
}

/** A place so many metres ahead of a sensor. */
export function ahead(mount, metres) {
  return [mount.east_m + metres * Math.sin(mount.yaw_deg * RADIANS), mount.north_m + metres * Math.cos(mount.yaw_deg * RADIANS)];
}

/** The direction from a sensor to a place, degrees from north, clockwise. */
export const towards = (mount, [east, north]) => (Math.atan2(east - mount.east_m, north - mount.north_m) / RADIANS + 360) % 360;
