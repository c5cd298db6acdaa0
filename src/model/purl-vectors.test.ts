import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { PurlParts } from './purl.ts';
import { buildPurl, parsePurl } from './purl.ts';

evidence('packages/purl', 'published', 'test vectors and type definitions of the purl specification');

/** Those that are written for packages and images. */
const OUR_TYPES = ['alpm', 'apk', 'deb', 'gem', 'golang', 'npm', 'oci', 'pypi', 'rpm'] as const;

interface Vector {
  readonly test_type: 'parse' | 'build' | 'validate' | 'roundtrip';
  readonly expected_failure?: boolean;
  readonly input: unknown;
  readonly expected_output: unknown;
}

interface VectorParts {
  readonly type: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>> | null;
  readonly subpath: string | null;
}

/** What a vector gives here: the text or the parts, or `failed`. */
function answer(vector: Vector): unknown {
  try {
    if (vector.test_type === 'build') {
      return buildPurl(fromVector(vector.input as VectorParts));
    }
    const parsed = parsePurl(vector.input as string);
    return vector.test_type === 'parse' ? toVector(parsed) : buildPurl(parsed);
  } catch (error) {
    assert.ok(isAppError(error), String(error));
    return 'failed';
  }
}

function fromVector(given: VectorParts): PurlParts {
  return {
    type: given.type ?? '',
    namespace: given.namespace ?? '',
    name: given.name ?? '',
    version: given.version ?? '',
    qualifiers: new Map(Object.entries(given.qualifiers ?? {})),
    subpath: given.subpath ?? '',
  };
}

function toVector({ type, namespace, name, version, qualifiers = new Map(), subpath }: PurlParts): VectorParts {
  return {
    type,
    namespace: namespace || null,
    name,
    version: version || null,
    qualifiers: qualifiers.size === 0 ? null : Object.fromEntries(qualifiers),
    subpath: subpath || null,
  };
}

function vectors(path: string): readonly Vector[] {
  const { tests } = JSON.parse(readFileSync(data(`spec/purl/tests/${path}`), 'utf8')) as { tests: readonly Vector[] };
  assert.ok(tests.length > 0, path);
  return tests;
}

function holds(vector: Vector): boolean {
  return isDeepStrictEqual(answer(vector), vector.expected_failure === true ? 'failed' : vector.expected_output);
}

/** Two vectors of one file that no reader can keep both: one is to fail, the other reads the very same text. */
const CONTRADICTED = [
  {
    file: 'types/gem-test.json',
    input: 'pkg:gem/jruby-launcher@1.1.2?Platform=java',
    fails: { test_type: 'parse', expected_message: 'Should fail due to qualifier key not in lowercase' },
    reads: { test_type: 'validate', expected_output: 'pkg:gem/jruby-launcher@1.1.2?platform=java' },
  },
  {
    file: 'types/rpm-test.json',
    input: 'pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25',
    fails: { test_type: 'parse', expected_message: 'Should fail as qualifier keys are not in lowercase' },
    reads: { test_type: 'validate', expected_output: 'pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25' },
  },
] as const;

/** A vector whose expectation the definition of its type forbids, and its own example as well. */
const AGAINST_ITS_DEFINITION = {
  file: 'types/git-test.json',
  vector: {
    description: 'git namespace and name should be lowercased. Validate an input purl.',
    test_type: 'validate',
    input: 'pkg:git/github/Package-url/purl-Spec@244fd47e07d1004f0aed9c',
    expected_output: 'pkg:git/github/package-url/purl-spec@244fd47e07d1004f0aed9c',
  },
  definition: { namespace_definition: { case_sensitive: true }, name_definition: { case_sensitive: true } },
  example: 'pkg:git/gitlab.gnome.org/GNOME/adwaita-fonts',
} as const;

