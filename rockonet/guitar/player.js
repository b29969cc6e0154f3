// The player of a riff: sound in stems, piano roll and score, to practise with.
//
// One plain module for two uses. As an anywidget it exports `initialize` and `render`; in a page
// without a kernel it starts what stands there as HTML. Nothing is fetched: the sounds
// come with the page or from the kernel. Its parts, top to bottom: state, sound, time stretch,
// picture, controls, keys.

const SPEEDS = { least: 25, most: 125, step: 5 };
const FADE = 0.005; // seconds over which one stretch of sound goes over into the next
const AHEAD = 0.6; // seconds before its begin in which a stretch is made ready
const LONGEST = 6; // seconds of sound that are stretched at once
const DRAG = 8; // pixels from which a press is a drag
const KEYS = [
  ["Space", "play, stop"],
  ["← →", "a bar back, a bar on"],
  ["Home", "to the start"],
  ["L", "loop on, off"],
  ["[ ]", "the loop begins, ends with this bar"],
  ["− +", "slower, faster"],
  ["1 to 4", "mute guitar, bass, drums, click"],
  ["F", "full screen, for a projector"],
];

// What all players of a page share, also those of another copy of this module.
const page = (globalThis.rockonetPlayers ??= { models: new Map(), states: new Map() });

// State ------------------------------------------------------------------------------------------

/** The state of a player without a kernel, with what of a widget's model is used here. */
function ownState(values) {
  const heard = new EventTarget();
  return {
    get: (name) => values[name],
    set(name, value) {
      if (same(values[name], value)) return;
      values[name] = value;
      heard.dispatchEvent(new Event(`change:${name}`));
    },
    save_changes() {},
    on: (name, told) => heard.addEventListener(name, told),
    off: (name, told) => heard.removeEventListener(name, told),
  };
}

const STATE = ["playing", "bar", "loop", "speed", "count_in", "trainer", "muted", "solo"];
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Keep the state of a player in the page and that of its widget in the kernel alike. */
function tie(own, model) {
  const weak = new WeakRef(own); // a widget outlives the cell that showed it
  for (const name of STATE) {
    own.on(`change:${name}`, () => {
      if (same(model.get(name), own.get(name))) return;
      model.set(name, own.get(name));
      model.save_changes();
    });
    model.on(`change:${name}`, () => weak.deref()?.set(name, model.get(name)));
    own.set(name, model.get(name));
  }
}

// Sound ------------------------------------------------------------------------------------------

/** Plays stems in step: whole, from a place on, or a loop; at any speed with the pitch kept. */
class Band {
  constructor(song, fetchStems, changed) {
    Object.assign(this, { song, fetchStems, changed });
    this.pieces = []; // what is on its way to the loudspeaker, in order
    this.place = 0; // seconds of the song, while nothing plays
    this.gains = {};
  }

  async ready() {
    page.context ??= new AudioContext();
    await page.context.resume();
    if (this.stems) return;
    const files = await this.fetchStems();
    const decoded = await Promise.all(
      Object.entries(files).map(async ([name, bytes]) => [
        name,
        await page.context.decodeAudioData(bytes.slice().buffer),
      ]),
    );
    this.stems = Object.fromEntries(decoded);
    for (const name of Object.keys(this.stems)) {
      this.gains[name] = new GainNode(page.context);
      this.gains[name].connect(page.context.destination);
    }
    this.mix(this.mixed ?? {});
  }

  /** How loud each stem is, from 0 to 1. */
  mix(levels) {
    this.mixed = levels;
    for (const [name, gain] of Object.entries(this.gains)) gain.gain.value = levels[name] ?? 1;
  }

  /** Play what `next` names one after the other: it is given where the last piece ended. */
  start(next) {
    this.silence();
    this.next = next;
    this.playing = true;
    this.until = page.context.currentTime + 0.05;
    this.latest = null;
    this.fill();
    this.timer = setInterval(() => this.fill(), 100);
  }

  stop() {
    this.place = this.now();
    this.silence();
  }

  silence() {
    clearInterval(this.timer);
    this.playing = false;
    for (const piece of this.pieces) piece.sources.forEach((source) => source.stop());
    this.pieces = [];
  }

