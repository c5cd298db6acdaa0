import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { ValidateFunction } from 'ajv';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { cyclonedxValidator, spdx2Validator, spdx3Validator } from '#test/schemas.ts';
import { readSbom } from './read.ts';

evidence(
  'sbom/rules',
  'published',
  'the JSON schemas of CycloneDX 1.6, SPDX 2.3 and 3.0.1 and their samples, damaged in one place',
);

/** A format whose samples are damaged in one place at a time, and what the schema says of each. */
interface Format {
  readonly name: string;
  readonly validator: () => ValidateFunction;
  readonly samples: readonly string[];
  /** How many samples, damaged documents that both refuse, and those that both accept, there are at least. */
  readonly atLeast: readonly [samples: number, refused: number, accepted: number];
  /** Members that are not looked into, by their name or behind the type of their element. */
  readonly unread: readonly string[];
  /** Where the text of the specification asks for more than its schema: members that have to be more than any text. */
  readonly stricter: readonly string[];
}

const FORMATS: readonly Format[] = [
  {
    name: 'CycloneDX 1.6',
    validator: cyclonedxValidator,
    samples: ['spec/cyclonedx/1.6/valid-*.json'],
    atLeast: [45, 1400, 1400],
    unread: [
      '$schema',
      'annotations',
      'declarations',
      'definitions',
      'formulation',
      'vulnerabilities',
      'signature',
      'cryptoProperties',
      'modelCard',
      'releaseNotes',
      'lifecycles',
      'commits',
      'data',
      'licensing',
      'trustZone',
      'identity',
      'callstack',
      'email',
      'externalReferences.type',
    ],
    stricter: ['specVersion', 'purl'],
  },
  {
    name: 'SPDX 2.3',
    validator: spdx2Validator,
    samples: [
      'spec/spdx/2.3/examples/*.json',
      'spec/spdx/examples/**/spdx2.*/*.json',
      'spec/spdx/examples/presentations/**/*.json',
    ],
    atLeast: [13, 500, 140],
    unread: ['snippets'],
    stricter: [
      'spdxVersion',
      'SPDXID',
      'dataLicense',
      'created',
      'annotationDate',
      'checksumValue',
      'spdxElementId',
      'relatedSpdxElement',
    ],
  },
  {
    name: 'SPDX 3.0',
    validator: spdx3Validator,
    samples: ['spec/spdx/3.0/examples/*.json', 'spec/spdx/examples/**/spdx3.0/*.json'],
    atLeast: [13, 500, 100],
    unread: [
      '@id',
      'simplelicensing_customIdToUri',
      'scope',
      'contentType',
      'originatedBy',
      'software_attributionText',

      'summary',
      'software_homePage',
      'software_additionalPurpose',
      'builtTime',
      'software_sbomType',
      'dataLicense',
      'import',
      'namespaceMap',
      'profileConformance',
      'software_Sbom.element',
      'software_Sbom.rootElement',
      'Person.externalIdentifier',
      'Person.comment',
      'Organization.comment',
      'CreationInfo.comment',
      'software_Sbom.comment',
    ],
    stricter: [],
  },
];

type Path = readonly (string | number)[];

const ABSENT = Symbol('absent');

/** What is put in the place of a value. */
const DAMAGE: readonly unknown[] = [ABSENT, null, 1, 'x y', [], {}];

function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) {
    yield path;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield* pathsIn(inner, [...path, Array.isArray(value) ? Number(name) : name]);
    }
  }
}

/** Members by their names, elements of SPDX 3.0 by their types: `software_Package.name`, `components.#.hashes.#.alg`. */
function kindOf(document: unknown, path: Path): string {
  const [first, index, ...rest] = path;
  const graph = (document as { readonly '@graph'?: readonly { readonly type?: string }[] })['@graph'];
  const type = first === '@graph' && typeof index === 'number' ? graph?.[index]?.type : undefined;
  return (type === undefined ? path : [type, ...rest]).map((part) => (typeof part === 'number' ? '#' : part)).join('.');
}

/** A copy with another value in one place. */
function damaged(value: unknown, [name, ...rest]: Path, replacement: unknown): unknown {
  if (name === undefined) {
    return replacement;
  }
  if (Array.isArray(value)) {
    return value.map((inner: unknown, index) => (index === name ? damaged(inner, rest, replacement) : inner));
  }
  const members = Object.entries(value as object).flatMap(([member, inner]: [string, unknown]) => {
    const left = member === name ? damaged(inner, rest, replacement) : inner;
    return left === ABSENT ? [] : [[member, left] as const];
  });
  return Object.fromEntries(members);
}

/** Where a document is refused, `components[0].purl`; null when it is read. */
function refusedAt(document: unknown): string | null {
  try {
    readSbom(Buffer.from(JSON.stringify(document)), 'it');
    return null;
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return (error.object ?? '').replace(/^it(?:, )?/, '');
  }
}

function written(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
}

/** The value itself, what is around it or inside it; of one that is gone the object that it was in. */
function isThere(place: string, path: Path, damage: unknown): boolean {
  const damagedAt = written(damage === ABSENT ? path.slice(0, -1) : path);
  return damagedAt.startsWith(place) || place.startsWith(damagedAt);
}

function isAmong(kind: string, members: readonly string[]): boolean {
  return members.some((member) => `.${kind}.`.replaceAll('.#', '').includes(`.${member}.`));
}

describe('our rules and the published schema', { skip: missing('shared-data') }, () => {
  for (const { name, validator, samples, atLeast, unread, stricter } of FORMATS) {
    it(`of ${name} accept the same samples, and refuse the same damage where it is`, (t) => {
      const isValid = validator();
      const files = globSync(samples.map((pattern) => data(pattern)));
      const seen = new Set<string>();
      const counts = { refused: 0, accepted: 0, unread: 0, stricter: 0 };
      for (const file of files) {
        const sample: unknown = JSON.parse(readFileSync(file, 'utf8'));
        assert.ok(isValid(sample), file);
        assert.equal(refusedAt(sample), null, file);
        for (const path of pathsIn(sample)) {
          for (const [index, damage] of DAMAGE.entries()) {
            const kind = kindOf(sample, path);
            const isNew = !seen.has(`${index} ${kind}`) && !(damage === ABSENT && typeof path.at(-1) === 'number');
            seen.add(`${index} ${kind}`);
            if (!isNew) {
              continue;
            }
            const document = damaged(sample, path, damage);
            const place = refusedAt(document);
            const what = `${file}: ${written(path)} as ${String(JSON.stringify(damage))}, refused at ${place}`;
            if (isValid(document)) {
              assert.ok(place === null || isAmong(kind, stricter), what);
              counts[place === null ? 'accepted' : 'stricter'] += 1;
            } else {
              assert.ok(place === null ? isAmong(kind, unread) : isThere(place, path, damage), what);
              counts[place === null ? 'unread' : 'refused'] += 1;
            }
          }
        }
      }
      assert.ok(files.length >= atLeast[0] && counts.refused >= atLeast[1] && counts.accepted >= atLeast[2]);
      t.diagnostic(
        `${name}: ${files.length} samples; of ${Object.values(counts).reduce((sum, count) => sum + count)} damaged in one place both ` +
          `refuse ${counts.refused} and accept ${counts.accepted}; we alone refuse ${counts.stricter}, and do not look at ${counts.unread}`,
      );
    });
  }
});
