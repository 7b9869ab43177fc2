"use strict";
// One slide at a time: arrow keys, space, Page Up and Down (as presenters send), a swipe, buttons.
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const bar = document.querySelector(".bar");
  const where = bar.querySelector(".where");
  const button = (name) => bar.querySelector(`[data-go="${name}"]`);
  let at = 0;

  function go(place) {
    at = Math.max(0, Math.min(slides.length - 1, place));
    document.body.classList.remove("hiding");
    slides.forEach((slide, number) => {
      slide.classList.toggle("current", number === at);
      slide.setAttribute("aria-hidden", String(number !== at));
    });
    slides[at].scrollTop = 0;
    fit(slides[at]);
    button("back").disabled = at === 0;
    button("next").disabled = at === slides.length - 1;
    button("hide").setAttribute("aria-pressed", "false");
    where.textContent = `${at + 1} of ${slides.length}`;
    location.replace(`#${at + 1}`);
  }

  // The step is made smaller until it fits under its drawing, but not so small that the last row cannot read it.
  function fit(slide) {
    const step = slide.querySelector(".step");
    if (!step) return;
    step.style.zoom = 1;
    const over = slide.scrollHeight - slide.clientHeight;
    if (over > 0) step.style.zoom = Math.max(0.6, 1 - over / step.offsetHeight);
  }

  function hide() {
    const hidden = document.body.classList.toggle("hiding");
    button("hide").setAttribute("aria-pressed", String(hidden));
  }

  const keys = {
    ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1,
    Home: -Infinity, End: Infinity,
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onButton = event.target.closest("button") && (event.key === " " || event.key === "Enter");
    if (onButton) return;
    if (event.key === "h" || event.key === "H") hide();
    else if (keys[event.key]) go(at + keys[event.key]);
    else return;
    event.preventDefault();
  });
  button("back").addEventListener("click", () => go(at - 1));
  button("next").addEventListener("click", () => go(at + 1));
  button("hide").addEventListener("click", hide);
  let start = null;
  document.addEventListener("touchstart", (event) => { start = event.changedTouches[0].clientX; }, { passive: true });
  document.addEventListener("touchend", (event) => {
    const moved = event.changedTouches[0].clientX - start;
    if (Math.abs(moved) > 60) go(at - Math.sign(moved));
  }, { passive: true });
  addEventListener("resize", () => fit(slides[at]));
  document.body.classList.add("showing");
  go((parseInt(location.hash.slice(1), 10) || 1) - 1);
})();