  /** Forget the decoded sounds: they are as large as a song on a compact disc. */
  release() {
    this.stop();
    Object.values(this.gains).forEach((gain) => gain.disconnect());
    this.gains = {};
    this.stems = this.stretched = null;
  }

  fill() {
    const now = page.context.currentTime;
    while (this.until - now < AHEAD) {
      const piece = this.next(this.latest);
      if (!piece) break;
      this.latest = piece;
      this.schedule(piece);
    }
    this.pieces = this.pieces.filter((piece) => piece.until > now - 0.5);
    if (now > this.until) {
      this.silence();
      this.place = this.song.seconds;
      this.changed();
    }
  }

  schedule(piece) {
    const { from, to, speed } = piece;
    const at = Math.max(this.until, page.context.currentTime + 0.02);
    const seconds = ((to - from) / speed) * 100;
    const stems = speed === 100 ? this.stems : this.slowed(from, to, speed);
    const begin = speed === 100 ? from : 0;
    piece.sources = Object.entries(stems).map(([name, buffer]) => {
      const source = new AudioBufferSourceNode(page.context, { buffer });
      const edge = new GainNode(page.context, { gain: 0 });
      edge.gain.setValueAtTime(0, at);
      edge.gain.linearRampToValueAtTime(1, at + FADE);
      edge.gain.setValueAtTime(1, at + seconds);
      edge.gain.linearRampToValueAtTime(0, at + seconds + FADE);
      source.connect(edge).connect(this.gains[name]);
      source.start(at, begin, seconds + FADE);
      source.onended = () => edge.disconnect();
      return source;
    });
    Object.assign(piece, { at, until: at + seconds });
    this.until = piece.until;
    this.pieces.push(piece);
  }

  /** The stems from one second to another at a speed; the last answers are kept for loops. */
  slowed(from, to, speed) {
    const key = `${from} ${to} ${speed}`;
    this.stretched ??= new Map();
    if (!this.stretched.has(key)) {
      if (this.stretched.size > 3) this.stretched.delete(this.stretched.keys().next().value);
      this.stretched.set(key, stretch(this.stems, from, to + 0.05, speed / 100));
    }
    return this.stretched.get(key);
  }

  /** The piece that is heard now. */
  current() {
    const now = page.context ? page.context.currentTime - (page.context.outputLatency || 0) : 0;
    return this.pieces.findLast((piece) => piece.at <= now) ?? this.pieces[0];
  }

  /** Where the music is, in seconds of the song. */
  now() {
    const piece = this.playing && this.current();
    if (!piece) return this.place;
    const late = page.context.currentTime - (page.context.outputLatency || 0) - piece.at;
    return Math.min(piece.to, piece.from + (Math.max(0, late) * piece.speed) / 100);
  }
}

// Time stretch -----------------------------------------------------------------------------------

/**
 * Stems from one second to another, faster or slower by a factor, at the same pitch.
 *
 * Overlap-add: slices are laid over each other closer or wider, each moved by up to 12 ms so that
 * it goes on as the one before would have (WSOLA: Verhelst and Roelands, 1993). All stems are moved
 * alike, so they stay in step. The first slice is never moved: a loop begins on its bar line.
 */
export function stretch(stems, from, to, factor) {
  const buffers = Object.values(stems);
  const rate = buffers[0].sampleRate;
  const hop = Math.round(0.03 * rate);
  const seek = Math.round(0.012 * rate);
  const begin = Math.round(from * rate);
  const length = Math.max(1, Math.round(((to - from) * rate) / factor));
  const window = Float32Array.from({ length: 2 * hop }, (_, i) =>
    0.5 - 0.5 * Math.cos((Math.PI * i) / hop));
  const THIN = 6; // a likeness is heard in every sixth sample
  const heard = thinned(buffers, THIN);
  const places = [begin - hop]; // the first slice is loudest where the sound begins
  for (let k = 1; k * hop < length + hop; k += 1) {
    const wanted = begin - hop + Math.round(k * hop * factor);
    const natural = places[k - 1] + hop;
    places.push(likest(heard, natural, wanted, hop, seek, THIN));
  }
  const made = Object.entries(stems).map(([name, buffer]) => {
    const out = new AudioBuffer({
      length, sampleRate: rate, numberOfChannels: buffer.numberOfChannels,
    });
    for (let side = 0; side < buffer.numberOfChannels; side += 1) {
      const source = buffer.getChannelData(side);
      const target = out.getChannelData(side);
      places.forEach((place, k) => {
        const start = (k - 1) * hop;
        const first = Math.max(0, -start, -place);
        const last = Math.min(2 * hop, length - start, source.length - place);
        for (let i = first; i < last; i += 1) target[start + i] += source[place + i] * window[i];
      });
    }
    return [name, out];
  });
  return Object.fromEntries(made);
}

