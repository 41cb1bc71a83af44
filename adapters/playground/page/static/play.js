// Makes the playground live: what is sent goes without loading the page anew,
// and the page is asked for again when something changed. All drawing is done
// by the server; without this file the page works with plain forms.
"use strict";

(() => {
  const last = new Map(); // region id -> the markup that was put there
  const byId = (id) => document.getElementById(id);
  const memory = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window */ } },
  };

  // Regions

  function swap(page, own) {
    const spot = byId("conversation").dataset.place;
    const had = new Set([...document.querySelectorAll("#conversation .msg")].map((m) => m.id));
    for (const fresh of page.querySelectorAll("[data-region]")) {
      const region = byId(fresh.id);
      if (!region) continue;
      const how = fresh.dataset.region;
      if (how === "own" && !own) continue;
      if (how === "keyed" && region.dataset.key === fresh.dataset.key) {
        if (own && fresh.id === "compose") refill(fresh);
        continue;
      }
      const markup = fresh.innerHTML;
      if (how !== "keyed" && last.get(fresh.id) === markup) continue;
      replace(region, fresh, markup);
    }
    document.title = page.title;
    announce(own);
    reveal();
    if (own && byId("conversation").dataset.place === spot) follow(had);
    showDialog();
  }

  // What a visitor's own act brought is shown to them, wherever they had scrolled.
  function follow(had) {
    const fresh = [...document.querySelectorAll("#conversation .msg")].filter((m) => !had.has(m.id));
    const last = fresh.sort((a, b) => time(a).localeCompare(time(b))).pop();
    if (!last) return;
    const room = Math.min(byId("conversation").clientHeight, innerHeight * 0.7);
    last.scrollIntoView({ block: last.offsetHeight > room ? "start" : "end" });
  }

  function refill(fresh) {
    const was = byId("composer-text");
    const now = fresh.querySelector("#composer-text");
    if (was && now) { was.value = now.value; grow(); slash(); }
  }

  function replace(region, fresh, markup) {
    const scrolls = "scroll" in region.dataset;
    const same = region.dataset.place === fresh.dataset.place;
    const bottom = region.scrollHeight - region.scrollTop - region.clientHeight < 80;
    const top = region.scrollTop;
    const open = [...region.querySelectorAll("details[open][id]")].map((d) => d.id);
    const focus = place(region, document.activeElement);
    region.innerHTML = markup;
    last.set(fresh.id, markup);
    for (const name of ["key", "place", "scroll"]) {
      if (name in fresh.dataset) region.dataset[name] = fresh.dataset[name];
    }
    if (same || !scrolls) for (const id of open) if (byId(id)) byId(id).open = true;
    if (focus) refocus(region, focus);
    if (scrolls) region.scrollTop = same && !bottom ? top : begin(region);
  }

  // Where reading begins: at the end, or, when the last message is longer than
  // the pane, where that message begins.
  function begin(region) {
    if (region.dataset.scroll === "top") return 0;
    const all = region.querySelectorAll(".day > .msg");
    const last = all[all.length - 1];
    if (last && last.offsetHeight > region.clientHeight) {
      return region.scrollTop + last.getBoundingClientRect().top - region.getBoundingClientRect().top - 8;
    }
    return region.scrollHeight;
  }

  // Tells those who do not see it that somebody wrote.
  let newest = "";

  function announce(own) {
    const all = document.querySelectorAll("#conversation .msg");
    const last = [...all].sort((a, b) => time(a).localeCompare(time(b))).pop();
    const id = last ? last.id : "";
    if (!own && newest && id && id !== newest) {
      const name = last.querySelector(".msg-head strong").textContent;
      const words = last.querySelector(".text, .card");
      byId("live").textContent = `${name}: ${words ? words.textContent.trim().slice(0, 160) : ""}`;
    }
    newest = id;
  }

  const time = (message) => message.querySelector(".msg-head time").dateTime;

  // Where the focus is, in words that survive a new drawing.
  function place(region, element) {
    if (!element || !region.contains(element) || element === region) return null;
    const holder = element.closest("[id]");
    const inside = holder === region ? [...region.querySelectorAll("a,button,summary,input")] : [...holder.querySelectorAll("a,button,summary,input")];
    return { holder: holder.id, index: inside.indexOf(element) };
  }

  function refocus(region, focus) {
    const holder = byId(focus.holder);
    if (!holder) return;
    const target = focus.index < 0 ? holder : holder.querySelectorAll("a,button,summary,input")[focus.index];
    if (target) target.focus({ preventScroll: true });
  }

  // Asking the server

  let asking = 0;
  let waiting = 0;

  // own is what the person did; the rest keeps the page up to date. An answer to
  // the latter counts only when nothing newer was asked or answered since: it may
  // have been drawn before the person acted, even as somebody else.
  async function ask(url, options, own) {
    const turn = ++asking;
    if (!own) waiting++;
    let page;
    try {
      const answer = await fetch(url, { credentials: "same-origin", ...options });
      if (!answer.ok) throw new Error(String(answer.status));
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!own && turn !== asking) return;
      if (own) {
        const to = new URL(answer.url);
        if (to.href !== location.href) history.pushState(null, "", to);
        if (to.searchParams.has("pane")) setPane(page.body.dataset.pane);
      }
    } catch {
      if (own) say("The playground does not answer. Please try again.");
      return;
    } finally {
      if (!own) waiting--;
    }
    if (own) asking++;
    swap(page, own);
    if (own) light();
    if (own && waiting) refresh();
  }

  const refresh = () => ask(location.href, { headers: { "X-Refresh": "1" } }, false);

  function say(text) {
    const slot = byId("notice");
    const line = document.createElement("p");
    line.className = "notice";
    line.textContent = text;
    slot.replaceChildren(line);
    last.delete("notice");
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-live]")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    for (const menu of document.querySelectorAll("details.menu[open], details.who[open]")) menu.open = false;
    if (form.id === "composer" && !body.get("text").trim()) return;
    const button = event.submitter;
    if (button) button.setAttribute("aria-disabled", "true");
    await ask(form.action, { method: "POST", body }, true);
    if (button) button.removeAttribute("aria-disabled");
    if (form.matches("[data-goto], .people")) document.activeElement?.blur();
    if (form.matches("[data-goto]")) arrive(form.closest(".step"));
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const pane = event.target.closest("[data-pane-link]");
    if (pane) {
      event.preventDefault();
      setPane(pane.dataset.paneLink);
      return;
    }
    const link = event.target.closest("a[data-live]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      const compose = "compose" in link.dataset || link.closest(".about");
      for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
      ask(link.href.split("#")[0], undefined, true).then(() => {
        setPane("talk");
        const text = byId("composer-text");
        if (compose && text) { text.focus(); text.setSelectionRange(text.value.length, text.value.length); }
        else byId("talk").focus({ preventScroll: true });
      });
      return;
    }
    const act = event.target.closest("[data-act]");
    if (act) acts[act.dataset.act](act);
  });

  window.addEventListener("popstate", () => ask(location.href, undefined, true));

  function setPane(pane) {
    document.body.dataset.pane = pane;
    for (const link of document.querySelectorAll("[data-pane-link]")) {
      if (link.dataset.paneLink === pane) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const region = byId("conversation");
    if (pane === "talk" && region) region.scrollTop = begin(region);
  }

  // Forms in front of everything

  function showDialog() {
    const dialog = document.querySelector("dialog[open]");
    if (!dialog || dialog.matches(":modal")) return;
    dialog.close();
    // On a small screen what explains gives way to what is to be filled in.
    const more = dialog.querySelector(".intro-more");
    if (more && !matchMedia("(min-width: 46rem) and (min-height: 44rem)").matches) more.open = false;
    dialog.showModal();
    const first = dialog.querySelector("[aria-invalid=true]") || dialog.querySelector("[autofocus]") || dialog.querySelector("h2");
    first.focus();
    first.scrollIntoView({ block: "nearest" });
    if (first.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      dialog.querySelector("[data-cancel]")?.click();
    });
  }

  // The composer

  function grow() {
    const text = byId("composer-text");
    if (!text || CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  }

  let chosen = -1;

  function slash() {
    const text = byId("composer-text");
    const list = byId("slash");
    if (!text || !list) return;
    const typed = text.value.toLowerCase();
    chosen = -1;
    let any = false;
    for (const option of list.children) {
      const usage = option.dataset.usage.toLowerCase();
      const fits = typed.startsWith("/") && !typed.includes("\n") && (usage.startsWith(typed) || (typed.length > 1 && typed.startsWith(`${usage.replace(/ [A-Z].*$/i, "")} `) === false && usage.includes(typed.slice(1)) && !typed.includes(" ")));
      option.hidden = !fits;
      option.removeAttribute("aria-selected");
      any = any || fits;
    }
    list.hidden = !any;
    text.removeAttribute("aria-activedescendant");
  }

  function choose(step) {
    const list = byId("slash");
    const shown = [...list.children].filter((option) => !option.hidden);
    if (!shown.length) return;
    chosen = (chosen + step + shown.length + (chosen < 0 && step < 0 ? 1 : 0)) % shown.length;
    shown.forEach((option, i) => {
      option.id = `slash-${i}`;
      option.setAttribute("aria-selected", String(i === chosen));
    });
    shown[chosen].scrollIntoView({ block: "nearest" });
    byId("composer-text").setAttribute("aria-activedescendant", shown[chosen].id);
  }

  function take(option) {
    const text = byId("composer-text");
    // What stands in capitals is for the person to fill in.
    text.value = option.dataset.usage.replace(/ [A-Z]{2,}.*$/, " ");
    text.focus();
    slash();
    byId("slash").hidden = true;
    grow();
  }

  document.addEventListener("input", (event) => {
    if (event.target.id === "composer-text") { grow(); slash(); }
  });

  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#slash [role=option]");
    if (option) { event.preventDefault(); take(option); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open], details.who[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.target.id !== "composer-text" || event.isComposing) return;
    const list = byId("slash");
    const open = !list.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (open && event.key === "Escape") {
      list.hidden = true;
    } else if (open && chosen >= 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      take(list.querySelector("[aria-selected=true]"));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      list.hidden = true;
      event.target.form.requestSubmit();
    }
  });

  // The tour

  const tour = byId("tour");
  const steps = tour ? [...tour.querySelectorAll(".step")] : [];
  const progress = { at: Number(memory.get("playground.tour") || 0), off: memory.get("playground.tour.off") === "1" };

  function drawTour() {
    if (!tour) return;
    progress.at = Math.min(Math.max(progress.at, 0), steps.length - 1);
    tour.classList.add("alive");
    tour.hidden = progress.off;
    for (const again of document.querySelectorAll(".tour-again")) again.hidden = !progress.off;
    steps.forEach((step, i) => step.classList.toggle("now", i === progress.at));
    tour.querySelector("[data-act=back]").hidden = progress.at === 0;
    tour.querySelector("[data-act=next]").textContent = progress.at === steps.length - 1 ? "Finish" : "Next";
    memory.set("playground.tour", String(progress.at));
    memory.set("playground.tour.off", progress.off ? "1" : "0");
    light();
  }

  // On the narrowest screens the tour is one line until it is opened.
  function fold(closed) {
    const toggle = tour.querySelector("[data-act=fold]");
    tour.classList.toggle("folded", closed);
    toggle.setAttribute("aria-expanded", String(!closed));
    toggle.textContent = closed ? "Open" : "Fold";
  }

  function light() {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    const step = steps[progress.at];
    if (!step || progress.off) return;
    const target = [...document.querySelectorAll("[data-target]")].find((e) => e.dataset.target === step.dataset.lit);
    if (target) target.classList.add("lit");
  }

  // Where a step happens: shows the place to look at and fills in the example.
  function arrive(step) {
    document.querySelector(".lit")?.scrollIntoView({ block: "nearest" });
    const text = byId("composer-text");
    if (text && !text.value && step.querySelector(".fills")) fill(step);
  }

  function fill(step) {
    const text = byId("composer-text");
    const lit = step.dataset.lit;
    text.value = (lit.startsWith("command:") ? `${lit.slice(8)} ` : "") + step.querySelector(".try-text").textContent;
    grow();
    slash();
  }

  function goTo(step) {
    progress.at += step;
    if (progress.at >= steps.length) progress.off = true;
    drawTour();
    if (progress.off) return;
    steps[progress.at].querySelector("form").requestSubmit();
  }

  const acts = {
    next: () => goTo(1),
    back: () => goTo(-1),
    dismiss: () => { progress.off = true; drawTour(); },
    tour: () => { progress.off = false; drawTour(); fold(false); },
    fold: () => fold(!tour.classList.contains("folded")),
    try: (button) => {
      if (!byId("composer-text")) return;
      setPane("talk");
      fill(button.closest(".step"));
      byId("composer-text").focus();
    },
    copy: async (button) => {
      const code = button.closest(".b-code, .try").querySelector("[data-copy]");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
    },
    print: () => window.print(),
  };

  // What needs this file is shown by it.
  function reveal() {
    for (const element of document.querySelectorAll("[data-js][hidden]")) {
      if (!element.classList.contains("tour-again")) element.hidden = false;
    }
  }

  // Begin

  for (const region of document.querySelectorAll("[data-region]")) last.set(region.id, region.innerHTML);
  setPane(document.body.dataset.pane);
  reveal();
  drawTour();
  if (tour) fold(true);
  announce(true);
  showDialog();
  slash();

  const events = new EventSource("/playground/events");
  // The first message too: something may have changed since the page was drawn.
  events.onmessage = refresh;
})();
