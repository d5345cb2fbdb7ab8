// Running events on the map: a warning triangle with the event's name; those that the platform orders on air: a hollow one.

import {eventName} from "./words.js";

export function drawEvents(context, view, theme, events) {
  view.inPixels(context);
  for (const event of Object.values(events)) drawOne(context, theme, event, view.x(event.east_m), view.y(event.north_m));
}

/** Draw the ordered events, each with its issuer; paler while the gate lets none leave. */
export function drawOrders(context, view, theme, orders) {
  view.inPixels(context);
  for (const order of Object.values(orders).filter((each) => each.code !== undefined)) {
    context.globalAlpha = order.on_air ? 1 : 0.5;
    const name = `${eventName(order)} (${order.issuer})`;
    drawSign(context, theme, theme.panel, theme.alarm, name, view.x(order.east_m), view.y(order.north_m));
  }
  context.globalAlpha = 1;
}

function drawOne(context, theme, event, x, y) {
  drawSign(context, theme, theme.alarm, theme.panel, eventName(event), x, y);
}

function drawSign(context, theme, fill, line, name, x, y) {
  context.strokeStyle = line;
  context.fillStyle = fill;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(x, y - 34);
  context.lineTo(x + 12, y - 13);
  context.lineTo(x - 12, y - 13);
  context.closePath();
  context.stroke();
  context.fill();
  context.fillStyle = line;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "800 13px system-ui, sans-serif";
  context.fillText("!", x, y - 19);
  context.font = "600 12px system-ui, sans-serif";
  context.textAlign = "left";
  context.strokeStyle = theme.ground;
  context.lineWidth = 3.5;
  context.fillStyle = theme.alarm;
  context.strokeText(name, x + 15, y - 24);
  context.fillText(name, x + 15, y - 24);
}
