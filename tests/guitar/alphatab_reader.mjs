// What alphaTab reads from a file, as JSON.
// node alphatab_reader.mjs FOLDER_WITH_NODE_MODULES FILE
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, file] = process.argv.slice(2);
const alphaTab = createRequire(path.resolve(folder, "x.js"))("@coderline/alphatab");
const bytes = new Uint8Array(fs.readFileSync(file));
const score = alphaTab.importer.ScoreLoader.loadScoreFromBytes(bytes, new alphaTab.Settings());
const [track] = score.tracks;
// Of two staves the second is the TAB.
const staff = track.staves[track.staves.length - 1];
const beats = staff.bars.flatMap((bar) => bar.voices.find((voice) => !voice.isEmpty).beats);
console.log(
  JSON.stringify({
    title: score.title.replaceAll("\u00a0", " "), // as it reads the spaces of MusicXML
    tempo: score.tempo,
    program: track.playbackInfo.program,
    tuning: [...staff.tuning].reverse(),
    keys: staff.bars.map((bar) => bar.keySignature),
    meters: score.masterBars.map((bar) => [
      bar.timeSignatureNumerator,
      bar.timeSignatureDenominator,
    ]),
    // In ticks of which a quarter note has 12; alphaTab has 960.
    beats: beats.map((beat) => [
      beat.absolutePlaybackStart / 80,
      beat.playbackDuration / 80,
      beat.notes
        .map((note) => [note.string, note.fret, note.isTieDestination, note.isPalmMute])
        .sort((one, other) => one[0] - other[0]),
    ]),
  }),
);
