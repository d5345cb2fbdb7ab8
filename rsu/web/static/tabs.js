// On a narrow screen one thing at a time: attention first, then the map, the lists or the sheet that is open.

const WIDE = matchMedia("(min-width: 861px)");
const $ = (id) => document.getElementById(id);

/** Whether everything is shown at once. */
export const isWide = () => WIDE.matches;

export function showTab(name) {
  document.body.dataset.tab = name;
  for (const button of $("tabs").children) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
}

export const shownTab = () => document.body.dataset.tab;

export function listenToTabs() {
  for (const button of $("tabs").children) button.addEventListener("click", () => showTab(button.dataset.tab));
  showTab("attention");
}
