"use strict";
// Steps through the page with buttons and arrow keys; the picture follows.
(() => {
  const panels = [...document.querySelectorAll(".panel")];
  const pictures = [...document.querySelectorAll(".picture")];
  const words = [...document.querySelectorAll(".picture [data-at]")];
  const parts = [...document.querySelectorAll(".picture [data-lit]")];
  const controls = document.querySelector(".controls");
  const status = document.querySelector(".status");
  const select = controls.querySelector("select");
  const button = (name) => controls.querySelector(`[data-go="${name}"]`);
  const has = (part, name, step) => (part.dataset[name] || "").split(" ").includes(String(step));
  const touched = matchMedia("(pointer: coarse)").matches;
  const canvas = document.querySelector(".canvas");
  let at = 0;
  let all = false;

  function draw() {
    const step = Number(panels[at].dataset.step);
    document.body.classList.toggle("stepping", !all);
    panels.forEach((panel, place) => panel.classList.toggle("current", place === at));
    pictures.forEach((picture) => picture.classList.toggle("backward", panels[at].dataset.phase === "backward"));
    words.forEach((word) => word.classList.toggle("later", !all && Number(word.dataset.at) > step));
    parts.forEach((part) => {
      part.classList.toggle("lit", !all && has(part, "lit", step));
      part.classList.toggle("own", !all && has(part, "own", step));
    });
    follow();
    button("back").disabled = all || at === 0;
    button("next").disabled = all || at === panels.length - 1;
    button("all").setAttribute("aria-pressed", String(all));
    select.disabled = all;
    select.selectedIndex = at;
    status.textContent = all ? `All ${panels.length - 1} steps` :
      at === 0 ? `${panels.length - 1} steps. ${touched ? "Tap Next" : "Press the right arrow key"} to begin.` :
      `Step ${at} of ${panels.length - 1}: ${select.options[at].text}`;
  }

  // What a step is about into the middle of a picture that is wider than the page.
  function follow() {
    const own = [...document.querySelectorAll(".picture .own")].find((part) => part.getBoundingClientRect().width);
    if (!own) return;
    const box = own.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
    canvas.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
  }

  // A picture that had to shrink can be had in its own size.
  function size() {
    const picture = pictures.find((drawn) => drawn.getBoundingClientRect().width) || pictures[0];
    const large = canvas.classList.contains("large");
    button("size").hidden = !large && picture.getBoundingClientRect().width > 0.84 * picture.getAttribute("width");
    button("size").setAttribute("aria-pressed", String(large));
  }

  function go(place) {
    at = Math.max(0, Math.min(panels.length - 1, place));
    all = false;
    draw();
  }

  // To another step; where it asks something, its first answer can be typed at once.
  function turn(place) {
    go(place);
    const input = panels[at].querySelector("input");
    if (input) input.focus({ preventScroll: true });
    else if (document.activeElement.matches("input")) document.activeElement.blur();
  }

  const keys = { ArrowRight: () => turn(at + 1), ArrowLeft: () => turn(at - 1), Home: () => turn(0), End: () => turn(panels.length - 1) };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    const busy = typing && (typing.value || typing.matches("select"));
    if (busy || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  button("back").addEventListener("click", () => turn(at - 1));
  button("next").addEventListener("click", () => turn(at + 1));
  button("all").addEventListener("click", () => { all = !all; draw(); });
  button("size").addEventListener("click", () => { canvas.classList.toggle("large"); size(); follow(); });
  addEventListener("resize", size);
  select.addEventListener("change", () => go(select.selectedIndex));

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  controls.hidden = false;
  size();
  const wanted = panels.findIndex((panel) => panel.id && `#${panel.id}` === location.hash);
  go(wanted === -1 ? (panels.length === 2 ? 1 : 0) : wanted);
})();
