// Small comforts. Every page works without this file.
"use strict";

// A page that answered a form shows the address that it belongs to.
const stay = document.body.dataset.stay;
if (stay) history.replaceState(null, "", stay);

for (const part of document.querySelectorAll("[data-js]")) part.hidden = false;

// Questions are asked where one is, rather than on a page of their own.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sure || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    const button = form.querySelector("button");
    const dialog = document.createElement("dialog");
    const question = document.createElement("p");
    question.textContent = form.dataset.confirm;
    const yes = document.createElement("button");
    yes.className = button.classList.contains("danger") ? "button danger" : "button primary";
    yes.textContent = button.textContent;
    const no = document.createElement("button");
    no.className = "button";
    no.textContent = "No, go back";
    const row = document.createElement("div");
    row.className = "actions";
    row.append(yes, no);
    dialog.append(question, row);
    dialog.setAttribute("aria-label", form.dataset.confirm);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
    yes.addEventListener("click", () => {
      form.dataset.sure = "yes";
      for (const name of ["confirm", "label", "tone"]) {
        const input = form.querySelector(`input[name="${name}"]`);
        if (input) input.remove();
      }
      dialog.close();
      form.requestSubmit(button);
    });
    dialog.showModal();
    no.focus();
  });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// How much room is left, once it becomes scarce.
for (const field of document.querySelectorAll("[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const room = document.createElement("p");
  room.className = "field-room";
  room.setAttribute("role", "status");
  field.after(room);
  const count = () => {
    const left = limit - Array.from(field.value).length;
    room.textContent = left < 0 ? `${-left} characters too many` : left < limit / 5 ? `${left} characters left` : "";
    room.classList.toggle("over", left < 0);
  };
  field.addEventListener("input", count);
  count();
}

document.addEventListener("click", async (event) => {
  const act = event.target.closest("[data-act]");
  if (!act) return;
  if (act.dataset.act === "print") print();
  if (act.dataset.act === "copy") {
    const code = act.closest(".code-box").querySelector("[data-copy]");
    try {
      await navigator.clipboard.writeText(code.textContent.trim());
      act.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      act.textContent = "Selected: copy it now";
    }
  }
});
