import { END, writeEntry } from '#test/fixtures/tar-writer.ts';
import { benchListing } from './lib/listing.ts';
import { benchOptions } from './lib/options.ts';

/**
 * What it costs to list an image with a `node_modules` of 10,000 packages, a fifth of them in that of another, each with eight
 * dependencies and nine more files: cold, with the start of the process.
 *
 *     npm run bench -- node-modules [--quick] [--runs=N] [--program=FILE]
 */
const options = benchOptions();
const packages = options.quick ? 500 : 10_000;
const NEEDS = 8;
const MORE_FILES = 9;

await benchListing(
  {
    id: 'node-modules',
    parts: 'npm packages',
    part: 'package',
    count: packages,
    limits: { megabytes: 400, millisecondsPerPart: 1 },
    entries: entries(),
    check: (found) => {
      const edges = found.reduce((sum, { dependsOn = [] }) => sum + dependsOn.length, 0);
      if (found.length !== packages || edges < packages * (NEEDS - 1)) {
        throw new Error(
          `expected ${packages} packages and ${NEEDS} dependencies of each, found ${found.length} and ${edges}`,
        );
      }
    },
  },
  options,
);

// oxlint-disable-next-line typescript/require-await -- layers are written from what comes asynchronously
async function* entries(): AsyncGenerator<Uint8Array> {
  const text = Buffer.from(script());
  for (let index = 0; index < packages; index += 1) {
    const folder = folderOf(index);
    yield writeEntry({ path: `${folder}/package.json`, content: packageJson(index) });
    for (let file = 0; file < MORE_FILES; file += 1) {
      const start = (Math.imul(index * MORE_FILES + file, 7919) >>> 0) % (text.length - 8000);
      const size = 500 + ((Math.imul(index + file, 104_729) >>> 0) % 5000);
      yield writeEntry({ path: `${folder}/lib/file-${file}.js`, content: text.subarray(start, start + size) });
    }
  }
  yield END;
}

/** Every fifth is in the folder of the one before, where only that one and itself find it. */
function folderOf(index: number): string {
  const own = `node_modules/${nameOf(index)}`;
  return index % 5 === 4 ? `app/node_modules/${nameOf(index - 1)}/${own}` : `app/${own}`;
}

function nameOf(index: number): string {
  return index % 3 === 0 ? `@scope-${index % 40}/package-${index}` : `package-${index}`;
}

/** Of the size that they have on average. */
function packageJson(index: number): string {
  const names = Array.from({ length: NEEDS }, (_, needed) => {
    const other = (index + Math.imul(needed + 1, 617)) % packages;
    return nameOf(other - (other % 5));
  });
  return JSON.stringify(
    {
      name: nameOf(index),
      version: `${index % 7}.${index % 11}.${index % 13}`,
      description: 'A package like many others, with a sentence that says what it is good for',
      license: 'MIT',
      repository: { type: 'git', url: `git+https://example.org/${index}.git` },
      keywords: Array.from({ length: 12 }, (_, keyword) => `keyword-${keyword}`),
      files: ['lib', 'index.js', 'index.d.ts'],
      scripts: { test: 'node --test', lint: 'eslint .', build: 'tsc -p .', prepublishOnly: 'npm run build' },
      dependencies: Object.fromEntries(names.map((name) => [name, '^1.0.0'])),
      devDependencies: Object.fromEntries(Array.from({ length: 12 }, (_, tool) => [`tool-${tool}`, '^2.0.0'])),
    },
    null,
    2,
  );
}

/** A text that shrinks as scripts do, the same in every run. */
function script(): string {
  let state = 1;
  return Array.from({ length: 40_000 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return `const v${state >>> 20} = f${(state >>> 8) & 0xff}(v${(state >>> 12) & 0xfff});\n`;
  }).join('');
}