/** All stems as one, of every so manieth sample the mean. */
function thinned(buffers, thin) {
  const sum = new Float32Array(Math.ceil(Math.max(...buffers.map((b) => b.length)) / thin));
  for (const buffer of buffers) {
    const samples = buffer.getChannelData(0);
    for (let i = 0; i + thin <= samples.length; i += thin) {
      let total = 0;
      for (let j = 0; j < thin; j += 1) total += samples[i + j];
      sum[i / thin] += total;
    }
  }
  return sum;
}

/** The place near the wanted one from which the sound is most like that at the natural one. */
function likest(heard, natural, wanted, hop, seek, thin) {
  const at = Math.round(natural / thin);
  const span = Math.round(hop / thin);
  const reach = Math.round(seek / thin);
  let best = -Infinity;
  let place = wanted;
  for (let shift = -reach; shift <= reach; shift += 1) {
    const other = Math.round(wanted / thin) + shift;
    if (other < 0 || at < 0) continue;
    let like = 0;
    let strength = 1e-9;
    for (let i = 0; i < span; i += 2) {
      const sample = heard[other + i] || 0;
      like += (heard[at + i] || 0) * sample;
      strength += sample * sample;
    }
    const found = like / Math.sqrt(strength) - Math.abs(shift) * 1e-9;
    if (found > best) {
      best = found;
      place = other * thin;
    }
  }
  return place;
}

// Picture ----------------------------------------------------------------------------------------

/** Piano roll and score with what moves over them: the cursor, lit notes, the loop. */
class Picture {
  constructor(root, song) {
    Object.assign(this, { root, song, lit: [] });
    this.roll = root.querySelector(".roll");
    this.head = root.querySelector(".head");
    this.region = root.querySelector(".region");
    this.score = root.querySelector(".score");
    this.line = root.querySelector(".line");
    this.measures = [...this.score.querySelectorAll("g.measure")];
    this.marks = song.notes.map(([, , ids]) =>
      ids.map((id) => root.querySelector(`#${CSS.escape(song.mark + id)}`)).filter(Boolean));
    this.tabs = this.marks.map((marks) => marks.find((mark) => mark.id.includes("-t-")));
  }

  show(now) {
    const { notes, seconds } = this.song;
    this.head.setAttribute("x", (now / seconds) * this.roll.viewBox.baseVal.width);
    const sounding = new Set();
    let last = -1;
    notes.forEach(([begin, end], i) => {
      if (begin <= now) last = i;
      if (begin <= now && now < end) this.marks[i].forEach((mark) => sounding.add(mark));
    });
    this.lit.filter((mark) => !sounding.has(mark)).forEach((mark) => mark.classList.remove("on"));
    sounding.forEach((mark) => mark.classList.add("on"));
    this.lit = [...sounding];
    this.moveLine(now, last);
  }

  moveLine(now, last) {
    const mark = this.tabs[last];
    this.line.hidden = !mark;
    if (!mark) return;
    const frame = this.score.getBoundingClientRect();
    const system = mark.closest(".system");
    const box = system.getBoundingClientRect();
    const next = this.tabs[last + 1];
    let x = middle(mark);
    if (next?.closest(".system") === system) {
      const { notes } = this.song;
      const part = (now - notes[last][0]) / (notes[last + 1][0] - notes[last][0]);
      x += (middle(next) - x) * Math.min(1, part);
    }
    const left = x - frame.left + this.score.scrollLeft;
    this.line.style.left = `${left}px`;
    this.line.style.top = `${box.top - frame.top}px`;
    this.line.style.height = `${box.height}px`;
    this.left = left;
    this.system = system;
  }

