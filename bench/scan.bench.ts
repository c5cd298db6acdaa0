import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '#base/error.ts';
import type { Report } from '#model/report.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { type BenchImage, type BenchImages, benchImages } from './lib/images.ts';
import { type Cost, measure, medianCost } from './lib/measure.ts';
import { benchOptions } from './lib/options.ts';
import { presentPeers } from './lib/peers.ts';
import { appendHistory, circumstances, recordRow, tableRow } from './lib/record.ts';

/**
 * What a whole run of the command line costs, process start included: an image of 850 MB in one layer, a larger one in twelve
 * layers, and one of a million files; never read before (cold) and read before (warm). Beside it the plain inflaters over
 * the same layers, and syft and trivy when they are on the PATH.
 *
 *     npm run bench -- scan [--quick] [--record] [--runs=N] [--peer-runs=N] [--program=FILE]
 *
 * `--quick` tries the bench itself on small images, once, and judges nothing. `--record` adds a row to
 * docs/reference/performance.md. `--program` measures the launcher of another checkout.
 */
const LIMITS = {
  /**
   * Of the wall time of `gzip -dc` over the same layer: 0.55 for the reading alone, at which it was 0.54 (389b205), and a tenth more for
   * all that is looked for in what is read.
   */
  gzip: 0.605,
  /** Of the wall time of `libdeflate-gunzip`: 1.9 and a tenth. */
  libdeflate: 2.09,
  /** Time per uncompressed byte, many layers to one. */
  split: 0.7,
  largeMegabytes: 300,
  manyMegabytes: 350,
  warmSeconds: 0.2,
} as const;

const options = benchOptions();
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
const MB = 1e6;

/** One thing that is measured, again in every round, so that a busy moment of the machine hits all alike. */
interface Case {
  readonly name: string;
  /** How often; each round has one until they are through. */
  readonly runs: number;
  measure(): Promise<Cost>;
}

const images = await benchImages(options.quick ? 'quick' : 'large');
const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  await main(images);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function main({ large, split, many }: BenchImages): Promise<void> {
  assertPackages(large, split);
  const cases = [
    ...[large, split, many].flatMap((image) => [...inflaters(image), ...ours(image)]),
    ...peers([large, split]),
  ];
  const costs = await takeTurns(cases);
  const figures = judge(images, costs);
  const told = [...costs].map(([name, cost]) => costLine(name, cost));
  console.log([...told, ...figures.map((figure) => figureLine(figure, !options.quick))].join('\n'));
  const where = circumstances(options.program);
  appendHistory({ ...where, quick: options.quick, runs, costs: Object.fromEntries(costs), figures });
  const row = tableRow([where.date.slice(0, 10), where.commit, ...summary(figures, costs), machineOf(where)]);
  console.log(row);
  if (options.record) {
    recordRow(row);
  }
  if (!options.quick && !figures.every(withinLimit)) {
    process.exitCode = 1;
  }
}

function inflaters(image: BenchImage): readonly Case[] {
  // A million empty files inflate to nearly nothing; nothing is compared with them.
  return image.name === 'many'
    ? []
    : ['gzip', 'libdeflate-gunzip'].map((program) => ({
        name: `${program} -dc, ${image.name}`,
        runs,
        measure: async () => await measure(program, ['-dc', ...image.layers]),
      }));
}

/** Those on the PATH. Another program's failure is told, and does not stop the rest. */
function peers(of: readonly BenchImage[]): readonly Case[] {
  return presentPeers().flatMap((peer) =>
    of.map(({ name, layout }) => ({
      name: `${peer.name}, ${name}`,
      runs: Number(options['peer-runs']),
      measure: async () =>
        await inFreshFolder(async (cache) => {
          try {
            return await measure(peer.name, peer.args(layout, cache), peer.env(cache));
          } catch (error) {
            console.log(`not measured: ${messageOf(error)}`);
            return medianCost([]);
          }
        }),
    })),
  );
}

/** Cold has a data folder of its own each time, warm the one that a first run has left behind. */
function ours(image: BenchImage): readonly Case[] {
  const home = join(work, `home-${image.name}`);
  const scan = ['scan', '--offline', '-o', 'json', `oci:${image.layout}`];
  const sbom = ['sbom', '-o', 'json', `oci:${image.layout}`];
  const plimsoll = async (args: readonly string[], folder: string): Promise<Cost> =>
    await measure(options.program, args, environment(folder));
  return [
    {
      name: `cold, ${image.name}`,
      runs,
      measure: async () => await inFreshFolder(async (folder) => await plimsoll(sbom, folder)),
    },
    { name: `warm, ${image.name}`, runs, measure: async () => await plimsoll(sbom, home) },
    { name: `warm scan, ${image.name}`, runs, measure: async () => await plimsoll(scan, home) },
  ];
}

/** An empty folder of advisories: what is measured is reading images. */
function environment(home: string): Readonly<Record<string, string>> {
  const advisories = join(work, 'advisories');
  mkdirSync(advisories, { recursive: true });
  return { PLIMSOLL_HOME: home, PLIMSOLL_ADVISORIES: advisories };
}

