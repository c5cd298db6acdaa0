import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { writeLayoutIndex, writeManifest } from '#test/fixtures/oci-layout.ts';
import { type Figure, figureLine, withinLimit } from './figures.ts';
import { writeGzipLayer } from './layer-file.ts';
import { measure, medianCost } from './measure.ts';
import type { benchOptions } from './options.ts';
import { appendHistory, circumstances } from './record.ts';

/** An image of one layer, of which each of many parts is to be listed. */
export interface Listing {
  /** Of the bench. */
  readonly id: string;
  /** What the parts are, `npm packages`; and one of them. */
  readonly parts: string;
  readonly part: string;
  readonly count: number;
  readonly limits: { readonly megabytes: number; readonly millisecondsPerPart: number };
  readonly entries: AsyncIterable<Uint8Array>;
  /** Throws for a wrong answer: its figure would mean nothing. */
  readonly check: (packages: readonly Package[]) => void;
}

/** Lists the image with the program, cold and with the start of the process; prints and keeps what a part takes, and the peak of memory. */
export async function benchListing(listing: Listing, options: ReturnType<typeof benchOptions>): Promise<void> {
  const runs = Number(options.runs ?? (options.quick ? 1 : 5));
  const work = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  try {
    const layout = join(work, 'layout');
    const layer = await writeGzipLayer(layout, listing.entries);
    const { manifest } = await writeManifest(layout, { platform: { os: 'linux', architecture: 'amd64' } }, [layer]);
    await writeLayoutIndex(layout, [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'bench' } }]);
    const args = ['sbom', '-o', 'json', `oci:${layout}`];
    listing.check(listed(options.program, args, freshFolders(work)));
    const costs = [];
    for (let run = 0; run < runs; run += 1) {
      costs.push(await measure(options.program, args, freshFolders(work)));
    }
    const { seconds, treeBytes } = medianCost(costs);
    const figures: readonly Figure[] = [
      {
        name: `${listing.count} ${listing.parts}, cold, per ${listing.part}`,
        unit: 'ms',
        limit: listing.limits.millisecondsPerPart,
        value: (seconds * 1000) / listing.count,
        note: `${seconds.toFixed(2)} s for a layer of ${(layer.tarBytes / 1e6).toFixed(0)} MB`,
      },
      {
        name: `peak memory, ${listing.count} ${listing.parts}`,
        unit: 'MB',
        limit: listing.limits.megabytes,
        value: treeBytes / 1e6,
      },
    ];
    console.log(figures.map((figure) => figureLine(figure, !options.quick)).join('\n'));
    appendHistory({ ...circumstances(options.program), bench: listing.id, quick: options.quick, runs, figures });
    if (!options.quick && !figures.every(withinLimit)) {
      process.exitCode = 1;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function freshFolders(work: string): Readonly<Record<string, string>> {
  const home = mkdtempSync(join(work, 'home-'));
  const advisories = join(work, 'advisories');
  mkdirSync(advisories, { recursive: true });
  return { PLIMSOLL_HOME: home, PLIMSOLL_ADVISORIES: advisories };
}

function listed(
  program: string,
  args: readonly string[],
  folders: Readonly<Record<string, string>>,
): readonly Package[] {
  const env = { ...process.env, ...folders };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: 'utf8', maxBuffer: 1 << 29 });
  if (status !== 0) {
    throw new Error(`plimsoll exited with ${status}: ${stderr}`);
  }
  return (JSON.parse(stdout) as Report).packages;
}