  /** Keep the cursor in sight within the score, which may be wider than the page. */
  follow() {
    const { score, left } = this;
    if (left < score.scrollLeft || left > score.scrollLeft + 0.85 * score.clientWidth) {
      score.scrollLeft = Math.max(0, left - 0.15 * score.clientWidth);
    }
  }

  /** Keep the line of music that plays in sight, if the player is. */
  followDown() {
    if (this.system && this.system !== this.followed) {
      const box = this.system.getBoundingClientRect();
      const seen = this.root.getBoundingClientRect();
      const inSight = seen.bottom > 0 && seen.top < innerHeight;
      if (this.followed && inSight && (box.top < 0 || box.bottom > innerHeight)) {
        this.system.scrollIntoView({ block: "center", inline: "nearest" });
      }
      this.followed = this.system;
    }
  }

  /** Show a loop of bars, or none, over roll and score. */
  mark(loop) {
    const { song, score } = this;
    this.region.setAttribute("visibility", loop.length ? "visible" : "hidden");
    score.querySelectorAll(".region").forEach((old) => old.remove());
    if (!loop.length) return;
    const scale = this.roll.viewBox.baseVal.width / song.seconds;
    const [from, to] = secondsOf(song, loop);
    this.region.setAttribute("x", from * scale);
    this.region.setAttribute("width", (to - from) * scale);
    const frame = score.getBoundingClientRect();
    for (const measure of this.measures.slice(loop[0] - 1, loop[1])) {
      const box = staves(measure);
      const shade = make("div", { class: "region" });
      shade.style.left = `${box.left - frame.left + score.scrollLeft}px`;
      shade.style.top = `${box.top - frame.top}px`;
      shade.style.width = `${box.width}px`;
      shade.style.height = `${box.height}px`;
      score.append(shade);
    }
  }

  /** The second of the song at a point of the roll or of the score. */
  secondAt(x, y, inScore) {
    if (!inScore) {
      const box = this.roll.getBoundingClientRect();
      return between(0, (x - box.left) / box.width, 1) * this.song.seconds;
    }
    const far = (measure) => {
      const box = staves(measure);
      return 1e4 * outside(box.top, y, box.bottom) + outside(box.left, x, box.right);
    };
    const measure = this.measures.reduce((a, b) => (far(b) < far(a) ? b : a));
    const bar = this.measures.indexOf(measure) + 1;
    const [begin, end] = secondsOf(this.song, [bar, bar]);
    const box = staves(measure);
    const points = [[box.left, begin]];
    this.song.notes.forEach(([second], i) => {
      if (this.tabs[i] && second >= begin - 1e-3 && second < end - 1e-3) {
        points.push([middle(this.tabs[i]), second]);
      }
    });
    points.push([box.right, end - 0.01]);
    const next = Math.max(1, points.findIndex(([left]) => left > x));
    if (x >= box.right) return end - 0.01;
    const [[left, early], [right, later]] = points.slice(next - 1, next + 1);
    return early + between(0, (x - left) / (right - left || 1), 1) * (later - early);
  }
}

const between = (least, x, most) => Math.min(most, Math.max(least, x));
const outside = (low, x, high) => Math.max(0, low - x, x - high);
/** The box of the lines of a bar, without what stands over it. */
const staves = (measure) => {
  const lines = [...measure.querySelectorAll("g.staff > path")];
  const boxes = (lines.length ? lines : [measure]).map((line) => line.getBoundingClientRect());
  const [left, top] = ["left", "top"].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] = ["right", "bottom"].map((side) =>
    Math.max(...boxes.map((box) => box[side])));
  return { left, top, right, bottom, width: right - left, height: bottom - top };
};
const middle = (mark) => {
  const box = mark.getBoundingClientRect();
  return box.left + box.width / 2;
};
const secondsOf = (song, [first, last]) => [
  song.lead + (first - 1) * song.bar_seconds,
  Math.min(song.seconds, song.lead + last * song.bar_seconds),
];
const barAt = (song, second) =>
  between(0, Math.floor((second - song.lead) / song.bar_seconds + 1e-6) + 1, song.bars);

// Controls ---------------------------------------------------------------------------------------

