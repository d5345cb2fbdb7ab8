// The page's words in both languages, the choice between them (the browser's first, then the reader's), and its tables.

const MOST = 40; // rows of a table

const WORDS = {
  en: {
    title: "City", other: "中文", boxes: "Boxes", events: "Events of the last hour", flows: "Traffic of the last hour",
    box: "box", state: "state", users: "road users", heard: "heard", event: "code", start: "start", end: "end",
    lane: "lane", period: "period", volume: "volume", queue: "queue m", delay: "delay s", running: "running",
    online: "on line", silent: "silent", offline: "off line", none: "none", choose: "choose a box",
    summary: (boxes, online, users) => `${online} of ${boxes} boxes on line, ${users} road users`,
    login: "Log in", name: "name", password: "password", code: "one-time code of the first start", enter: "Log in",
    logout: (name) => `${name}: log out`, commands: "Commands", kind: "command", content: "content, JSON",
    seconds: "expires after s", send: (box) => `Send to ${box}`, given: "given", user: "by", why: "reason",
    "state-given": "waits", "state-sent": "at the broker", "state-applied": "applied", "state-refused": "refused",
    "state-failed": "failed", "state-unanswered": "no answer", "no-json": "the content is no JSON",
    vehicles: "Automated vehicles", accidents: "Accidents of automated vehicles", operator: "operator", vehicle: "vehicle",
    normal: "normal", abnormal: "abnormal", speed: "km/h", time: "time", states: "states kept", noted: "noted by",
    closed: "log in to see the city", lost: "the city does not answer", map: "map of boxes and road users; wheel or + and - zoom, drag or arrow keys move",
  },
  zh: {
    title: "城市监管平台", other: "English", boxes: "路侧单元", events: "最近一小时的事件", flows: "最近一小时的交通统计",
    box: "路侧单元", state: "状态", users: "交通参与者", heard: "最近上报", event: "代码", start: "开始", end: "结束",
    lane: "车道", period: "周期", volume: "流量", queue: "排队 m", delay: "延误 s", running: "进行中",
    online: "在线", silent: "无上报", offline: "离线", none: "无", choose: "请选择路侧单元",
    summary: (boxes, online, users) => `${boxes} 台中 ${online} 台在线，交通参与者 ${users} 个`,
    login: "登录", name: "用户名", password: "密码", code: "首次启动的一次性代码", enter: "登录",
    logout: (name) => `${name}：退出`, commands: "指令", kind: "指令", content: "内容（JSON）",
    seconds: "有效期 s", send: (box) => `下发至 ${box}`, given: "下发时间", user: "下发人", why: "原因",
    "state-given": "待发送", "state-sent": "已到消息服务器", "state-applied": "已生效", "state-refused": "已拒绝",
    "state-failed": "失败", "state-unanswered": "无应答", "no-json": "内容不是 JSON",
    vehicles: "自动驾驶车辆", accidents: "自动驾驶车辆事故", operator: "运营方", vehicle: "车辆",
    normal: "正常", abnormal: "异常", speed: "km/h", time: "时间", states: "留存状态", noted: "登记方",
    closed: "请登录后查看", lost: "平台无响应", map: "路侧单元与交通参与者地图；滚轮或 + - 缩放，拖动或方向键平移",
  },
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");

export const word = (key, ...values) => {
  const found = WORDS[language][key];
  return typeof found === "function" ? found(...values) : found;
};

export function change() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
}

export function label() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = word(node.dataset.text);
  document.getElementById("language").textContent = word("other");
  document.getElementById("map").setAttribute("aria-label", word("map"));
}

export const either = (told) => (language === "zh" ? told.text_zh : told.text);

export function fill(id, heads, rows) {
  const table = document.getElementById(id);
  const cells = (kind, texts) => texts.map((text) => {
    const cell = document.createElement(kind);
    cell.textContent = Array.isArray(text) ? text[0] : text;
    if (Array.isArray(text)) cell.className = text[1];
    return cell;
  });
  table.tHead.rows[0].replaceChildren(...cells("th", heads.map((head) => word(head))));
  table.tBodies[0].replaceChildren(...rows.slice(0, MOST).map(({ texts, title = "", choose, chosen }) => {
    const row = document.createElement("tr");
    row.replaceChildren(...cells("td", texts));
    row.title = title;
    if (choose) {
      row.className = "choice";
      row.tabIndex = 0;
      row.setAttribute("aria-selected", String(chosen));
      row.addEventListener("click", choose);
      row.addEventListener("keydown", (event) => event.key === "Enter" && choose());
    }
    return row;
  }));
}

export const clock = (ms) => new Date(ms).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB");
