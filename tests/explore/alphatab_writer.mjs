// Any file that alphaTab reads, written anew by it as a .gp file.
// node alphatab_writer.mjs FOLDER_WITH_NODE_MODULES FILE TARGET
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, file, target] = process.argv.slice(2);
const alphaTab = createRequire(path.resolve(folder, "x.js"))("@coderline/alphatab");
const settings = new alphaTab.Settings();
const bytes = new Uint8Array(fs.readFileSync(file));
const score = alphaTab.importer.ScoreLoader.loadScoreFromBytes(bytes, settings);
fs.writeFileSync(target, new alphaTab.exporter.Gp7Exporter().export(score, settings));