/** An element with attributes and children; texts are shown as they are. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Everything that can be clicked or pressed, and what it does to the state. */
class Controls {
  constructor(player) {
    const { song, state } = player;
    const act = (name) => () => player[name]();
    const box = (name, label, title) =>
      make("input", {
        type: "checkbox", title, "aria-label": label,
        change: (e) => state.set(name, e.target.checked),
      });
    const bars = (place, label) =>
      make(
        "select",
        { "aria-label": label, title: `${label} ([ or ])`,
          change: (e) => player.loopFrom(place, Number(e.target.value)) },
        ...Array.from({ length: song.bars }, (_, i) => make("option", { value: i + 1 }, `${i + 1}`)),
      );
    this.play = make("button", { class: "play", click: act("toggle") });
    this.time = make("span", { class: "time" });
    this.loop = make("input", {
      type: "checkbox", title: "Repeat these bars (L)", "aria-label": "loop",
      change: act("toggleLoop"),
    });
    this.first = bars(0, "first bar of the loop");
    this.last = bars(1, "last bar of the loop");
    this.countIn = box("count_in", "count-in", "A bar of sticks before bar 1 and before each round");
    this.trainer = box("trainer", "faster each round", `Each round of the loop ${SPEEDS.step} % faster, up to full speed`);
    this.speed = make("output", { class: "speed" });
    this.stems = song.stems.map((name, i) => [
      name,
      make("button", { "aria-label": `mute ${name}`, title: `Silence ${name} (${i + 1})`,
        click: () => player.mute(name) }, "mute"),
      make("button", { "aria-label": `solo ${name}`, title: `Hear ${name} alone`,
        click: () => state.set("solo", state.get("solo") === name ? "" : name) }, "solo"),
    ]);
    const group = (label, ...children) =>
      make("div", { role: "group", "aria-label": label, class: "group" }, ...children);
    const labelled = (input, words) => make("label", {}, input, words);
    const keys = make("details", { class: "keys" },
      make("summary", { title: "What the keys do" }, "keys"),
      make("dl", {}, ...KEYS.flatMap(([key, does]) => [make("dt", {}, key), make("dd", {}, does)])));
    this.bar = make("div", { class: "bar" },
      group("playing", this.play,
        make("button", { title: "Back to the start (Home)", click: act("toStart") }, "to start"),
        this.time),
      group("how fast",
        make("button", { title: "Slower (−)", "aria-label": "slower", click: () => player.faster(-1) }, "−"),
        this.speed,
        make("button", { title: "Faster (+)", "aria-label": "faster", click: () => player.faster(1) }, "+"),
        labelled(this.trainer, "faster each round")),
      group("which bars", labelled(this.loop, "loop"), "bars", this.first, "to", this.last,
        song.lead > 0 ? labelled(this.countIn, "count-in") : ""),
      ...this.stems.map(([name, mute, solo]) => group(name, make("b", {}, name), mute, solo)),
      group("view", make("button", { title: "Fill the screen, for a projector (F)", click: act("fullScreen") }, "full screen"), keys));
    this.problem = make("p", { class: "problem", role: "alert", hidden: true });
    this.place = player.root.querySelector(".place");
    for (const [name, value] of Object.entries({
      role: "slider", tabindex: 0, "aria-label": "bar that plays", "aria-valuemin": 0,
      "aria-valuemax": song.bars,
    })) this.place.setAttribute(name, value);
  }

  /** Show where the music is. */
  move(song, now) {
    const bar = barAt(song, now);
    const where = bar ? `bar ${bar} of ${song.bars}` : "count-in";
    this.time.textContent = `${clock(now)} / ${clock(song.seconds)} · ${where}`;
    this.place.setAttribute("aria-valuenow", bar);
    this.place.setAttribute("aria-valuetext", where);
  }

  /** Show the state. */
  show(state, chosen) {
    const playing = state.get("playing");
    this.play.textContent = playing ? "■ stop" : "▶ play";
    this.play.title = playing ? "Stop (Space)" : "Play (Space)";
    this.speed.textContent = `${state.get("speed")} %`;
    const loop = state.get("loop");
    this.loop.checked = loop.length > 0;
    [this.first.value, this.last.value] = loop.length ? loop : chosen;
    this.countIn.checked = state.get("count_in");
    this.trainer.checked = state.get("trainer");
    for (const [name, mute, solo] of this.stems) {
      mute.setAttribute("aria-pressed", state.get("muted").includes(name));
      solo.setAttribute("aria-pressed", state.get("solo") === name);
    }
  }
}

