// Where a road user is between two snapshots.

const AHEAD_MS = 300; // further than this nothing is known
const BLEND_MS = 120; // a correction is drawn in over about this time
const JUMP_M = 4; // larger corrections are shown as the jumps they are
const TRAIL = 30; // snapshots

export class Motion {
  constructor(track, now) {
    this.trail = [];
    this.error = [0, 0];
    this.set(track, now);
  }

  set(track, now) {
    this.track = track;
    this.at = now;
    this.origin = [track.east_m, track.north_m];
    const angle = ((track.heading_deg || 0) * Math.PI) / 180;
    const speed = track.heading_deg == null ? 0 : track.speed_mps || 0;
    this.velocity = [speed * Math.sin(angle), speed * Math.cos(angle)];
    this.trail.push(this.origin);
    if (this.trail.length > TRAIL) this.trail.shift();
  }

  /** Take the next snapshot's word, without a visible jerk. */
  update(track, now) {
    const [east, north] = this.position(now);
    this.set(track, now);
    this.error = [east - track.east_m, north - track.north_m];
    if (Math.hypot(...this.error) > JUMP_M) this.error = [0, 0];
  }

  position(now) {
    const seconds = Math.min(now - this.at, AHEAD_MS) / 1000;
    const left = Math.exp(-(now - this.at) / BLEND_MS);
    return [0, 1].map((i) => this.origin[i] + this.velocity[i] * seconds + this.error[i] * left);
  }
}
