// The page's words in both languages, and the choice between them: the browser's first, then the reader's.

const WORDS = {
  en: {
    title: "City", other: "中文", boxes: "Boxes", events: "Events of the last hour", flows: "Traffic of the last hour",
    box: "box", state: "state", users: "road users", heard: "heard", event: "code", start: "start", end: "end",
    lane: "lane", period: "period", volume: "volume", queue: "queue m", delay: "delay s", running: "running",
    online: "on line", silent: "silent", offline: "off line", none: "none", choose: "choose a box",
    summary: (boxes, online, users) => `${online} of ${boxes} boxes on line, ${users} road users`,
    lost: "the city does not answer", map: "map of boxes and road users; wheel or + and - zoom, drag or arrow keys move",
  },
  zh: {
    title: "城市监管平台", other: "English", boxes: "路侧单元", events: "最近一小时的事件", flows: "最近一小时的交通统计",
    box: "路侧单元", state: "状态", users: "交通参与者", heard: "最近上报", event: "代码", start: "开始", end: "结束",
    lane: "车道", period: "周期", volume: "流量", queue: "排队 m", delay: "延误 s", running: "进行中",
    online: "在线", silent: "无上报", offline: "离线", none: "无", choose: "请选择路侧单元",
    summary: (boxes, online, users) => `${boxes} 台中 ${online} 台在线，交通参与者 ${users} 个`,
    lost: "平台无响应", map: "路侧单元与交通参与者地图；滚轮或 + - 缩放，拖动或方向键平移",
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

export const clock = (ms) => new Date(ms).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB");