const clock = (seconds) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// The player -------------------------------------------------------------------------------------

/** One player in a page: its state, its sound, its picture and its controls. */
class Player {
  constructor(root, song, state, fetchStems) {
    Object.assign(this, { root, song, state });
    this.chosen = [1, song.bars];
    this.band = new Band(song, fetchStems, () => this.state.set("playing", false));
    this.picture = new Picture(root, song);
    this.controls = new Controls(this);
    root.prepend(this.controls.bar, this.controls.problem);
    root.tabIndex = -1;
    root.dataset.lmSuppressShortcuts = "true"; // JupyterLab leaves its keys alone here
    root.addEventListener("keydown", (e) => this.key(e));
    this.listen();
    this.draggable(this.controls.place, false);
    this.draggable(this.picture.score, true);
    new ResizeObserver(() => this.refresh()).observe(root);
    this.mix();
    this.goTo(state.get("count_in") ? 0 : song.lead);
  }

  listen() {
    const on = (name, told) => this.state.on(`change:${name}`, told);
    on("playing", () => this.playOrStop());
    for (const name of ["loop", "speed", "count_in"]) {
      on(name, () => {
        if (name === "loop" && this.state.get("loop").length) this.chosen = this.state.get("loop");
        if (this.followed !== this.state.get("speed")) this.again();
        this.refresh();
      });
    }
    for (const name of ["muted", "solo"]) on(name, () => { this.mix(); this.refresh(); });
    on("trainer", () => {
      if (this.state.get("trainer") && !this.state.get("loop").length) this.toggleLoop();
      this.refresh();
    });
    const weak = new WeakRef(this); // the document outlives the cell that showed it
    document.addEventListener("play", (e) => weak.deref()?.othersPlay(e.target), true);
    document.addEventListener("rockonet-play", (e) => weak.deref()?.othersPlay(e.detail));
  }

  othersPlay(which) {
    if (which === this.root) return;
    if (this.state.get("playing")) this.state.set("playing", false);
    if (this.band.stems) this.band.release();
  }

  async playOrStop() {
    if (!this.root.isConnected) { // its cell was cleared
      this.band.silence();
      return;
    }
    if (!this.state.get("playing")) {
      this.band.stop();
      this.save();
      this.refresh();
      return;
    }
    this.refresh();
    document.querySelectorAll("audio").forEach((audio) => audio.pause());
    document.dispatchEvent(new CustomEvent("rockonet-play", { detail: this.root }));
    try {
      await this.band.ready();
    } catch (error) {
      this.say(`This browser cannot play the sound (${error.message}). Save the riff as .mp3 and play that.`);
      this.state.set("playing", false);
      return;
    }
    if (!this.state.get("playing")) return; // stopped before it began
    this.mix();
    this.begin();
    this.run();
  }

  /** Play from the place where it stands. */
  begin() {
    const { song, state } = this;
    const ended = this.band.place > song.seconds - 0.05;
    if (ended || this.band.place < this.start()) this.band.place = this.start();
    const loop = state.get("loop");
    if (loop.length) {
      const [from, to] = secondsOf(song, loop);
      const inside = this.band.place >= from - 1e-3 && this.band.place < to - 0.05;
      if (!inside) this.band.place = from;
      this.counted = inside && this.band.place > from + 0.05;
    }
    this.band.start((piece) => this.next(piece));
  }

  /** What is played after a piece; nothing at the end of the song. */
  next(before) {
    const { song, state } = this;
    const loop = state.get("loop");
    const [from, to] = loop.length ? secondsOf(song, loop) : [0, song.seconds];
    let place = before ? before.to : this.band.place;
    let speed = before?.goes ?? state.get("speed");
    if (loop.length && before && !before.counts && place >= to - 1e-3) {
      place = from;
      this.counted = false;
      if (state.get("trainer") && speed < 100) speed = Math.min(100, speed + SPEEDS.step);
    }
    if (loop.length && !this.counted && state.get("count_in") && song.lead > 0) {
      this.counted = true;
      return { from: 0, to: song.lead, speed, goes: speed, counts: true };
    }
    this.counted = true;
    if (before?.counts) place = from;
    if (place >= to - 1e-3) return null;
    const longest = speed === 100 ? Infinity : this.wholeBars(place, (LONGEST * speed) / 100);
    return { from: place, to: Math.min(to, place + longest), speed, goes: speed };
  }

