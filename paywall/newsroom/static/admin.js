// Keys of /admin: "/" finds a reader, "j" and "k" move from row to row, "x" ticks one, "?" lists them. And what htmx needs told: where
// links are followed without leaving the page, whatever is no page of /admin is opened as any other. All works without.
(() => {
  "use strict";
  const isTyping = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
  const links = () => [...document.querySelectorAll(".rows tbody tr")].map((row) => row.querySelector("a, button, select")).filter(Boolean);

  const move = (step) => {
    const all = links();
    const here = all.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (next) next.focus();
  };
  const tick = () => {
    const row = document.activeElement.closest(".rows tbody tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  const keys = {
    "/": () => { const box = document.getElementById("search"); if (box) { box.focus(); box.select(); } },
    "j": () => move(1),
    "k": () => move(-1),
    "x": tick,
    "?": () => { const list = document.getElementById("keys"); if (!list.open) list.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element) || isTyping(event.target)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // The invitation's preview follows the form as it is typed.
  let soon = 0;
  const show = (form) => {
    const typed = new URLSearchParams(new FormData(form));
    typed.delete("csrf_token");
    typed.delete("act");
    for (const frame of document.querySelectorAll("iframe[data-preview]")) frame.src = `${form.dataset.framed}?${typed}#invitation-headline`;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-framed]");
    if (form) { clearTimeout(soon); soon = setTimeout(show, 300, form); }
  });

  // On a phone the rooms stand in one line that is wider than the screen: the one that is open is moved into it.
  const showRoom = () => {
    const rooms = document.querySelector(".top-nav");
    const here = rooms && rooms.querySelector("[aria-current]");
    if (here) rooms.scrollLeft = here.offsetLeft - (rooms.clientWidth - here.offsetWidth) / 2;
  };
  showRoom();

  const isOurs = (answer) => new URL(answer.responseURL).pathname.startsWith("/admin") && answer.responseText.includes("/static/admin.css");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (!isOurs(answer)) { event.detail.shouldSwap = false; location.assign(answer.responseURL); }
  });
  document.addEventListener("htmx:sendError", (event) => location.assign(event.detail.pathInfo.finalRequestPath));
  document.addEventListener("htmx:afterSettle", () => {
    showRoom();
    if (document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
  });
})();
