import type { ShardStatus, ShownAdvisory, UpdateResult } from '#assess/index.ts';
import { printJson } from '#base/json/print.ts';
import type { Affected, AffectedRange } from '#model/advisory.ts';
import type { ShardInfo } from '#model/ports.ts';
import { ago, severityWord } from './table/screen.ts';
import { columnsOf, counted, grouped, pad, visible, wrap } from './text.ts';

export interface AdvisoryScreen {
  readonly json: boolean;
  /** Milliseconds UTC, for ages. */
  readonly now: number;
}

const WIDTH = 80;

const OUTCOMES = { built: 'fetched', changed: 'brought up to date', unchanged: 'unchanged', failed: 'failed' } as const;

/** What `advisories update` did. */
export function renderUpdates(results: readonly UpdateResult[], screen: AdvisoryScreen): string {
  if (screen.json) {
    return printJson(results);
  }
  if (results.length === 0) {
    return 'Nothing to update: name an ecosystem, such as Alpine, Debian, npm, PyPI or Go.\n';
  }
  const lines = results.flatMap(({ ecosystem, outcome, info, unknowns }) => {
    const held = info === null ? 'none here' : describe(info, screen.now);
    return [
      `${pad(visible(ecosystem), 12)} ${OUTCOMES[outcome]}: ${held}`,
      ...unknowns.flatMap((unknown) => wrap(visible(unknown.reason), WIDTH, '    ')),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** What `advisories status` lists: one line per shard, with its source and revision below. */
export function renderShards(shards: readonly ShardStatus[], screen: AdvisoryScreen): string {
  if (screen.json) {
    return printJson(shards);
  }
  if (shards.length === 0) {
    return 'No advisories here yet: scan fetches what an image needs, or plimsoll advisories update ECOSYSTEM.\n';
  }
  const width = Math.max(...shards.map((shard) => columnsOf(visible(shard.ecosystem))));
  const lines = shards.flatMap(({ ecosystem, info, problem, path, bytes, origin }) => {
    const name = pad(visible(ecosystem), width);
    if (info === null) {
      return [`${name}  damaged: ${visible(problem ?? '')}`, `    ${visible(path)}`];
    }
    return [
      `${name}  ${describe(info, screen.now)}, ${(bytes / 1e6).toFixed(1)} MB`,
      `    ${visible(info.provider)} from ${visible(info.source)}`,
      `    revision ${info.revision}`,
      ...(origin === undefined ? [] : [`    brought by ${visible(origin.reference)}${doubt(origin.unverified)}`]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function doubt(unverified: string | null): string {
  return unverified === null ? '' : `, NOT VERIFIED: ${visible(unverified)}`;
}

function describe(info: ShardInfo, now: number): string {
  const undated = info.count === 0 ? 'empty' : 'without dates';
  const newest = info.newest === 0 ? undated : `newest ${day(info.newest)} (${ago(day(info.newest), now)})`;
  const rejected = info.rejected === 0 ? '' : `, ${counted(info.rejected, 'record')} unreadable`;
  const checked = `checked ${ago(new Date(info.checked).toISOString(), now)}`;
  return `${grouped(info.count)} ${unitOf(info)}, ${newest}, ${checked}${rejected}`;
}

/** What a shard counts. */
function unitOf({ ecosystem, count }: ShardInfo): string {
  switch (ecosystem) {
    case 'EPSS':
    case 'KEV':
      return count === 1 ? 'signal' : 'signals';
    case 'Lifecycle':
      return count === 1 ? 'release' : 'releases';
    default:
      return count === 1 ? 'advisory' : 'advisories';
  }
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** What `advisories show` prints: every record with that name, and the packages it is about. */
export function renderAdvisory(shown: readonly ShownAdvisory[], screen: AdvisoryScreen): string {
  if (screen.json) {
    return printJson(shown);
  }
  return `${shown.map((item) => advisoryLines(item).join('\n')).join('\n\n')}\n`;
}

function advisoryLines({ shard, record }: ShownAdvisory): readonly string[] {
  const { advisory, affected } = record;
  const names = [...advisory.aliases, ...advisory.upstream];
  const prose = advisory.details === '' ? advisory.summary : advisory.details;
  return [
    `${visible(advisory.id)}  ${visible(advisory.summary)}`.trim(),
    ...(names.length === 0 ? [] : wrap(`also ${names.map(visible).join(', ')}`, WIDTH, '  ')),
    ...wrap(
      `${visible(shard.ecosystem)} of ${visible(shard.source)}${modifiedText(advisory.modified)}${withdrawnText(advisory.withdrawn)}`,
      WIDTH,
      '  ',
    ),
    ...advisory.ratings.map(
      (rating) => `  ${severityWord(rating.severity)} ${rating.score ?? ''} ${visible(rating.vector ?? rating.scale)}`,
    ),
    ...(prose === '' || prose === advisory.summary ? [] : ['', ...wrap(visible(prose), WIDTH, '  ')]),
    '',
    ...affected.flatMap((item) => wrap(affectedText(item), WIDTH, '  ')),
    ...advisory.references.map((reference) => `  ${visible(reference.url)}`),
  ];
}

/** Of feeds without dates nothing. */
function modifiedText(modified: string): string {
  return Date.parse(modified) === 0 ? '' : `, modified ${visible(modified.slice(0, 10))}`;
}

function withdrawnText(withdrawn: string | undefined): string {
  return withdrawn === undefined ? '' : `, WITHDRAWN ${visible(withdrawn.slice(0, 10))}`;
}

/** `Alpine:v3.10 busybox: from 0 until 1.30.1-r5`. */
function affectedText(item: Affected): string {
  const ranges = item.ranges.map(rangeText);
  const listed =
    item.versions.length === 0 || ranges.length > 0 ? [] : [counted(item.versions.length, 'listed version')];
  const status = item.status === undefined ? '' : ` (${visible(item.status)})`;
  const denied = item.state === 'not_affected' ? 'not affected ' : '';
  return `${visible(item.ecosystem)} ${visible(item.name)}: ${denied}${[...ranges, ...listed].join('; ')}${status}`;
}

function rangeText(range: AffectedRange): string {
  return range.events
    .map((event) => {
      const [kind = '', version = ''] = Object.entries(event)[0] ?? [];
      const word = { introduced: 'from', fixed: 'until', last_affected: 'up to', limit: 'below' }[kind] ?? kind;
      return `${word} ${visible(version)}`;
    })
    .join(' ');
}