  /** So many seconds from a place on, or some less, so that they end on a bar line. */
  wholeBars(place, seconds) {
    const { lead, bar_seconds: bar } = this.song;
    const end = lead + Math.floor((place + seconds - lead) / bar + 1e-6) * bar;
    return end > place + 0.1 ? end - place : seconds;
  }

  again() {
    if (!this.band.playing) return;
    this.band.stop();
    this.begin();
  }

  run() {
    this.draw();
    if (!this.band.playing) return;
    const piece = this.band.current();
    if (piece && piece.speed !== this.state.get("speed")) { // the trainer goes faster
      this.followed = piece.speed;
      this.state.set("speed", piece.speed);
      this.followed = null;
      this.save();
    }
    const bar = barAt(this.song, this.band.now());
    if (bar !== this.state.get("bar")) {
      this.state.set("bar", bar);
      this.save();
    }
    this.picture.follow();
    this.picture.followDown();
    if (!this.root.isConnected) this.state.set("playing", false); // its cell was cleared
    else requestAnimationFrame(() => this.run());
  }

  draw() {
    if (!this.root.isConnected) return;
    const now = this.band.now();
    this.controls.move(this.song, now);
    this.picture.show(now);
  }

  /** Draw what changes with the state or with the size of the page. */
  refresh() {
    if (!this.root.isConnected) return;
    this.controls.show(this.state, this.chosen);
    this.picture.mark(this.state.get("loop"));
    this.draw();
  }

  say(words) {
    this.controls.problem.textContent = words;
    this.controls.problem.hidden = false;
  }

  mix() {
    const { song, state } = this;
    const solo = state.get("solo");
    const heard = (name) => (solo ? name === solo : !state.get("muted").includes(name));
    this.band.mix(Object.fromEntries(song.stems.map((name) => [name, heard(name) ? 1 : 0])));
  }

  save() {
    this.state.save_changes();
    this.draw();
  }

  set(name, value) {
    this.state.set(name, value);
    this.save();
  }

  start() {
    return this.state.get("count_in") ? 0 : this.song.lead;
  }

  // What the controls and the keys do.
  toggle() { this.set("playing", !this.state.get("playing")); }
  toStart() { this.goTo(this.state.get("loop").length ? secondsOf(this.song, this.chosen)[0] : this.start()); }
  toggleLoop() { this.set("loop", this.state.get("loop").length ? [] : this.chosen); }
  faster(steps) {
    const speed = this.state.get("speed") + steps * SPEEDS.step;
    this.set("speed", between(SPEEDS.least, speed, SPEEDS.most));
  }
  mute(name) {
    const muted = this.state.get("muted");
    this.set("muted", muted.includes(name) ? muted.filter((one) => one !== name) : [...muted, name]);
  }
  loopFrom(place, bar) {
    const loop = [...(this.state.get("loop").length ? this.state.get("loop") : this.chosen)];
    loop[place] = bar;
    if (loop[0] > loop[1]) loop[1 - place] = bar;
    this.set("loop", loop);
  }
  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  goTo(second) {
    const playing = this.band.playing;
    if (playing) this.band.silence();
    this.band.place = between(0, second, this.song.seconds - 0.01);
    const loop = this.state.get("loop");
    if (loop.length && playing) {
      const [from, to] = secondsOf(this.song, loop);
      if (this.band.place < from - 1e-3 || this.band.place >= to) this.state.set("loop", []);
    }
    this.counted = true;
    if (playing) this.begin();
    this.state.set("bar", barAt(this.song, this.band.place));
    this.save();
    this.picture.follow();
  }

  goBars(bars) {
    const bar = barAt(this.song, this.band.now() + 0.02) + bars;
    this.goTo(bar < 1 ? this.start() : secondsOf(this.song, [Math.min(bar, this.song.bars), 0])[0]);
  }

