import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Advisories, ShardStatus } from '#assess/index.ts';
import { openAdvisories } from '#assess/index.ts';
import { matchPackages } from '#lib/advisories/index.ts';
import type { Package } from '#model/package.ts';
import type { ShardReader } from '#model/ports.ts';
import { data, missing } from '#test/prerequisites.ts';
import { type Figure, figureLine, withinLimit } from './lib/figures.ts';
import { writeMaliciousArchive } from './lib/malicious-archive.ts';
import { measure, median } from './lib/measure.ts';
import { benchOptions } from './lib/options.ts';

/**
 * How long it takes to make shards of the archives of the shared data, and of one with 200,000 records of malicious
 * packages, each in a process of its own, start included; how much memory that needs, how large they are; and how long
 * 500 packages are matched with shards that are open. Building is judged by the CPU time of all threads, which is more than passes
 * where nothing else is done, and much the same where something is.
 *
 *     npm run bench -- advisories [--quick]
 */
const SHARED = 39_870;
const MALICIOUS = 200_000;
const QUICK = 5000;
const PER_SECOND = 8000;
const MEMORY_MB = 300;
const BYTES_EACH = 1000;
const MATCH_MS = 20;
const PACKAGES = 500;
/** The first ones, in which the program gets warm, do not count. */
const ROUNDS = 40;
const WARMING = 20;
const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Packages of languages, as purls begin; of every ten the feed knows one. */
const LANGUAGES = [
  { ecosystem: 'npm', type: 'npm', count: 200 },
  { ecosystem: 'PyPI', type: 'pypi', count: 150 },
  { ecosystem: 'Go', type: 'golang', count: 54 },
] as const;
const KNOWN_OF = 10;

const options = benchOptions();
const absent = missing('shared-data');
if (options.one !== undefined) {
  const [place = '', home = ''] = options.one.split('\n');
  await build(place, home);
} else if (absent === false) {
  await compare();
} else {
  console.log(`not measured: ${absent}`);
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-advisories-'));
  try {
    const count = options.quick ? QUICK : MALICIOUS;
    mkdirSync(join(folder, 'malicious/npm'), { recursive: true });
    writeMaliciousArchive(join(folder, 'malicious/npm/all.zip'), count);
    await building('shared archives', data('osv'), SHARED, join(folder, 'shared-home'));
    await building('malicious packages', join(folder, 'malicious'), count, join(folder, 'malicious-home'));
    await matching(join(folder, 'shared-home'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function open(place: string, home: string): Promise<Advisories> {
  return openAdvisories({
    sources: [{ provider: 'osv', place, ecosystems: null }],
    home,
    offline: true,
    clock: { now: () => NOW },
    signal: new AbortController().signal,
  });
}

/** In the child. */
async function build(place: string, home: string): Promise<void> {
  const advisories = await open(place, home);
  const results = await advisories.update();
  advisories.close();
  const failed = results.find(({ outcome, info }) => outcome !== 'built' || info?.rejected !== 0);
  if (results.length === 0 || failed !== undefined) {
    throw new Error(`${failed?.ecosystem}: ${failed?.outcome} ${failed?.unknowns[0]?.reason}`);
  }
}

async function building(name: string, place: string, count: number, home: string): Promise<void> {
  const { seconds, cpuSeconds, largestBytes } = await measure(process.execPath, [
    import.meta.filename,
    `--one=${place}\n${home}`,
  ]);
  const note = `cpu; ${count} in ${seconds.toFixed(1)} s, ${Math.round(count / cpuSeconds)} for each of cpu`;
  report({ name: `${name}, built`, unit: 's', value: cpuSeconds, limit: count / PER_SECOND, note });
  report({ name: `${name}, memory`, unit: 'MB', value: largestBytes / 1e6, limit: MEMORY_MB });
  const advisories = await open(place, home);
  const statuses = await advisories.status();
  advisories.close();
  const bytes = statuses.reduce((sum, status) => sum + statSync(status.path).size, 0);
  const held = statuses.reduce((sum, { info }) => sum + (info?.count ?? 0), 0);
  if (held !== count) {
    throw new Error(`${name}: expected ${count} advisories, found ${held}`);
  }
  const size = `${(bytes / held).toFixed(0)} bytes an advisory`;
  report({ name: `${name}, size`, unit: 'MB', value: bytes / 1e6, limit: (count * BYTES_EACH) / 1e6, note: size });
}

async function matching(home: string): Promise<void> {
  const advisories = await open(data('osv'), home);
  try {
    const readers = new Map<string, ShardReader>();
    for (const ecosystem of ['Debian:11', 'npm', 'PyPI', 'Go']) {
      const { reader } = await advisories.shard(ecosystem);
      if (reader !== null) {
        readers.set(ecosystem, reader);
      }
    }
    const packages = somePackages(await advisories.status());
    const times: number[] = [];
    let findings = 0;
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      findings = matchPackages(packages, { id: 'debian', versionId: '11', idLike: [] }, readers).findings.length;
      times.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before);
    const cpu = `cpu ${((user + system) / 1000 / ROUNDS).toFixed(1)} ms`;
    const note = `median of ${ROUNDS - WARMING}, ${packages.length} packages of ${readers.size} shards, ${findings} findings; ${cpu}`;
    report({ name: 'matched, shards open', unit: 'ms', value: median(times.slice(WARMING)), limit: MATCH_MS, note });
  } finally {
    advisories.close();
  }
}

/** What Debian 11 is made of, and packages of languages beside it. */
function somePackages(shards: readonly ShardStatus[]): readonly Package[] {
  const lines = readFileSync(data('manifests/bullseye.manifest'), 'utf8').trim().split('\n');
  const packages = lines.map((line) => {
    const [name = '', version = ''] = line.split('\t');
    return toPackage('deb', name.split(':', 1)[0] ?? name, version);
  });
  for (const { ecosystem, type, count } of LANGUAGES) {
    const database = new DatabaseSync(shards.find((shard) => shard.ecosystem === ecosystem)?.path ?? '', {
      readOnly: true,
    });
    const known = database.prepare('SELECT DISTINCT name FROM affected ORDER BY name').all();
    database.close();
    for (let at = 0; at < count; at += 1) {
      const name = String(known[Math.floor((at / count) * known.length)]?.['name']);
      packages.push(toPackage(type, at % KNOWN_OF === 0 ? name : `${name}-of-nobody`, '1.4.0'));
    }
  }
  if (packages.length !== PACKAGES) {
    throw new Error(`expected ${PACKAGES} packages, found ${packages.length}`);
  }
  return packages;
}

function toPackage(type: Package['type'], name: string, version: string): Package {
  const purl = `pkg:${type}/${name}@${version}`;
  const locations = [{ path: '/lib', layer: null }];
  return { type, name, version, purl, licenses: [], layer: null, locations, cataloger: 'bench' };
}

function report(figure: Figure): void {
  console.log(figureLine(figure, !options.quick));
  if (!options.quick && !withinLimit(figure)) {
    process.exitCode = 1;
  }
}
