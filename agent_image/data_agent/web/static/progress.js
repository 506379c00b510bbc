// Questions that a language model may answer: show the steps, and a button that really stops.
// Without this script the same form is sent as ever, and the answer comes when it is there.
"use strict";

class Question {
  constructor(form) {
    this.form = form;
    this.button = form.querySelector("button");
    this.words = document.createElement("p");
    this.words.className = "steps-now muted";
    this.words.setAttribute("role", "status");
    this.words.hidden = true;
    form.after(this.words);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.ask(); });
    this.button.addEventListener("click", (event) => {
      if (!this.control) return;
      event.preventDefault();
      this.control.abort();
    });
  }

  async ask() {
    if (this.control) return;
    const fields = new URLSearchParams(new FormData(this.form));
    const address = `${this.form.getAttribute("action")}?${fields}`;
    this.control = new AbortController();
    this.label = this.button.textContent;
    this.button.textContent = "Stop";
    this.say("Looking it up…");
    try {
      const headers = { Accept: "text/event-stream" };
      const answer = await fetch(address, { headers, signal: this.control.signal });
      if (!answer.ok || !answer.body) throw new Error("no stream");
      location.assign(await this.follow(answer.body.getReader()));
    } catch (error) {
      if (error.name === "AbortError") this.stopped("Stopped.");
      else location.assign(address);
    }
  }

  async follow(reader) {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error("broken off");
      const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        if (!event.startsWith("data: ")) continue;
        const told = JSON.parse(event.slice(6));
        if (told.done) return told.done;
        this.say(told.step);
      }
    }
  }

  say(words) {
    this.words.hidden = false;
    this.words.textContent = words;
  }

  stopped(words) {
    this.say(words);
    this.button.textContent = this.label;
    this.control = null;
  }
}

for (const form of document.querySelectorAll("form[data-progress]")) new Question(form);
