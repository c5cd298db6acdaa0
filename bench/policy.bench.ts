import { setImmediate } from 'node:timers/promises';
import { Evaluations } from '#assess/policy/threads/evaluations.ts';
import {
  BUDGET,
  type CompiledSet,
  compileSet,
  digestFacts,
  type EvaluateRequest,
  evaluate,
  shippedSet,
} from '#lib/policy/index.ts';
import type { Facts } from '#model/facts.ts';
import { sampleContext } from '#test/fixtures/facts.ts';
import { compiledOf, policyOf } from '#test/fixtures/policy-request.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { neededBytes } from './lib/heap.ts';
import { factsOfImage } from './lib/image-facts.ts';
import { benchImages } from './lib/images.ts';
import { manyFacts } from './lib/many-facts.ts';
import { benchOptions } from './lib/options.ts';
import { perCall } from './lib/per-call.ts';
import { appendHistory, circumstances } from './lib/record.ts';

/**
 * What it takes to decide about an image whose facts are there, warm: by the production environment that ships, for the image of 850 MB and
 * for one with thousands of packages and findings; by one regular expression over all packages; what stays in memory; and how long ordinary
 * evaluations take while others spend all they may. Compiling what ships is done once for a revision.
 *
 *     npm run bench -- policy [--quick] [--program=FILE]
 */
const LIMITS = { image: 10, large: 25, matches: 25, compile: 50, grownMegabytes: 2, p99: 20 } as const;

const PACKAGES = 5000;
const FINDINGS = 1500;
const ORDINARY_PACKAGES = 400;
const ORDINARY_FINDINGS = 100;
/** At work at a time, besides those that wait. */
const HOSTILE = 4;

const MATCHES = policyOf('matches', { names: "packages.all(p, !p.name.matches('^(left|right)-pad[0-9]*$'))" });
const ENDLESS = policyOf('hostile', {
  triples: 'packages.all(a, packages.all(b, packages.all(c, a.name + b.name != c.name)))',
  backtracking: "packages.all(p, packages.all(q, !(p.name + q.name).matches('^([a-z]+)+$')))",
});

const options = benchOptions();
const evaluations = options.quick ? 20 : 1000;
const shipped = await shippedSet();
const compiled = compileSet(shipped);
if (!compiled.ok) {
  throw new Error(`what ships does not compile: ${compiled.issues[0]?.message}`);
}
const production = compiled.compiled;
const { large } = await benchImages(options.quick ? 'quick' : 'large');
const ofImage = factsOfImage(options.program, large);
const ofMany = manyFacts(PACKAGES, FINDINGS);
const image = requestOf(production, ofImage);
const many = requestOf(production, ofMany);
const matches = requestOf(compiledOf({ policies: [MATCHES] }).compiled, ofMany);

const times = perCall(
  [
    { name: 'compile', run: () => compileSet(shipped) },
    { name: 'image', run: () => evaluate(image) },
    { name: 'large', run: () => evaluate(many) },
    { name: 'matches', run: () => evaluate(matches) },
  ],
  options.quick ? 3 : 40,
);
const figures: readonly Figure[] = [
  figure('evaluate, image of 850 MB', 'image', sizeOf(ofImage)),
  figure('evaluate, large image', 'large', sizeOf(ofMany)),
  figure('evaluate, a regular expression', 'matches', `over ${PACKAGES} packages`),
  figure('compile what ships', 'compile', `${shipped.policies.length} policies`),
  memory(),
  await amongHostile(),
];
console.log(figures.map((each) => figureLine(each, !options.quick)).join('\n'));
appendHistory({ ...circumstances(options.program), bench: 'policy', quick: options.quick, figures });
if (!options.quick && !figures.every(withinLimit)) {
  process.exitCode = 1;
}

function requestOf(set: CompiledSet, facts: Facts): EvaluateRequest {
  const environment = set.environments.get('production');
  if (environment === undefined) {
    throw new Error('there is no environment named production');
  }
  const { manifest, digest } = digestFacts(facts);
  return {
    facts,
    manifest,
    factsDigest: digest,
    compiled: environment,
    set: set.set,
    context: sampleContext,
    allowUnknown: null,
    budget: BUDGET,
  };
}

function figure(name: string, of: 'image' | 'large' | 'matches' | 'compile', note: string): Figure {
  return { name, unit: 'ms', limit: LIMITS[of], value: times.get(of) ?? Number.NaN, note };
}

function sizeOf({ packages, findings }: Facts): string {
  return `${packages.length} packages, ${findings.length} findings`;
}

/** Images are all different, as they are for a service. */
function memory(): Figure {
  const before = (evaluateMany(evaluations / 10), neededBytes());
  evaluateMany(evaluations);
  const grown = (neededBytes() - before) / 1e6;
  return { name: `memory, ${evaluations} evaluations`, unit: 'MB', limit: LIMITS.grownMegabytes, value: grown };
}

function evaluateMany(count: number): void {
  for (let seed = 0; seed < count; seed += 1) {
    evaluate(requestOf(production, manyFacts(ORDINARY_PACKAGES, ORDINARY_FINDINGS, seed)));
  }
}

/** What the main thread works until an evaluation that was asked for has its verdict, with as many hostile ones under way as there may be. */
async function amongHostile(): Promise<Figure> {
  const pool = new Evaluations();
  const ordinary = requestOf(production, manyFacts(ORDINARY_PACKAGES, ORDINARY_FINDINGS));
  const hostile = requestOf(compiledOf({ policies: [ENDLESS] }).compiled, manyFacts(2 * PACKAGES, 0));
  const [ordinaryTexts, hostileTexts] = [ordinary, hostile].map(({ facts }) => digestFacts(facts).texts);
  let ended = false;
  let refused = 0;
  const others = Array.from({ length: HOSTILE }, async () => {
    while (!ended) {
      refused += (await pool.evaluate(hostile, hostileTexts ?? new Map())).decision === 'refuse' ? 1 : 0;
    }
  });
  const waits: { readonly worked: number; readonly passed: number }[] = [];
  while (waits.length < evaluations) {
    const [start, before] = [performance.now(), process.threadCpuUsage()];
    await setImmediate();
    await pool.evaluate(ordinary, ordinaryTexts ?? new Map());
    const { user, system } = process.threadCpuUsage(before);
    waits.push({ worked: (user + system) / 1000, passed: performance.now() - start });
  }
  ended = true;
  await Promise.all(others);
  await pool.close();
  const p99 = (of: (wait: (typeof waits)[number]) => number): number =>
    waits.map(of).toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? Number.NaN;
  return {
    name: 'p99 beside hostile evaluations',
    unit: 'ms',
    limit: LIMITS.p99,
    value: p99(({ worked }) => worked),
    note: `${refused} refused; ${p99(({ passed }) => passed).toFixed(0)} ms passed`,
  };
}
