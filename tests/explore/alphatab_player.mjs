// What alphaTab plays of a file, as JSON: of each track [tick, length, pitch] of its notes, 960
// ticks to the quarter note, with repeats; and of each track [tick, string, fret] as written.
// node alphatab_player.mjs FOLDER_WITH_NODE_MODULES FILE
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, file] = process.argv.slice(2);
const alphaTab = createRequire(path.resolve(folder, "x.js"))("@coderline/alphatab");
const bytes = new Uint8Array(fs.readFileSync(file));
const settings = new alphaTab.Settings();
const score = alphaTab.importer.ScoreLoader.loadScoreFromBytes(bytes, settings);
const played = score.tracks.map(() => []);
const handler = new Proxy(
  {
    addNote: (track, start, length, key) => played[track].push([start, length, key]),
  },
  { get: (target, name) => target[name] ?? (() => {}) },
);
new alphaTab.midi.MidiFileGenerator(score, settings, handler).generate();
const written = score.tracks.map((track) =>
  track.staves.flatMap((staff) =>
    staff.bars.flatMap((bar) =>
      bar.voices.flatMap((voice) =>
        voice.beats.flatMap((beat) =>
          beat.notes.map((note) => [beat.absolutePlaybackStart, note.string, note.fret]),
        ),
      ),
    ),
  ),
);
console.log(
  JSON.stringify({
    title: score.title,
    names: score.tracks.map((track) => track.name),
    tunings: score.tracks.map((track) => [...track.staves[0].tuning].reverse()),
    played,
    written,
  }),
);
