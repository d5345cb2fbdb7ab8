// Running events on the map: a warning triangle with the event's name.

import {eventName} from "./words.js";

export function drawEvents(context, view, theme, events) {
  view.inPixels(context);
  for (const event of Object.values(events)) drawOne(context, theme, event, view.x(event.east_m), view.y(event.north_m));
}

function drawOne(context, theme, event, x, y) {
  context.strokeStyle = theme.panel;
  context.fillStyle = theme.alarm;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(x, y - 34);
  context.lineTo(x + 12, y - 13);
  context.lineTo(x - 12, y - 13);
  context.closePath();
  context.stroke();
  context.fill();
  context.fillStyle = theme.panel;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "800 13px system-ui, sans-serif";
  context.fillText("!", x, y - 19);
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "left";
  context.strokeStyle = theme.ground;
  context.lineWidth = 3.5;
  context.fillStyle = theme.alarm;
  context.strokeText(eventName(event), x + 15, y - 24);
  context.fillText(eventName(event), x + 15, y - 24);
}