async function inFreshFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(work, 'fresh-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A figure for a wrong answer would mean nothing. Also fills the data folders for warm runs and the caches of the disk. */
function assertPackages(large: BenchImage, split: BenchImage): void {
  const [one, several] = [large, split].map((image) => packagesOf(image)) as [number, number];
  packagesOf(images.many);
  if (one > several || one < (options.quick ? 3 : 500)) {
    throw new Error(`expected many packages from one layer and no fewer from several, found ${one} and ${several}`);
  }
  const versions = presentPeers().map(({ name, version }) => `${name} (${version})`);
  console.log([`${one} and ${several} packages; medians of ${runs} runs`, ...versions].join('; '));
}

function packagesOf(image: BenchImage): number {
  const { status, stdout, stderr } = spawnSync(options.program, ['sbom', '-o', 'json', `oci:${image.layout}`], {
    env: { ...process.env, ...environment(join(work, `home-${image.name}`)) },
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (status !== 0) {
    throw new Error(`plimsoll exited with ${status}: ${stderr}`);
  }
  return (JSON.parse(stdout) as Report).packages.length;
}

async function takeTurns(cases: readonly Case[]): Promise<ReadonlyMap<string, Cost>> {
  const costs = new Map<string, Cost[]>(cases.map(({ name }) => [name, []]));
  const rounds = Math.max(...cases.map((each) => each.runs));
  for (let round = 0; round < rounds; round += 1) {
    for (const each of cases) {
      if (round < each.runs) {
        costs.get(each.name)?.push(await each.measure());
      }
    }
  }
  return new Map([...costs].map(([name, each]) => [name, medianCost(each)]));
}

function judge({ large, split, many }: BenchImages, costs: ReadonlyMap<string, Cost>): readonly Figure[] {
  const seconds = (name: string): number => costs.get(name)?.seconds ?? Number.NaN;
  const megabytes = (name: string): number => (costs.get(name)?.treeBytes ?? Number.NaN) / MB;
  const ratio = (name: string, of: string): Omit<Figure, 'name' | 'limit'> => ({
    unit: 'ratio',
    value: seconds(name) / seconds(of),
    note: `${seconds(name).toFixed(2)} s to ${seconds(of).toFixed(2)} s`,
  });
  const perByte = (image: BenchImage): number => seconds(`cold, ${image.name}`) / image.tarBytes;
  return [
    { name: 'cold, large / gzip -dc', limit: LIMITS.gzip, ...ratio('cold, large', 'gzip -dc, large') },
    {
      name: 'cold, large / libdeflate-gunzip',
      limit: LIMITS.libdeflate,
      ...ratio('cold, large', 'libdeflate-gunzip -dc, large'),
    },
    {
      name: `cold per byte, ${split.layers.length} layers / one`,
      unit: 'ratio',
      limit: LIMITS.split,
      value: perByte(split) / perByte(large),
      note: `${(perByte(split) * 1e9).toFixed(2)} to ${(perByte(large) * 1e9).toFixed(2)} s per GB`,
    },
    ...[large, split, many].flatMap(({ name }): readonly Figure[] => [
      {
        name: `peak memory, cold, ${name}`,
        unit: 'MB',
        limit: name === 'many' ? LIMITS.manyMegabytes : LIMITS.largeMegabytes,
        value: megabytes(`cold, ${name}`),
      },
    ]),
    ...[large, split].flatMap(({ name }): readonly Figure[] =>
      ['warm', 'warm scan'].map((kind) => ({
        name: `${kind}, ${name}`,
        unit: 's',
        limit: LIMITS.warmSeconds,
        value: seconds(`${kind}, ${name}`),
      })),
    ),
  ];
}

function costLine(name: string, { seconds, cpuSeconds, treeBytes, largestBytes }: Cost): string {
  const memory = `${(treeBytes / MB).toFixed(0)} MB at once, ${(largestBytes / MB).toFixed(0)} MB in one process`;
  return `${name.padEnd(44)} ${seconds.toFixed(3).padStart(7)} s  cpu ${cpuSeconds.toFixed(3).padStart(7)} s  ${memory}`;
}

/** The columns of docs/reference/performance.md between commit and machine. */
function summary(figures: readonly Figure[], costs: ReadonlyMap<string, Cost>): readonly string[] {
  const cost = (name: string): string => {
    const { seconds, cpuSeconds, treeBytes } = costs.get(name) ?? medianCost([]);
    return `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s, ${(treeBytes / MB).toFixed(0)} MB`;
  };
  const ratios = figures.filter(({ unit }) => unit === 'ratio').map(({ value }) => value.toFixed(2));
  const warm = ['warm, large', 'warm scan, large'].map((name) => (costs.get(name)?.seconds ?? Number.NaN).toFixed(3));
  return [cost('cold, large'), ...ratios, cost('cold, split'), cost('cold, many'), `${warm.join(' s, ')} s`];
}

function machineOf({ cores, model, node }: ReturnType<typeof circumstances>): string {
  return `${cores} × ${model}, Node ${node.slice(1)}`;
}
