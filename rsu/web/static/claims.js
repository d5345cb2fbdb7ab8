// Vehicles that only say that they are there: dashed and hollow, no sensor confirms them, nothing on air tells of them.

import {say} from "./language.js";

const LABEL_FROM = 2.2; // px per m
const LENGTH_M = 4.5, WIDTH_M = 1.8; // of vehicles that do not state their size

/** Draw the claims of a snapshot, by vehicle id. */
export function drawClaims(context, view, theme, claims) {
  view.inPixels(context);
  context.save();
  for (const claim of Object.values(claims)) drawClaim(context, view, theme, claim);
  context.restore();
}

function drawClaim(context, view, theme, claim) {
  const x = view.x(claim.east_m), y = view.y(claim.north_m);
  if (x < -50 || y < -50 || x > view.width + 50 || y > view.height + 50) return;
  const width = Math.max(4.5, (claim.width_m || WIDTH_M) * view.scale);
  const length = Math.max(8, (claim.length_m || LENGTH_M) * view.scale);
  context.save();
  context.translate(x, y);
  context.rotate(((claim.heading_deg || 0) * Math.PI) / 180);
  context.setLineDash([3, 3]);
  context.strokeStyle = claim.doubt ? theme.muted : theme.ink;
  context.lineWidth = 1.2;
  context.strokeRect(-width / 2, -length / 2, width, length);
  context.restore();
  if (view.scale < LABEL_FROM) return;
  context.font = "400 10px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = theme.muted;
  const says = say(claim.emergency ? "claimed, emergency" : "claimed");
  context.fillText(claim.doubt ? `${says}: ${claim.doubt}` : says, x + length / 2 + 4, y);
}
