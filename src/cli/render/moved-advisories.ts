import type { ExportReport, ImportReport } from '#assess/index.ts';
import { printJson } from '#base/json/print.ts';
import type { AdvisoryScreen } from './advisories.ts';
import { ago } from './table/screen.ts';
import { counted, grouped, pad, visible, wrap } from './text.ts';

const NAME = 12;

/** What `advisories export` did. */
export function renderExport(report: ExportReport, screen: AdvisoryScreen): string {
  if (screen.json) {
    return printJson(report);
  }
  const { reference, digest, by, shards } = report;
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const lines = [
    ...shards.map(
      ({ info, bytes: size }) =>
        `${pad(visible(info.ecosystem), NAME)} ${grouped(info.count)} of ${visible(info.provider)}, ${describeAge(info, screen.now)}, ${megabytes(size)}`,
    ),
    '',
    `${counted(shards.length, 'shard')}, ${megabytes(bytes)}, put into ${visible(reference)}`,
    `    ${digest}`,
    ...(by === null
      ? wrap('not signed: an import takes it with --allow-unverified REASON alone', 80, '    ')
      : [`    signed by ${visible(by.identity?.subject ?? by.name)}`, `    ${by.fingerprint}`]),
  ];
  return `${lines.join('\n')}\n`;
}

const OUTCOMES: Readonly<Record<ImportReport['shards'][number]['outcome'], string>> = {
  taken: 'taken',
  confirmed: 'unchanged, looked at since',
  unchanged: 'unchanged',
  kept: 'kept: what is here is newer (--force takes it)',
  'no-source': 'left out: no source of its provider is configured',
};

/** What `advisories import` and `update --from` did. */
export function renderImport(report: ImportReport, screen: AdvisoryScreen): string {
  if (screen.json) {
    return printJson(report);
  }
  const fetched = report.shards.reduce((sum, shard) => sum + shard.fetched, 0);
  const lines = [
    ...report.shards.flatMap((shard) => [
      `${pad(visible(shard.ecosystem), NAME)} ${OUTCOMES[shard.outcome]}`,
      `${' '.repeat(NAME)} ${grouped(shard.count)} of ${visible(shard.provider)}, ${describeAge(shard, screen.now)}`,
    ]),
    ...(report.shards.length === 0 ? ['Nothing of what was named is in it.'] : []),
    '',
    `${megabytes(fetched)} taken from ${visible(report.reference)}`,
    `    ${report.digest}`,
    report.unverified === null
      ? '    signed as the trust configuration asks'
      : `    NOT VERIFIED: ${visible(report.unverified)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function describeAge({ newest, checked }: { readonly newest: number; readonly checked: number }, now: number): string {
  const day = new Date(newest).toISOString().slice(0, 10);
  const looked = `checked ${ago(new Date(checked).toISOString(), now)}`;
  return newest === 0 ? looked : `newest ${day}, ${looked}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
