/**
 * Who may import whom. A folder imports only from folders with a lower number; folders of the same number do not see each
 * other except as `siblings` grants. A folder is entered by its `index.ts`, unless it is `open`: then its files are its
 * doors. `packages` lists the npm packages, and the guarded built-in modules, that its product code may use.
 * `tools/layers.test.ts` enforces all of it over imports, type imports, re-exports and dynamic imports.
 */
export interface Layer {
  readonly number: number;
  readonly open?: true;
  readonly siblings?: readonly string[];
  readonly packages?: readonly string[];
}

/** Folders below `src/`. The longest matching row counts. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  base: { number: 0, open: true, packages: ['node:http', 'node:https', 'node:tls', 'pino', 'yaml', 'zod'] },
  model: { number: 1, open: true, packages: ['zod'] },
  'lib/oci': {
    number: 2,
    siblings: ['lib/layers'],
    packages: [
      '@grpc/grpc-js',
      'node:child_process',
      'node:http',
      'node:https',
      'node:net',
      'node:tls',
      'protobufjs',
      'zod',
    ],
  },
  'lib/layers': { number: 2, packages: ['xz-decompress'] },
  'lib/packages': { number: 2 },
  'lib/versions': { number: 2 },
  'lib/advisories': {
    number: 2,
    siblings: ['lib/versions', 'lib/vex', 'lib/layers'],
    packages: ['yauzl', 'zod'],
  },
  'lib/lifecycle': { number: 2 },
  'lib/vex': { number: 2, siblings: ['lib/versions'], packages: ['re2js', 'zod'] },
  'lib/sbom': { number: 2 },
  'lib/policy': { number: 2, siblings: ['lib/versions'], packages: ['re2js', 'zod'] },
  'lib/trust': { number: 2, siblings: ['lib/vex'], packages: ['re2js', 'tuf-js', 'zod'] },
  'lib/access': { number: 2, packages: ['re2js', 'zod'] },
  'store/blobs': { number: 2, packages: ['@aws-sdk/client-s3'] },
  'store/cache': { number: 2 },
  'store/jobs': { number: 2, packages: ['graphile-worker', 'kysely', 'pg'] },
  'store/keys': { number: 2, packages: ['@noble/ciphers', 'koffi', 'node:child_process', 'zod'] },
  'store/metadata': {
    number: 2,
    siblings: ['store/jobs'],
    packages: ['kysely', 'node:sqlite', 'pg'],
  },
  'store/policy': { number: 2 },
  'store/shards': { number: 2, packages: ['node:sqlite'] },
  assess: { number: 3, packages: ['node:child_process', 'zod'] },
  'stages/acquire': { number: 4 },
  // Apart from the rest of the catalogue, which reads manifests: only assess/ knows both lib/oci and lib/policy.
  'stages/catalog/documents': { number: 4, packages: ['zod'] },
  'stages/catalog': { number: 4 },
  server: {
    number: 5,
    packages: ['fastify', 'node:child_process', 'node:http', 'node:net', 'node:tls', 'zod'],
  },
  cli: { number: 5, siblings: ['server'], packages: ['package.json'] },
};

/** Built-in modules that are a design decision: only the folders whose `packages` name them may import them. */
export const GUARDED_BUILTINS: readonly string[] = [
  'node:child_process',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:sqlite',
  'node:tls',
  'node:vm',
];

/** Folders that no single folder may import together, and the ones that may: these compose, all others translate. */
export const COMPOSED: readonly Composition[] = [{ folders: ['lib/oci', 'lib/policy'], by: ['assess'] }];

export interface Composition {
  readonly folders: readonly [string, string];
  readonly by: readonly string[];
}
