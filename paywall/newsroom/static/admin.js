// Keys of /admin: "/" finds a reader, "j" and "k" move from row to row, "?" lists them. Everything works without it.
(() => {
  "use strict";
  const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  const links = () => [...document.querySelectorAll(".rows tbody tr")].map((row) => row.querySelector("a, button, select")).filter(Boolean);

  const move = (step) => {
    const all = links();
    const here = all.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (next) next.focus();
  };
  const keys = {
    "/": () => { const box = document.getElementById("search"); if (box) { box.focus(); box.select(); } },
    "j": () => move(1),
    "k": () => move(-1),
    "?": () => { const list = document.getElementById("keys"); if (!list.open) list.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element) || isTyping(event.target)) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
