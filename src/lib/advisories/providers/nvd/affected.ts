import type { Advisory, Affected, AffectedRange, RangeEvent } from '#model/advisory.ts';
import { parseCpe, productOf } from '../../cpe.ts';
import type { NvdConfiguration, NvdCpeMatch, NvdNode } from './schema.ts';

/** What configurations say of one product. */
interface Said {
  readonly ranges: AffectedRange[];
  readonly versions: string[];
}

/**
 * The applications that a vulnerability is in, each once, by `vendor:product`. A configuration of several nodes holds where
 * all of them do: what the vulnerable program runs on is not vulnerable itself, and without it the program is not either.
 * Of what programs run on, an image shows only that it is Linux; rows that need more are left out.
 */
export function toAffected(advisory: Advisory, configurations: readonly NvdConfiguration[]): readonly Affected[] {
  const said = new Map<string, Said>();
  for (const configuration of configurations) {
    for (const node of nodesThatDecide(configuration)) {
      for (const match of node.cpeMatch) {
        add(said, match);
      }
    }
  }
  return [...said].map(([name, { ranges, versions }]) => ({
    advisory,
    ecosystem: 'NVD',
    name,
    ranges,
    versions,
    ratings: [],
  }));
}

/** The nodes of which each is enough, given that the image runs on Linux. */
function nodesThatDecide({ operator, negate, nodes }: NvdConfiguration): readonly NvdNode[] {
  if (negate === true) {
    return [];
  }
  const usable = nodes.filter((node) => node.negate !== true && (node.operator === 'OR' || node.cpeMatch.length === 1));
  if (operator !== 'AND') {
    return usable;
  }
  return usable.filter((node) => nodes.every((other) => other === node || isLinux(other)));
}

function isLinux({ negate, operator, cpeMatch }: NvdNode): boolean {
  return negate !== true && operator === 'OR' && cpeMatch.some(({ criteria }) => isLinuxKernel(criteria));
}

function isLinuxKernel(criteria: string): boolean {
  const cpe = parseCpe(criteria);
  return cpe?.part === 'o' && cpe.vendor === 'linux' && cpe.product === 'linux_kernel' && cpe.version === '-';
}

function add(said: Map<string, Said>, match: NvdCpeMatch): void {
  const cpe = parseCpe(match.criteria);
  if (
    !match.vulnerable ||
    cpe?.part !== 'a' ||
    !ON_LINUX.has(cpe.targetSoftware) ||
    cpe.vendor === '*' ||
    cpe.product === '*'
  ) {
    return;
  }
  const name = productOf(cpe);
  const about = said.get(name) ?? { ranges: [], versions: [] };
  if (cpe.version === '*') {
    about.ranges.push({ type: 'ECOSYSTEM', events: boundsOf(match) });
  } else if (cpe.version === '-') {
    // No version at all: nothing that is installed is that.
    return;
  } else if (cpe.update === '*') {
    const events: readonly RangeEvent[] = [{ introduced: cpe.version }, { last_affected: withUpdates(cpe.version) }];
    about.ranges.push({ type: 'ECOSYSTEM', events });
  } else {
    about.versions.push(cpe.update === '-' ? cpe.version : `${cpe.version}-${cpe.update}`);
  }
  said.set(name, about);
}

/** `wordpress`, `node.js`, `windows` and the like are about another product of that name, or another build. */
const ON_LINUX: ReadonlySet<string> = new Set(['*', '-', 'linux', 'linux_kernel', 'unix']);

/** A bound without an update is about the version with any: CPE compares updates apart from versions. */
function boundsOf(match: NvdCpeMatch): readonly RangeEvent[] {
  const { versionStartIncluding, versionStartExcluding, versionEndIncluding, versionEndExcluding } = match;
  const start =
    versionStartIncluding ?? (versionStartExcluding === undefined ? '0' : withUpdates(versionStartExcluding));
  const end: readonly RangeEvent[] =
    versionEndExcluding !== undefined
      ? [{ fixed: versionEndExcluding }]
      : versionEndIncluding !== undefined
        ? [{ last_affected: withUpdates(versionEndIncluding) }]
        : [];
  return [{ introduced: start }, ...end];
}

/** After all updates of a version, in the order of `generic`. */
function withUpdates(version: string): string {
  return `${version}-*`;
}
