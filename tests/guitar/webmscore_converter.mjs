// Opens a file in the engine of MuseScore 4 and writes what it read, FILE.mscx, and what it plays,
// FILE.mid. node webmscore_converter.mjs FOLDER_WITH_NODE_MODULES FILE
import * as fs from "node:fs";
import * as path from "node:path";
import { createRequire } from "node:module";

const [folder, file] = process.argv.slice(2);
delete globalThis.fetch; // else it takes node for a browser
const WebMscore = createRequire(path.resolve(folder, "x.js"))("webmscore");
await WebMscore.ready;
const bytes = new Uint8Array(fs.readFileSync(file));
const score = await WebMscore.load(path.extname(file).slice(1), bytes, [], false);
fs.writeFileSync(file + ".mid", await score.saveMidi());
fs.writeFileSync(file + ".mscx", await score.saveMsc("mscx"));
process.exit(0);
