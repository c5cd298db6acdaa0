import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signerFile } from '#test/fixtures/signed/index.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { crowdedRegistry } from './lib/many-referrers.ts';
import { type Cost, measure, medianCost } from './lib/measure.ts';
import { benchOptions } from './lib/options.ts';
import { perCall } from './lib/per-call.ts';
import { appendHistory, circumstances } from './lib/record.ts';
import { peerName, type TrustCase, trustCases } from './lib/trust-calls.ts';

/**
 * What it takes to judge a signature that was read already, warm: one by a key, some by identities and one of notation, and
 * beside them `@sigstore/verify` on the same bundles. Then a whole run of `plimsoll verify` for an image on which strangers
 * hung a thousand signatures.
 *
 *     npm run bench -- trust [--quick] [--runs=N] [--program=FILE]
 */
const LIMITS = {
  /** Milliseconds of one verification. */
  keyed: 1,
  keyless: 5,
  x509: 5,
  /** Of the time of `@sigstore/verify`, which by a key does little but the one check of the signature that both do. */
  peer: { keyed: null, keyless: 0.5, x509: null },
  /** From the start of the process to its end. */
  crowdSeconds: 1,
} as const;

const REFERRERS = 1000;

const options = benchOptions();
const runs = Number(options.runs ?? (options.quick ? 1 : 5));

const cases = await trustCases();
const times = perCall(
  cases.flatMap(({ ours, peer }) => (peer === null ? [ours] : [ours, peer])),
  options.quick ? 3 : 40,
);
const crowd = await verifyCrowded();
const figures: readonly Figure[] = [
  ...cases.flatMap(figuresOf),
  {
    name: `verify, ${REFERRERS} referrers, refused`,
    unit: 's',
    limit: LIMITS.crowdSeconds,
    value: crowd.seconds,
    note: `cpu ${crowd.cpuSeconds.toFixed(2)} s`,
  },
  { name: `peak memory, ${REFERRERS} referrers`, unit: 'MB', limit: null, value: crowd.treeBytes / 1e6 },
];
console.log(figures.map((figure) => figureLine(figure, !options.quick)).join('\n'));
appendHistory({ ...circumstances(options.program), bench: 'trust', quick: options.quick, runs, figures });
if (!options.quick && !figures.every(withinLimit)) {
  process.exitCode = 1;
}

function figuresOf({ name, kind, peer }: TrustCase): readonly Figure[] {
  const value = times.get(name) ?? Number.NaN;
  const own: Figure = { name: `verify, ${name}`, unit: 'ms', limit: LIMITS[kind], value };
  if (peer === null) {
    return [own];
  }
  const other = times.get(peerName(name)) ?? Number.NaN;
  const note = `${value.toFixed(2)} ms to ${other.toFixed(2)} ms`;
  return [own, { name: `${name} / @sigstore`, unit: 'ratio', limit: LIMITS.peer[kind], value: value / other, note }];
}

/** Throws unless it was refused. */
async function verifyCrowded(): Promise<Cost> {
  const registry = await crowdedRegistry(REFERRERS);
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  try {
    const costs: Cost[] = [];
    for (let run = 0; run < runs; run += 1) {
      const verify = ['verify', '--key', signerFile('p256'), registry.reference];
      const refused = '"$0" "$@"; test $? -eq 1';
      costs.push(await measure('sh', ['-c', refused, options.program, ...verify], { PLIMSOLL_HOME: home }));
    }
    return medianCost(costs);
  } finally {
    registry.close();
    rmSync(home, { recursive: true, force: true });
  }
}
