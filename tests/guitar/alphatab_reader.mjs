// What alphaTab reads from files, as JSON, and beside each file what it plays, as MIDI.
// node alphatab_reader.mjs FOLDER_WITH_NODE_MODULES FILE ...
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, ...files] = process.argv.slice(2);
const alphaTab = createRequire(path.resolve(folder, "x.js"))("@coderline/alphatab");
const settings = new alphaTab.Settings();

const { BendType, HarmonicType } = alphaTab.model;
const bends = {
  [BendType.Bend]: ["BEND"],
  [BendType.BendRelease]: ["BEND", "RELEASE"],
  [BendType.Prebend]: ["PREBEND"],
  [BendType.PrebendRelease]: ["PREBEND", "RELEASE"],
};

// How a note is played, by the names that we have for it.
function techniques(beat, note) {
  const told = {
    PALM_MUTE: note.isPalmMute,
    LEGATO: note.isHammerPullDestination || beat.tap,
    SLIDE: note.slideOrigin || note.slideInType,
    VIBRATO: note.vibrato,
    DEAD: note.isDead,
    HARMONIC: note.harmonicType === HarmonicType.Natural,
    TREMOLO: beat.isTremolo,
    LET_RING: note.isLetRing,
  };
  const names = Object.keys(told).filter((name) => told[name]);
  return [...names, ...(note.hasBend ? bends[note.bendType] ?? ["unknown bend"] : [])];
}

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
    // Of each note that is struck: when, on which string, how, and how far it is bent.
    techniques: beats.flatMap((beat) =>
      beat.notes
        .filter((note) => !note.isTieDestination)
        .map((note) => [
          beat.absolutePlaybackStart / 80,
          note.isStringed ? note.string - 1 : null,
          techniques(beat, note),
          note.hasBend ? note.maxBendPoint.value : 0,
        ]),
    ),
  };
}

console.log(JSON.stringify(files.map(read)));
