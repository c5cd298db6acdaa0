import type { Advisory, Affected } from '#model/advisory.ts';
import type { Package } from '#model/package.ts';
import { comparedName } from '../package-name.ts';
import { withEpochsOfBoth } from './epochs.ts';
import type { Evaluation, Schemes } from './evaluate.ts';
import { evaluateAdvisory } from './evaluate.ts';
import type { Place } from './placement.ts';
import type { OpenPlace } from './resolve.ts';
import type { Scope } from './scope.ts';
import { scopeOf, tellsModules } from './scope.ts';
import type { Subject } from './subject.ts';
import { subjectsOf } from './subject.ts';
import type { Trace } from './trace.ts';

/** All that one advisory says of a package under one name in one ecosystem. */
export interface Statement {
  readonly advisory: Advisory;
  readonly ecosystem: string;
  readonly place: Place;
  readonly subject: Subject;
  readonly rows: readonly Affected[];
  /** The source tells what is in a module, always or for this name. */
  readonly modular: boolean;
}

export interface Statements {
  readonly statements: readonly Statement[];
  /** Rows read, those of withdrawn advisories included. */
  readonly rows: number;
}

/** What the places say of a package. Withdrawn advisories say nothing any more. */
export function statementsAbout(item: Package, places: readonly OpenPlace[]): Statements {
  const statements: Statement[] = [];
  let count = 0;
  for (const { place, reader, ecosystems } of places) {
    const subjects = subjectsOf(item, place.names);
    for (const ecosystem of ecosystems) {
      const closer = new Set<string>();
      for (const subject of subjects) {
        const rows = reader.affected(ecosystem, comparedName(ecosystem, subject.name));
        const modular = place.namesModules === true || tellsModules(rows, item);
        count += rows.length;
        for (const own of byAdvisory(rows)) {
          const [{ advisory }] = own;
          if (!closer.has(advisory.id)) {
            closer.add(advisory.id);
            statements.push({ advisory, ecosystem, place, subject, rows: own, modular });
          }
        }
      }
    }
  }
  return { statements, rows: count };
}

/** Whether a statement holds for the package. Rows of other modules, architectures and packages of the same source are left out. */
export function evaluateStatement(
  { advisory, rows, modular, subject }: Statement,
  item: Package,
  schemes: Schemes,
  trace?: Trace,
): Evaluation {
  const scopes = rows.map((row) => scopeOf(row, item, modular));
  const own = rows.filter((_, at) => scopes[at]?.kind !== 'out');
  if (own.length === 0) {
    return { kind: 'unaffected' };
  }
  const chosen = { ...schemes, own: withEpochsOfBoth(schemes.own, own, subject.sourced) };
  const result = evaluateAdvisory(advisory, own, subject.version, chosen, trace);
  return result.kind === 'affected' ? (undecided(scopes) ?? result) : result;
}

/** Whether anything that is said is about this package: rows of other modules and architectures leave it as it is. */
export function isAbout({ rows, modular }: Statement, item: Package): boolean {
  return rows.some((row) => scopeOf(row, item, modular).kind !== 'out');
}

function undecided(scopes: readonly Scope[]): Evaluation | null {
  if (scopes.some(({ kind }) => kind === 'in')) {
    return null;
  }
  const reason = scopes.flatMap((scope) => (scope.kind === 'undecided' ? [scope.reason] : []))[0];
  return reason === undefined ? null : { kind: 'unknown', reason };
}

type Rows = readonly [Affected, ...Affected[]];

function byAdvisory(rows: readonly Affected[]): readonly Rows[] {
  const groups = new Map<string, [Affected, ...Affected[]]>();
  for (const row of rows) {
    if (row.advisory.withdrawn !== undefined) {
      continue;
    }
    const group = groups.get(row.advisory.id);
    if (group === undefined) {
      groups.set(row.advisory.id, [row]);
    } else {
      group.push(row);
    }
  }
  return [...groups.values()];
}
