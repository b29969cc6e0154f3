// Brings every player to life that is in the page and is not alive yet. A player's id stands before
// the ids of its marks, since a page may hold several.
document.querySelectorAll(".rockonet:not([data-ready])").forEach((root) => {
  root.dataset.ready = "yes";
  const audio = root.querySelector("audio"), notes = JSON.parse(root.dataset.notes);
  const roll = root.querySelector(".roll"), head = roll.querySelector(".head");
  const score = root.querySelector(".score"), line = root.querySelector(".line");
  const width = roll.viewBox.baseVal.width, seconds = Number(root.dataset.seconds);
  const inside = (id) => root.querySelector("#" + CSS.escape(root.id + id));
  const marks = notes.map((note) => note[2].map(inside).filter((mark) => mark));
  let lit = [];
  root.querySelector(".bar").hidden = false;
  root.querySelector(".loop").onchange = (e) => { audio.loop = e.target.checked; };
  root.querySelector(".speed").onchange = (e) => { audio.playbackRate = Number(e.target.value); };
  roll.onclick = (e) => {
    const box = roll.getBoundingClientRect();
    audio.currentTime = ((e.clientX - box.left) / box.width) * seconds;
  };
  const tabMark = (i) => marks[i] && marks[i].find((mark) => mark.id.startsWith(root.id + "t-"));
  const show = () => {
    const now = audio.currentTime;
    head.setAttribute("x", (now / seconds) * width);
    const sounding = [];
    let last = -1;
    notes.forEach(([begin, end], i) => {
      if (begin <= now) last = i;
      if (begin <= now && now < end) sounding.push(...marks[i]);
    });
    lit.filter((mark) => !sounding.includes(mark)).forEach((mark) => mark.classList.remove("on"));
    sounding.forEach((mark) => mark.classList.add("on"));
    lit = sounding;
    const mark = tabMark(last);
    line.style.display = mark ? "block" : "none";
    if (!mark) return;
    const frame = score.getBoundingClientRect(), here = mark.getBoundingClientRect();
    const system = mark.closest(".system").getBoundingClientRect();
    const next = tabMark(last + 1), there = next && next.getBoundingClientRect();
    let x = here.left + here.width / 2;
    if (there && next.closest(".system") === mark.closest(".system")) {
      const part = (now - notes[last][0]) / (notes[last + 1][0] - notes[last][0]);
      x += (there.left + there.width / 2 - x) * Math.min(1, part);
    }
    line.style.left = x - frame.left + "px";
    line.style.top = system.top - frame.top + "px";
    line.style.height = system.height + "px";
  };
  const run = () => { show(); if (!audio.paused) requestAnimationFrame(run); };
  audio.onplay = run;
  audio.onseeked = audio.onpause = audio.ontimeupdate = show;
});
