import { setTimeout as sleep } from 'node:timers/promises';
import { data } from '#test/prerequisites.ts';
import { type Driver, type Installation, startInstallation } from './lib/catalog/installation.ts';
import { ENVIRONMENT, preparedHome } from './lib/catalog/prepared.ts';
import { catalogQueries } from './lib/catalog/queries.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { benchOptions } from './lib/options.ts';
import { appendHistory, circumstances } from './lib/record.ts';

/**
 * A catalogue of 100,000 images made of real ones: how long an advisory takes to mark those that it hits, how many images two workers judge again in a
 * second, how long a search takes, and what all of that needs of memory; on SQLite and on PostgreSQL.
 *
 *     npm run bench -- catalog [--quick] [--driver=sqlite|postgres] [--program=FILE]
 */
const LIMITS = { markSeconds: 2, judgedPerSecond: 150, searchMilliseconds: 100, bytes: 600e6 } as const;
/** Of the advisory: a package that 80 of 100 images hold. */
const HIT = 'pkg:deb/debian/libc6';
const WORKERS = 2;

const ENVIRONMENT_DOCUMENT = `apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: ${ENVIRONMENT} }
policies:
  - { policy: fixable-vulnerabilities, parameters: { within: 7d } }
  - { policy: malicious-packages }
  - { policy: non-root-user }
severity: high
tolerated:
  - { kind: stale-advisories, reason: the advisories of the bench are of another year }
  - { kind: incomplete-advisories, reason: the advisories of the bench are of another year }
`;

const options = benchOptions();
const count = options.quick ? 2000 : 100_000;
/** Images that are judged before anything is measured. */
const warmUp = options.quick ? 200 : 2000;
const judgeSeconds = options.quick ? 10 : 60;
const searches = options.quick ? 100 : 600;

const DRIVERS = ['sqlite', 'postgres'] as const;
const drivers = DRIVERS.filter((one) => one === (options.driver ?? one));
if (drivers.length === 0) {
  throw new Error(`--driver: expected one of ${DRIVERS.join(', ')}, found ${options.driver}`);
}
const figures: Figure[] = [];
const prepared = await preparedHome(count);
for (const driver of drivers) {
  const installation = await startInstallation(driver, prepared, { program: options.program, advisories: data('osv') });
  try {
    const own = await measure(driver, installation);
    console.log(own.map((figure) => figureLine(figure, !options.quick)).join('\n'));
    figures.push(...own);
  } finally {
    await installation.stop();
  }
}
appendHistory({ ...circumstances(options.program), bench: 'catalog', quick: options.quick, figures });
if (!options.quick && !figures.every(withinLimit)) {
  process.exitCode = 1;
}

async function measure(driver: Driver, installation: Installation): Promise<readonly Figure[]> {
  const mark = await marking(installation);
  await installation.startFront();
  await installation.ask('POST', '/documents', {
    files: [{ name: 'bench.yaml', text: ENVIRONMENT_DOCUMENT }],
    dryRun: false,
  });
  const idle = await searching(installation);
  await installation.startWorkers(WORKERS);
  const judged = await judging(installation);
  const name = (what: string): string => `${driver}: ${what}`;
  return [
    {
      name: name('an advisory marks its images'),
      unit: 's',
      limit: LIMITS.markSeconds,
      value: mark.seconds,
      note: `${mark.images} of ${count}`,
    },
    {
      name: name('search p95'),
      unit: 'ms',
      limit: LIMITS.searchMilliseconds,
      value: idle.p95,
      note: `p50 ${idle.p50.toFixed(1)}, max ${idle.max.toFixed(1)} ms, ${idle.worst}`,
    },
    {
      name: name('an image judged again'),
      unit: 'ms',
      limit: 1000 / LIMITS.judgedPerSecond,
      value: 1000 / judged.perSecond,
      note: `${judged.perSecond.toFixed(0)} a second by ${WORKERS} workers, ${judged.images} images; running ones done after ${judged.runningSeconds.toFixed(1)} s`,
    },
    {
      name: name('processors for an image judged again'),
      unit: 'ms',
      limit: null,
      value: judged.processorMilliseconds + judged.databaseMilliseconds,
      note: `of that the server of the database ${judged.databaseMilliseconds.toFixed(1)} ms`,
    },
    { name: name('search p95 meanwhile'), unit: 'ms', limit: null, value: judged.searchP95 },
    {
      name: name('memory of all processes'),
      unit: 'MB',
      limit: LIMITS.bytes / 1e6,
      value: judged.bytes / 1e6,
      note: driver === 'postgres' ? `besides ${(judged.databaseBytes / 1e6).toFixed(0)} MB of PostgreSQL` : '',
    },
  ];
}

