// Reads one golden file and tests the functions of kl.js with it: node golden.js FILE [reversed]
"use strict";
const { createHash } = require("crypto");
const { fromBits, toBits, functions } = require("./kl.js");

function* stream({ generator, seed, bits, step }, n) {
  for (let i = 0, x = Number(seed); i < n; i++) {
    if (generator === "minstd") yield 1 + ((x = (48271 * x) % 2147483647) % 2 ** Number(bits));
    else yield generator === "constant" ? 1 : 1 + Math.floor(i / Number(step || 1));
  }
}

function regenerated(description) {
  const w = [...stream(description, Number(description.length))];
  if (description.reverse === "true") w.reverse();
  const every = Number(description.zero_every || Infinity);
  for (let i = every - 1; i < w.length; i += every) w[i] = 0;
  const hash = createHash("sha256").update(w.map((x) => x + "\n").join("")).digest("hex");
  if (hash !== description.sha256) throw new Error(`${description.generator}: the sha256 must be ${description.sha256}; found ${hash}`);
  if (description.generator === "powers") return w.map((k) => (k ? 2 ** -k : 0));
  return w.map((x) => x * 2 ** -Number(description.shift));
}

function isRight(view, terms, f, vectors) {
  let got;
  try {
    got = f(...vectors);
  } catch (error) {
    return view.kind === "domain";
  }
  if (view.kind === "domain") return Number.isNaN(got);
  if ([view.nearest, view.down, view.up].includes(toBits(got)) || got === fromBits(view.nearest)) return true;
  if (view.kind !== "finite" || Math.sign(got) === -Math.sign(fromBits(view.nearest))) return false;
  const m = Number(terms);
  const bound = (m + 8) * 2 ** -53 * 1.001 * Number(view.magnitude) + 9 * m * 2 ** -1074;
  return Math.abs(got - fromBits(view.nearest)) <= bound;
}

const [, , path, reversed] = process.argv;
const file = JSON.parse(require("fs").readFileSync(path, "utf8"));
if (file.format !== "klexact-golden/1") throw new Error(`the format must be klexact-golden/1; found ${file.format}`);
const f = file.variant === "raw" && file.unit === "nat" && functions[file.function];
const wrong = [];
let executed = 0;
for (const { id, inputs, terms, ieee } of f ? file.cases : []) {
  const view = ieee.binary64;
  if (!view) continue;
  const vectors = Object.keys(file.arguments).map((name) => (view[name] ? view[name].map(fromBits) : regenerated(inputs[name])));
  if (!isRight(view, terms, f, reversed ? vectors.reverse() : vectors)) wrong.push(id);
  executed++;
}
console.log(JSON.stringify({ executed, wrong }));
process.exitCode = executed === 0 || wrong.length ? 1 : 0;
