import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { AppError } from '#base/error.ts';
import { parseTopLevel } from '#lib/packages/catalogers/snap/parse-top-level.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const DESCRIPTIONS: readonly string[] = [
  'name: a-b\nversion: 1.10\nsummary: A\ndescription: |\n  B\n\n  name: c\narchitectures:\n- amd64\nbase: core22\nlicense: MIT\n',
  '---\n# c\nname: \'a\'\'b\' # d\nversion: "2.0"\narchitectures: [ arm64, "armhf" ]\nplugs:\n  home:\n',
];
const TEXTS: ReadonlySet<string> = new Set(['name', 'version']);
const LISTS: ReadonlySet<string> = new Set(['architectures']);

/** The cataloger says it as an unknown. */
class NotUnderstood extends AppError<'NOT_UNDERSTOOD'> {}

/** Descriptions of snaps: what is understood is what a parser of all of YAML takes it for, if it takes it at all. */
export const snapDescription: FuzzTarget = {
  id: 'snap-description',
  seeds: () => DESCRIPTIONS.map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    'name: ',
    'version: ',
    'architectures:',
    '\n- ',
    '\n  ',
    "''",
    '"',
    ' #',
    '|\n  ',
    '>-\n  ',
    '[',
    '{',
    '~',
  ],
  run: (input) => {
    runCataloger('snap', 'snap/a/1/meta/snap.yaml', input);
    const text = new TextDecoder().decode(input);
    const ours = parseTopLevel(text, TEXTS, LISTS);
    if (ours === null) {
      throw new NotUnderstood('NOT_UNDERSTOOD', 'written in a way that is not read');
    }
    const theirs = readYaml(text);
    if (theirs !== null) {
      for (const [key, value] of ours) {
        invariant(`${key} is what YAML takes it for`, () =>
          assert.deepEqual(
            value.filter((each) => each !== ''),
            listed(theirs.get(key)),
          ),
        );
      }
    }
  },
};

/** The members of a mapping, all scalars as texts; null for what is no YAML, or is none. */
function readYaml(text: string): ReadonlyMap<string, unknown> | null {
  const document = parseDocument(text, { schema: 'failsafe', version: '1.2', prettyErrors: false, logLevel: 'silent' });
  const data = document.errors.length + document.warnings.length === 0 ? toData(document) : null;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? new Map(Object.entries(data)) : null;
}

/** Null where an alias is of nothing. */
function toData(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return null;
  }
}

/** What is there, where YAML has several ways to write nothing. */
function listed(value: unknown): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter(
    (item) => !['', '~', 'null', 'Null', 'NULL', null, undefined].some((nothing) => nothing === item),
  );
}