const EXCEPTIONS: readonly string[] = [
  ...CONTRADICTED.map(({ file, input, fails }) => `${file}: ${fails.test_type} ${input}`),
  `${AGAINST_ITS_DEFINITION.file}: ${AGAINST_ITS_DEFINITION.vector.test_type} ${AGAINST_ITS_DEFINITION.vector.input}`,
];

describe('the vectors of the purl specification', { skip: missing('shared-data') }, () => {
  it('all hold but for three that contradict the specification or each other', (t) => {
    const types = readdirSync(data('spec/purl/tests/types')).toSorted();
    const all = ['spec/specification-test.json', ...types.map((name) => `types/${name}`)].flatMap((file) =>
      vectors(file).map((vector) => ({ file, vector })),
    );
    const failed = all
      .filter(({ vector }) => !holds(vector))
      .map(({ file, vector }) => `${file}: ${vector.test_type} ${String(vector.input)}`);
    assert.deepEqual(failed.toSorted(), EXCEPTIONS.toSorted());
    assert.ok(all.length >= 586 && types.length >= 42, `only ${all.length} vectors of ${types.length} types`);
    const count = all.length - failed.length;
    t.diagnostic(`${count} of ${all.length} purl vectors hold, of ${types.length} types; ${failed.length} exceptions`);
  });

  for (const { file, input, fails, reads } of CONTRADICTED) {
    it(`contradict each other on ${input}, which is read`, () => {
      const about = vectors(file).filter((vector) => vector.input === input);
      assert.ok(about.some((vector) => vector.expected_failure === true && isPartOf(fails, vector)));
      assert.ok(about.some((vector) => vector.expected_failure === false && isPartOf(reads, vector)));
      assert.equal(buildPurl(parsePurl(input)), reads.expected_output);
    });
  }

  it('also ask, of maven, for qualifier keys in upper case to be read', () => {
    const { input = '', ...rest } =
      vectors('types/maven-test.json').find(
        (vector) => vector.test_type === 'parse' && String(vector.input).includes('repositorY_url'),
      ) ?? {};
    assert.ok('expected_failure' in rest && rest.expected_failure === false);
    assert.ok(parsePurl(String(input)).qualifiers?.has('repository_url'));
  });

  it('contradict the definition of git, which is kept', () => {
    const { file, vector, definition, example } = AGAINST_ITS_DEFINITION;
    assert.ok(vectors(file).some((each) => isPartOf(vector, each)));
    const path = data('spec/purl/types/git-definition.json');
    const published = JSON.parse(readFileSync(path, 'utf8')) as { readonly examples: readonly string[] };
    assert.ok(isPartOf(definition, published));
    assert.ok(published.examples.includes(example));
    assert.equal(buildPurl(parsePurl(example)), example);
  });

  it('agree with the type definitions on what is lower case', () => {
    for (const type of OUR_TYPES) {
      const definition = JSON.parse(
        readFileSync(data(`spec/purl/types/${type}-definition.json`), 'utf8'),
      ) as Definition;
      const parsed = parsePurl(buildPurl({ type, namespace: 'N', name: 'N', version: 'N' }));
      for (const part of ['namespace', 'name', 'version'] as const) {
        const { case_sensitive, note = '', requirement } = definition[`${part}_definition`] ?? {};
        if (requirement !== 'prohibited') {
          const lower = case_sensitive === false || note.includes('shall be lowercased');
          assert.equal(parsed[part], lower ? 'n' : 'N', `${type} ${part}`);
        }
      }
    }
  });
});

/** Whether all that is in the first value is in the second. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) {
    return part === whole;
  }
  const members = Object.entries(whole ?? {});
  return Object.entries(part).every(([name, value]) => isPartOf(value, members.find(([other]) => other === name)?.[1]));
}

type Definition = Readonly<
  Partial<
    Record<
      'namespace_definition' | 'name_definition' | 'version_definition',
      { readonly case_sensitive?: boolean; readonly note?: string; readonly requirement?: string }
    >
  >
>;
