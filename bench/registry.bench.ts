import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, processTree, proportionalBytes } from '#test/fixtures/process-tree.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { type LoadCase, type Loaded, loadCases } from './lib/load/cases.ts';
import { type LoadResult, load } from './lib/load/index.ts';
import { median } from './lib/measure.ts';
import { benchOptions } from './lib/options.ts';
import { appendHistory, circumstances } from './lib/record.ts';
import { type RegistryServer, startOurs, startPeer } from './lib/registries.ts';

/**
 * What the registry gives and takes, beside `docker-registry` of Debian with its own defaults in the same run, in turns: blobs of 1 MB over
 * eight connections and of 100 MB over two. Then manifests at a fixed rate, how soon `plimsoll serve` is ready, and what all of its
 * processes need when they have nothing to do.
 *
 *     npm run bench -- registry [--quick] [--runs=N] [--program=FILE]
 */
const LIMITS = {
  /** Of the time of `docker-registry` for the same requests: at least 0.8 of its speed, and no slower than it. */
  pull: 1 / 0.8,
  push: 1,
  manifestMilliseconds: 10,
  readySeconds: 1.5,
  idleMegabytes: 350,
} as const;

const PER_SECOND = 500;

const options = benchOptions();
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
const sizes = options.quick
  ? ({ smallBytes: 1e5, largeBytes: 1e6, pulls: [20, 4], pushes: [10, 2] } as const)
  : ({ smallBytes: 1e6, largeBytes: 1e8, pulls: [600, 16], pushes: [120, 6] } as const);

const figures = [...(await ready()), ...(await speeds())];
console.log(figures.map((figure) => figureLine(figure, !options.quick)).join('\n'));
appendHistory({ ...circumstances(options.program), bench: 'registry', quick: options.quick, runs, figures });
if (!options.quick && !figures.every(withinLimit)) {
  process.exitCode = 1;
}

/** From the start of the launcher to the first `200` of `/readyz`, with data that an earlier start has made. */
async function ready(): Promise<readonly Figure[]> {
  const first = await startOurs(options.program);
  const seconds: number[] = [];
  let bytes = 0;
  let processes: readonly number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      await first.restart();
      seconds.push(first.readySeconds);
    }
    await sleep(options.quick ? 1000 : 15_000);
    processes = processTree(first.pid);
    bytes = processes.reduce((sum, pid) => sum + proportionalBytes(pid), 0);
    for (const pid of processes) {
      console.log(`${(proportionalBytes(pid) / 1e6).toFixed(0).padStart(6)} MB  ${commandOf(pid).slice(0, 150)}`);
    }
  } finally {
    await first.stop();
  }
  return [
    { name: 'ready', unit: 's', limit: LIMITS.readySeconds, value: median(seconds), note: `of ${runs} starts` },
    {
      name: 'idle memory, all processes',
      unit: 'MB',
      limit: LIMITS.idleMegabytes,
      value: bytes / 1e6,
      note: `${processes.length} processes, proportional`,
    },
  ];
}

async function speeds(): Promise<readonly Figure[]> {
  const servers: RegistryServer[] = [];
  try {
    const peer = await startPeer(sizes.smallBytes, sizes.largeBytes);
    servers.push(peer);
    const ours = await startOurs(options.program, sizes.smallBytes, sizes.largeBytes);
    servers.push(ours);
    const cases = loadCases(sizes);
    const results = new Map<string, LoadResult[]>();
    for (let run = 0; run <= runs; run += 1) {
      for (const each of cases) {
        // The first turn warms both, and counts for nothing.
        for (const { loaded } of run % 2 === 0 ? [ours, peer] : [peer, ours]) {
          const result = await each.run(loaded);
          const name = `${each.name}, ${loaded.name}`;
          results.set(name, run === 0 ? [] : [...(results.get(name) ?? []), result]);
        }
      }
    }
    const rates = [];
    for (const { loaded } of [peer, ours]) {
      rates.push(await manifests(loaded));
    }
    return [...cases.flatMap((each) => compare(each, results, ours.loaded, peer.loaded)), ...rates];
  } finally {
    for (const server of servers) {
      await server.stop();
    }
  }
}

function compare(
  { name, bytes }: LoadCase,
  results: ReadonlyMap<string, readonly LoadResult[]>,
  ours: Loaded,
  peer: Loaded,
): readonly Figure[] {
  const secondsOf = (loaded: Loaded): number =>
    median((results.get(`${name}, ${loaded.name}`) ?? []).map(({ seconds, requests }) => seconds / requests));
  const speed = (seconds: number): string =>
    `${(1 / seconds).toFixed(1)}/s, ${(bytes / seconds / 1e6).toFixed(0)} MB/s`;
  const [own, other] = [secondsOf(ours), secondsOf(peer)];
  return [
    {
      name: `${name}, time / ${peer.name}`,
      unit: 'ratio',
      limit: name.startsWith('pull') ? LIMITS.pull : LIMITS.push,
      value: own / other,
      note: `${speed(own)} to ${speed(other)}; ${(other / own).toFixed(2)} of its speed`,
    },
  ];
}

async function manifests({ name, target, seeded }: Loaded): Promise<Figure> {
  const { latency, late, requests } = await load({
    kind: 'rate',
    target: await target(),
    path: seeded.manifest,
    headers: seeded.accept,
    perSecond: PER_SECOND,
    seconds: options.quick ? 2 : 20,
    connections: 64,
  });
  const own = name === 'plimsoll';
  return {
    name: `manifest p99 at ${PER_SECOND}/s, ${name}`,
    unit: 'ms',
    limit: own ? LIMITS.manifestMilliseconds : null,
    value: latency.p99,
    note: `p50 ${latency.p50.toFixed(1)}, max ${latency.max.toFixed(1)} of ${requests}; client late p99 ${late.p99.toFixed(1)} ms`,
  };
}
