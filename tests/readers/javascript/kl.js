// KL divergence and entropy in nats, of numbers of binary64, over JSON lines: node kl.js [reversed]
"use strict";

const view = new DataView(new ArrayBuffer(8));

function fromBits(hex) {
  view.setBigUint64(0, BigInt("0x" + hex));
  return view.getFloat64(0);
}

function toBits(x) {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

function term(p, q) {
  if (p === 0) return 0;
  if (q === 0) return Infinity;
  if (p < 2 * q && q < 2 * p) return p * Math.log1p((p - q) / q); // p - q is exact
  const ratio = p / q;
  const inRange = ratio >= 2 ** -1022 && ratio < Infinity;
  return p * (inRange ? Math.log(ratio) : Math.log(p) - Math.log(q));
}

function requireMasses(xs) {
  if (!xs.every((x) => x >= 0 && x < Infinity)) throw new RangeError("masses must be finite and not negative");
}

function kl_divergence(p, q) {
  requireMasses(p);
  requireMasses(q);
  return p.reduce((sum, x, i) => sum + term(x, q[i]), 0);
}

function entropy(p) {
  requireMasses(p);
  return p.reduce((sum, x) => sum - (x === 0 ? 0 : x * Math.log(x)), 0);
}

const functions = { kl_divergence, entropy };

function answer(prompt, reversed) {
  const f = functions[prompt.function];
  if (!f || prompt.variant !== "raw" || prompt.unit !== "nat" || prompt.dtype !== "binary64") {
    return { id: prompt.id, skip: "kl_divergence and entropy, raw, in nats, of binary64 only" };
  }
  const vectors = [prompt.p, prompt.q].filter(Boolean).map((hex) => hex.map(fromBits));
  try {
    return { id: prompt.id, bits: toBits(f(...(reversed ? vectors.reverse() : vectors))) };
  } catch (error) {
    return { id: prompt.id, error: error.message };
  }
}

if (require.main === module) {
  const lines = require("readline").createInterface({ input: process.stdin });
  lines.on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line), process.argv[2] === "reversed"))));
}
module.exports = { fromBits, toBits, functions };