  /** A click goes there, a drag chooses the bars of a loop; in the score a finger scrolls. */
  draggable(where, inScore) {
    let from = null;
    const second = (e) => this.picture.secondAt(e.clientX, e.clientY, inScore);
    const bars = (e) => {
      const both = [from.second, second(e)].sort((a, b) => a - b);
      return both.map((one) => Math.max(1, barAt(this.song, one)));
    };
    const dragged = (e) =>
      Math.hypot(e.clientX - from.x, e.clientY - from.y) > DRAG && !(inScore && e.pointerType === "touch");
    where.addEventListener("pointerdown", (e) => {
      if (e.button === 0) from = { x: e.clientX, y: e.clientY, second: second(e) };
    });
    where.addEventListener("pointermove", (e) => {
      if (!from || !dragged(e)) return;
      where.setPointerCapture(e.pointerId);
      this.picture.mark(bars(e));
      e.preventDefault();
    });
    where.addEventListener("pointerup", (e) => {
      if (!from) return;
      if (dragged(e)) this.set("loop", bars(e));
      else this.goTo(second(e));
      from = null;
      this.root.focus({ preventScroll: true });
    });
    where.addEventListener("pointercancel", () => { from = null; this.refresh(); });
  }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const tag = e.target.tagName;
    if (tag === "SELECT" || (e.key === " " && ["BUTTON", "INPUT", "SUMMARY"].includes(tag))) return;
    const bar = Math.max(1, barAt(this.song, this.band.now()));
    const does = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.goBars(-1), ArrowRight: () => this.goBars(1),
      Home: () => this.toStart(),
      l: () => this.toggleLoop(),
      "[": () => this.loopFrom(0, bar), "]": () => this.loopFrom(1, bar),
      "-": () => this.faster(-1), "−": () => this.faster(-1),
      "+": () => this.faster(1), "=": () => this.faster(1),
      f: () => this.fullScreen(),
    }[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    const stem = this.song.stems[Number(e.key) - 1];
    if (!does && !stem) return;
    e.preventDefault();
    e.stopPropagation();
    if (does) does();
    else this.mute(stem);
  }
}

// How it comes into a page -------------------------------------------------------------------------

/** A widget was made: if its HTML stands in the page, or will, both have one state. */
function initialize({ model }) {
  const mark = model.get("_song").mark;
  page.models.set(mark, model);
  const own = page.states.get(mark)?.deref();
  if (own?.root?.isConnected) tie(own, model); // not one that an earlier kernel left behind
  return () => {
    if (page.models.get(mark) === model) page.models.delete(mark);
  };
}

/** A widget is shown: its picture comes with it, its sounds when they are first played. */
function render({ model, el }) {
  el.innerHTML = model.get("_picture");
  const fetchStems = () =>
    new Promise((resolve) => {
      const arrived = (what, buffers) => {
        if (what.stems) {
          model.off("msg:custom", arrived);
          resolve(Object.fromEntries(what.stems.map((name, i) => [name, bytesOf(buffers[i])])));
        }
      };
      model.on("msg:custom", arrived);
      model.send({ wants: "stems" });
    });
  const root = el.querySelector(".rockonet");
  root.dataset.ready = "yes";
  const state = ownState({});
  tie(state, model);
  const player = new Player(root, model.get("_song"), state, fetchStems);
  return () => player.band.release();
}

const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** Start every player that stands in the page as HTML and is not started yet. */
function bringToLife() {
  document.querySelectorAll(".rockonet:not([data-ready])").forEach((root) => {
    const data = root.querySelector('script[type="application/json"]');
    if (!data) return;
    root.dataset.ready = "yes";
    const song = JSON.parse(data.textContent);
    const files = {};
    root.querySelectorAll(".sounds audio").forEach((audio) => {
      const binary = atob(audio.src.split(",")[1]);
      files[audio.dataset.stem] = Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
    });
    root.querySelector(".sounds").remove();
    const state = ownState({
      playing: false, bar: 0, loop: [], speed: 100, count_in: song.lead > 0, trainer: false,
      muted: [], solo: "",
    });
    state.root = root;
    new Player(root, song, state, () => Promise.resolve(files));
    page.states.set(song.mark, new WeakRef(state));
    const model = page.models.get(song.mark);
    if (model) tie(state, model);
  });
}

bringToLife();

export default { initialize, render };