/** As the job does that has found which package versions an advisory changes. */
async function marking({ store }: Installation): Promise<{ readonly seconds: number; readonly images: number }> {
  const { findings, judgements } = store.records;
  const began = performance.now();
  const purls = await findings.versionsOf([HIT], { after: null, limit: 10_000 });
  const images = await judgements.mark({ kind: 'packages', purls }, 'advisories', Date.now());
  return { seconds: (performance.now() - began) / 1000, images };
}

interface Searched {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  readonly worst: string;
}

/** One after the other. */
async function searching(installation: Installation): Promise<Searched> {
  const queries = catalogQueries(searches);
  for (const query of queries.slice(0, 20)) {
    await installation.ask('GET', `/catalog?${query}`);
  }
  const times: { readonly query: string; readonly milliseconds: number }[] = [];
  for (const query of queries) {
    const { milliseconds } = await installation.ask('GET', `/catalog?${query}`);
    times.push({ query, milliseconds });
  }
  const sorted = times.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.milliseconds ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), max: at(1), worst: sorted.at(-1)?.query ?? '' };
}

interface Judged {
  readonly perSecond: number;
  readonly images: number;
  readonly runningSeconds: number;
  readonly searchP95: number;
  readonly bytes: number;
  readonly databaseBytes: number;
  /** For one image. */
  readonly processorMilliseconds: number;
  readonly databaseMilliseconds: number;
}

/** After some images, when every shard of advisories is there that they need, for as long as there are any and at most so many seconds. What is due is read as the API tells its progress. */
async function judging(installation: Installation): Promise<Judged> {
  const due = async (): Promise<{ readonly running: number; readonly all: number }> => {
    const { running, promoted, rest } = (await installation.ask('GET', '/review')).json as Record<
      'running' | 'promoted' | 'rest',
      number
    >;
    return { running, all: running + promoted + rest };
  };
  const before = await due();
  let left = await due();
  for (const deadline = performance.now() + 300_000; left.all > before.all - warmUp; left = await due()) {
    if (performance.now() > deadline) {
      throw new Error(`expected images to be judged, ${left.all} wait`);
    }
    await sleep(200);
  }
  const first = left;
  const usedBefore = installation.use();
  const began = performance.now();
  let used = usedBefore;
  let bytes = 0;
  let databaseBytes = 0;
  let runningSeconds = Number.NaN;
  let last = began;
  while (left.all > 0 && (performance.now() - began) / 1000 < judgeSeconds) {
    await sleep(1000);
    left = await due();
    last = performance.now();
    used = installation.use();
    bytes = Math.max(bytes, used.bytes);
    databaseBytes = Math.max(databaseBytes, used.databaseBytes);
    if (left.running === 0 && Number.isNaN(runningSeconds)) {
      runningSeconds = (last - began) / 1000;
    }
    console.log(
      `  ${installation.driver}: ${left.all} images wait, ${((first.all - left.all) / ((last - began) / 1000)).toFixed(0)} a second`,
    );
  }
  const perSecond = (first.all - left.all) / ((last - began) / 1000);
  const images = first.all - left.all;
  const milliseconds = (of: 'processorSeconds' | 'databaseProcessorSeconds'): number =>
    ((used[of] - usedBefore[of]) * 1000) / images;
  const { p95 } = await searching(installation);
  return {
    perSecond,
    images,
    runningSeconds,
    searchP95: p95,
    bytes,
    databaseBytes,
    processorMilliseconds: milliseconds('processorSeconds'),
    databaseMilliseconds: milliseconds('databaseProcessorSeconds'),
  };
}
