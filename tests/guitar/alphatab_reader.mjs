// What alphaTab reads from files, as JSON, and beside each file what it plays, as MIDI.
// node alphatab_reader.mjs FOLDER_WITH_NODE_MODULES FILE ...
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, ...files] = process.argv.slice(2);
const alphaTab = createRequire(path.resolve(folder, "x.js"))("@coderline/alphatab");
const settings = new alphaTab.Settings();

function read(file) {
  const bytes = new Uint8Array(fs.readFileSync(file));
  const score = alphaTab.importer.ScoreLoader.loadScoreFromBytes(bytes, settings);
  const midi = new alphaTab.midi.MidiFile();
  const handler = new alphaTab.midi.AlphaSynthMidiFileHandler(midi, true);
  new alphaTab.midi.MidiFileGenerator(score, settings, handler).generate();
  fs.writeFileSync(file + ".mid", midi.toBinary());
  const [track] = score.tracks;
  const [staff] = track.staves;
  const beats = staff.bars.flatMap((bar) => bar.voices.find((voice) => !voice.isEmpty).beats);
  return {
    title: score.title.replaceAll("\u00a0", " "), // as it reads the spaces of MusicXML
    tempo: score.tempo,
    program: track.playbackInfo.program,
    tuning: [...staff.tuning].reverse(),
    keys: [...new Set(staff.bars.map((bar) => bar.keySignature))],
    meters: [
      ...new Set(
        score.masterBars.map((b) => `${b.timeSignatureNumerator} ${b.timeSignatureDenominator}`),
      ),
    ].map((meter) => meter.split(" ").map(Number)),
    // In ticks of which a quarter note has 12; alphaTab has 960.
    notes: beats.flatMap((beat) =>
      beat.notes.map((note) => [
        beat.absolutePlaybackStart / 80,
        beat.playbackDuration / 80,
        note.realValue,
        note.isStringed ? note.string - 1 : null,
        note.isStringed ? note.fret : null,
        note.isPalmMute,
        note.isTieDestination,
      ]),
    ),
  };
}

console.log(JSON.stringify(files.map(read)));
