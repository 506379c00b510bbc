// What every page has to keep, whatever is on it. Returns one line for each thing that is wrong.
() => {
  const wrong = [];
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const brief = (element) => element.outerHTML.slice(0, 140);
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  if (document.scrollingElement.scrollWidth > innerWidth) wrong.push(`wider than the window: ${document.scrollingElement.scrollWidth}`);
  if (!document.documentElement.lang) wrong.push("no language");
  if (!document.title.trim()) wrong.push("no title");
  if (all("main").length !== 1) wrong.push("not one main");

  const levels = all("h1,h2,h3,h4,h5,h6").map((each) => Number(each.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) wrong.push("not one h1");
  levels.forEach((level, place) => {
    if (place && level > levels[place - 1] + 1) wrong.push(`heading ${level} after ${levels[place - 1]}`);
  });

  const ids = all("[id]").map((each) => each.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) wrong.push(`id twice: ${id}`);
  for (const name of ["aria-labelledby", "aria-describedby"]) {
    for (const each of all(`[${name}]`)) {
      for (const id of each.getAttribute(name).split(/\s+/)) {
        if (!document.getElementById(id)) wrong.push(`${name} of nothing: ${brief(each)}`);
      }
    }
  }
  for (const each of all("[tabindex]")) if (each.tabIndex > 0) wrong.push(`own order of focus: ${brief(each)}`);
  for (const each of all("img:not([alt]),svg[role=img]:not([aria-label])")) wrong.push(`picture without words: ${brief(each)}`);
  for (const each of all("th:not([scope])")) wrong.push(`head without scope: ${brief(each)}`);

  const controls = all("a[href],button,input:not([type=hidden]),select,textarea,summary").filter((each) => seen(each) && each.getAttribute("aria-hidden") !== "true");
  for (const each of controls) {
    const words = each.textContent.trim() || each.getAttribute("aria-label") || (each.labels && each.labels.length);
    if (!words) wrong.push(`no name: ${brief(each)}`);
    // WCAG 2.2, 2.5.8: 24 by 24, but for links within text.
    const box = each.getBoundingClientRect();
    const inText = each.tagName === "A" && getComputedStyle(each).display === "inline";
    if (!inText && !each.closest(".skip") && (box.width < 24 || box.height < 24)) wrong.push(`small target ${Math.round(box.width)}x${Math.round(box.height)}: ${brief(each)}`);
  }

  // WCAG 1.4.3: text against what is really behind it.
  const parse = (colour) => {
    const parts = (colour.match(/[\d.]+/g) || []).map(Number);
    return colour.startsWith("color(") ? [...parts.slice(0, 3).map((p) => p * 255), parts[3] ?? 1] : [...parts.slice(0, 3), parts[3] ?? 1];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((part, i) => part * a + ground[i] * (1 - a));
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const told = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !seen(element) || element.closest(".skip,option,title,desc,[disabled]")) continue;
    const style = getComputedStyle(element);
    const behind = ground(element);
    const text = element.closest("svg") ? parse(style.fill) : parse(style.color);
    const [high, low] = [light(over(text, behind)), light(behind)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    const line = `contrast ${ratio.toFixed(2)} of ${element.tagName}.${element.className.baseVal ?? element.className}`;
    if (ratio < (large ? 3 : 4.5) && !told.has(line)) { told.add(line); wrong.push(line); }
  }
  return wrong;
}
