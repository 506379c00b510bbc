// Makes the pages nicer. Everything works without it.
"use strict";

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

const element = (name, text, className) => {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

// Times of day as the reader's clock shows them; what the page says is UTC.
const shownTimes = (root) => {
  const two = (number) => String(number).padStart(2, "0");
  for (const time of all("time[datetime]", root)) {
    const at = new Date(time.dateTime);
    time.title = time.textContent;
    time.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
  }
};
shownTimes(document);

const READS = ["/", "/sql"]; // forms that change nothing, so that stopping them is harmless

// A form that takes a while says so and for how long, is sent once, and can be stopped: the agent
// ends the query behind it as soon as the browser hangs up.
class Waiting {
  constructor(form, button) {
    this.form = form;
    this.button = button;
    this.words = button.textContent;
    this.line = element("p", "", "waiting");
    this.clock = element("span", form.dataset.busy, "muted");
    this.line.setAttribute("role", "status");
    this.line.append(this.clock);
    if (READS.includes(new URL(form.action).pathname)) this.line.append(this.stopper());
    this.began = Date.now();
    this.timer = setInterval(() => this.tick(), 1000);
    button.disabled = true;
    button.textContent = form.dataset.busy;
    button.classList.add("busy");
    form.after(this.line);
  }

  stopper() {
    const stop = element("button", "Stop", "second");
    stop.type = "button";
    stop.addEventListener("click", () => { window.stop(); this.end("Stopped. Nothing was changed."); });
    return stop;
  }

  tick() {
    this.clock.textContent = `${this.form.dataset.busy} ${Math.round((Date.now() - this.began) / 1000)} s`;
  }

  end(words) {
    clearInterval(this.timer);
    this.button.disabled = false;
    this.button.textContent = this.words;
    this.button.classList.remove("busy");
    this.line.replaceChildren(element("span", words, "muted"));
    setTimeout(() => this.line.remove(), 8000);
  }
}

for (const form of all("form[data-busy]")) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter || form.querySelector("button");
    if (button.hasAttribute("data-plain")) return;
    for (const line of all("p.waiting")) line.remove();
    setTimeout(() => new Waiting(form, button));
  });
}
// Coming back with the browser's own button finds the form ready again.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

for (const area of all("[data-enter]")) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form.requestSubmit();
  });
}

addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-slash]");
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && box && !typing) { event.preventDefault(); box.focus(); box.select(); }
});

// Escape closes what was opened around the focus, and leaves the focus where it was opened.
addEventListener("keydown", (event) => {
  const opened = event.key === "Escape" && event.target.closest("details[open]");
  if (!opened) return;
  opened.open = false;
  opened.querySelector("summary").focus();
});

for (const button of all("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
  });
}

// The chart as a picture: drawn from the SVG download, at twice its size for sharp print.
for (const link of all("[data-png]")) {
  link.hidden = false;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(link.href);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await answer.text())}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const save = element("a", "");
    save.href = canvas.toDataURL("image/png");
    save.download = `${link.dataset.png.replace(/[^\w .,()-]+/g, " ").trim().slice(0, 80) || "chart"}.png`;
    save.click();
  });
}
