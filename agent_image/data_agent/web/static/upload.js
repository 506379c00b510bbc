// Each file is sent as soon as it is chosen or dropped, one after the other, with a line of its own
// that has its progress, a way to cancel it, and what became of it. Without this script the form has
// a button. Needs app.js.
"use strict";

const wholeNumber = (number) => number.toLocaleString("en");

// One file: waiting, being sent, being read, done.
class Transfer {
  constructor(file, told) {
    this.file = file;
    this.told = told;
    this.line = element("li", "");
    this.words = element("span", "waiting", "muted");
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Upload of ${file.name}`);
    this.cancel = element("button", "Cancel", "second");
    this.cancel.type = "button";
    this.cancel.setAttribute("aria-label", `Cancel ${file.name}`);
    this.cancel.addEventListener("click", () => this.stop());
    const name = element("span", `${file.name} `);
    name.append(this.words);
    this.line.append(name, this.cancel, this.bar);
  }

  // Resolves when it is over, with what the agent says about it: a list of outcomes.
  send() {
    if (this.over) return Promise.resolve([]);
    return new Promise((resolve) => {
      const body = new FormData();
      body.append("file", this.file);
      const request = this.request = new XMLHttpRequest();
      const fail = (words) => { this.end([{ name: this.file.name, problem: { detail: words } }]); };
      request.open("POST", "/api/v1/files?if_exists=ask");
      request.upload.addEventListener("progress", (event) => this.show(event.loaded, event.total));
      request.addEventListener("load", () => this.end(this.outcomes(request)));
      request.addEventListener("error", () => fail("The connection broke off. Nothing was kept; try again."));
      request.addEventListener("abort", () => this.cancelled());
      request.addEventListener("loadend", () => resolve(this.found || []));
      this.show(0, 1);
      request.send(body);
    });
  }

  stop() {
    if (this.request) this.request.abort();
    else this.cancelled();
  }

  show(sent, total) {
    if (sent < total) {
      this.bar.value = Math.round((sent / total) * 100);
      this.words.textContent = `uploading, ${this.bar.value} %`;
      return;
    }
    this.cancel.hidden = true; // from now on the rows are read, to their end
    this.bar.removeAttribute("value");
    this.words.textContent = "reading the rows…";
    this.told(`${this.file.name}: reading the rows…`);
  }

  outcomes(request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* told below */ }
    const detail = answer.detail || `The upload failed (${request.status}).`;
    return answer.files || [{ name: this.file.name, problem: { detail } }];
  }

  cancelled() {
    this.over = true;
    this.line.replaceChildren(element("span", `${this.file.name} `), element("span", "cancelled", "tag"));
    this.told(`${this.file.name}: cancelled. Nothing was kept.`);
  }

  // An archive has several outcomes.
  end(found) {
    this.over = true;
    this.found = found;
    this.line.replaceWith(...found.map(outcome));
  }
}

const outcome = (file) => {
  const [address, words, tag, state] = file.id
    ? [`/data/files/${file.id}`, `${wholeNumber(file.rows)} ${file.rows === 1 ? "row" : "rows"}`, "imported", "tag good"]
    : file.waiting
      ? [`/data/waiting/${file.waiting}`, "is there already: see what changes", "your decision", "tag warn"]
      : ["", file.problem.detail, "not imported", "tag bad"];
  const item = element("li", "");
  const name = element("span", "");
  const link = element(address ? "a" : "span", file.name);
  if (address) link.href = address;
  name.append(link, element("span", ` ${words}`, "muted"));
  item.append(name, element("span", tag, state));
  return item;
};

const summary = (found) => {
  const count = (is) => found.filter(is).length;
  const counts = [
    [count((file) => file.id), "imported"],
    [count((file) => file.waiting), "waiting for your decision"],
    [count((file) => file.problem), "not imported"],
  ];
  return `${counts.filter(([number]) => number).map((pair) => pair.join(" ")).join(", ")}.`;
};

class Uploads {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.status = form.querySelector(".upload-status");
    this.list = form.querySelector(".results");
    this.queue = [];
    this.input.required = false;
    form.querySelector("button").hidden = true;
    form.querySelector("[data-at-once]").hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    this.input.addEventListener("change", () => this.add(this.input.files));
    this.watchDrops();
    addEventListener("beforeunload", (event) => { if (this.running) event.preventDefault(); });
  }

  // Anywhere on the page: a file that misses the box would be opened instead of the page.
  watchDrops() {
    const over = (is) => this.form.classList.toggle("over", is);
    const isFile = (event) => Array.from(event.dataTransfer.types).includes("Files");
    addEventListener("dragover", (event) => { if (isFile(event)) { event.preventDefault(); over(true); } });
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
    addEventListener("drop", (event) => {
      over(false);
      if (!isFile(event)) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  add(files) {
    if (!files.length) return;
    if (!this.running) this.list.replaceChildren();
    this.list.hidden = false;
    for (const file of Array.from(files)) this.take(file);
    this.input.value = "";
    if (!this.running) this.run();
  }

  take(file) {
    const transfer = new Transfer(file, (words) => this.say(words));
    this.list.append(transfer.line);
    if (file.size <= Number(this.form.dataset.most)) this.queue.push(transfer);
    else transfer.end([{ name: file.name, problem: { detail: "is larger than what can be uploaded at once. Split the file." } }]);
  }

  async run() {
    this.running = true;
    const found = [];
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      if (next.over) continue;
      this.say(`${next.file.name}: uploading`);
      found.push(...await next.send());
    }
    this.running = false;
    this.finish(found);
  }

  finish(found) {
    const lines = this.list.children.length;
    const [only] = found;
    if (lines === 1 && only && (only.id || only.waiting)) {
      location.assign(only.id ? `/data/files/${only.id}?new=1` : `/data/waiting/${only.waiting}`);
      return;
    }
    if (found.length) this.say(summary(found));
    this.refresh();
  }

  say(words) {
    this.status.textContent = words;
  }

  async refresh() {
    const answer = await fetch("/data");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of all("[data-fresh]")) {
      const now = fresh.querySelector(`[data-fresh="${old.dataset.fresh}"]`);
      if (!now) continue;
      old.replaceWith(now);
      shownTimes(now);
    }
  }
}

for (const form of all("form[data-upload]")) new Uploads(form);
