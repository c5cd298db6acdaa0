import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { data, missing } from '#test/prerequisites.ts';
import { VEX_FORMATS, type VexDocument } from '../document.ts';
import { readVex, readVexIn } from '../read.ts';
import type { VexFormat } from './format.ts';
import { vexFormats } from './list.ts';

const SAMPLES: Readonly<Record<VexFormat['id'], string>> = {
  csaf: 'spec/csaf/csaf_2.0/examples/csaf/csaf_vex/2022-evd-uc-01-na-001.json',
  cyclonedx: 'spec/cyclonedx/1.6/valid-vulnerability-1.6.json',
  openvex: 'openvex/aquasecurity-trivy-oci.openvex.json',
};

const SOURCE = { name: 'document', id: 'urn:document' };

test('the list holds the folders, each under its own name', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).toSorted();
  assert.deepEqual(
    vexFormats.map(({ id }) => id),
    names,
  );
  assert.deepEqual([...VEX_FORMATS], names);
});

test('a document that says to be in none of the formats is refused, with all of them', () => {
  for (const text of [
    '{}',
    '[]',
    'null',
    '"x"',
    '{"spdxVersion": "SPDX-2.3"}',
    '{"__proto__": {"bomFormat": "CycloneDX"}}',
  ]) {
    assert.throws(() => readVex(Buffer.from(text), 'x.json'), {
      code: 'VEX_FORMAT_UNKNOWN',
      message: /^x\.json: no VEX document: expected CSAF, CycloneDX VEX, in JSON, OpenVEX, found/,
    });
    assert.equal(readVexIn(JSON.parse(text), SOURCE), null);
  }
});

for (const format of vexFormats) {
  describe(`${format.id}: contract of VEX formats`, { skip: missing('shared-data') }, () => {
    const sample = (): Readonly<Record<string, unknown>> =>
      JSON.parse(readFileSync(data(SAMPLES[format.id]), 'utf8')) as Readonly<Record<string, unknown>>;

    test('a published document is read as it, by its name and with statements', () => {
      const document = readVex(readFileSync(data(SAMPLES[format.id])), 'sample.json');
      assert.equal(document.format, format.id);
      assert.equal(document.name, 'sample.json');
      assert.ok(document.id !== '' && document.author !== '');
      assertSound(document);
      assert.deepEqual(format.read(sample(), { name: 'sample.json', id: document.id }), document);
    });

    test('no other format claims it', () => {
      const members = membersOf(sample());
      assert.ok(members !== null);
      assert.deepEqual(
        vexFormats.filter((other) => other.claims(members)).map(({ id }) => id),
        [format.id],
      );
    });

    test('what is claimed and broken is an error that names the document', () => {
      const value = sample();
      for (const name of Object.keys(value)) {
        const { [name]: _left, ...rest } = value;
        const broken = { ...rest, [name]: 7 };
        try {
          assertSound(format.read(broken, SOURCE));
        } catch (error) {
          assert.ok(error instanceof AppError && error.code === 'VEX_INVALID', String(error));
          assert.ok(error.message.startsWith('document'), error.message);
        }
      }
    });

    test('any change of it gives a sound document, or one of our own errors', () => {
      const value = sample();
      const paths = pathsOf(value).filter((path) => path.length > 0);
      const change = fc.tuple(
        fc.constantFrom(...paths),
        fc.oneof(fc.jsonValue(), fc.constantFrom('', 'x', [], {}, null)),
      );
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
          const changed = changes.reduce<unknown>((now, [path, to]) => replaced(now, path, to), value);
          readsSoundly(() => format.read(changed, SOURCE));
        }),
        { numRuns: 300 },
      );
    });

    test('any JSON gives one of our own errors', () => {
      fc.assert(fc.property(fc.jsonValue(), (value) => readsSoundly(() => format.read(value, SOURCE))));
    });
  });
}

function readsSoundly(read: () => VexDocument): void {
  let document: VexDocument;
  try {
    document = read();
  } catch (error) {
    if (error instanceof AppError) {
      return;
    }
    throw error;
  }
  assertSound(document);
}

/** What every reader promises of every document that it accepts. */
function assertSound({ statements }: VexDocument): void {
  for (const { vulnerability, aliases, products, timestamp } of statements) {
    assert.ok(vulnerability !== '' && !aliases.includes(''));
    assert.ok(timestamp === null || Number.isSafeInteger(timestamp));
    for (const { ids, subcomponents } of products) {
      assert.ok(![ids, ...subcomponents.map((part) => part.ids)].flat().includes(''));
    }
  }
}

type Path = readonly (string | number)[];

function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) {
    return [[]];
  }
  return [[], ...Object.entries(value).flatMap(([name, item]) => pathsOf(item).map((path) => [name, ...path]))];
}

function replaced(value: unknown, path: Path, to: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined || typeof value !== 'object' || value === null) {
    return name === undefined ? to : value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === name ? replaced(item, rest, to) : (item as unknown)));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === name ? replaced(item, rest, to) : (item as unknown)]),
  );
}
