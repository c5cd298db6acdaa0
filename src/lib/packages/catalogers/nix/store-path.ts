/** What a path of the store says of itself (Nix reference manual, "Store Path"). */
export interface StorePath {
  /** `HASH-NAME`, which is unique. */
  readonly base: string;
  readonly name: string;
  readonly version: string;
}

const STORE = '/nix/store/';
const HASH = /^[0-9a-df-np-sv-z]{32}-/;
const HASH_LENGTH = 32;
const DERIVATION = '.drv';
/** Outputs of a derivation besides `out` that nixpkgs knows; which one it is stands behind the version. */
const OUTPUTS: readonly string[] = [
  'bin',
  'data',
  'debug',
  'dev',
  'devdoc',
  'dist',
  'doc',
  'info',
  'installedTests',
  'lib',
  'man',
  'nc',
  'py',
  'static',
  'terminfo',
];
/** Sources and changes to them, which nothing runs. */
const SOURCES: readonly string[] = [
  DERIVATION,
  '.patch',
  '.diff',
  '.zip',
  '.tgz',
  '.tar.gz',
  '.tar.bz2',
  '.tar.xz',
  '.tar.zst',
];

/** The name behind the hash; null for what is no path of the store. */
export function storeBase(path: string): string | null {
  const base = path.startsWith(STORE) ? path.slice(STORE.length) : '';
  return HASH.test(base) && base.length > HASH_LENGTH + 1 && !base.includes('/') ? base : null;
}

/**
 * The package of a path; null for one without a version, such as a script or a configuration, and for sources. All outputs of
 * a derivation are one package; `deriver` says how much of the name is that of the output, else it is told by its ending.
 */
export function parseStorePath(path: string, deriver: string): StorePath | null {
  const base = storeBase(path);
  const own = base?.slice(HASH_LENGTH + 1) ?? '';
  if (base === null || SOURCES.some((suffix) => own.endsWith(suffix))) {
    return null;
  }
  const [name, version] = splitName(withoutOutput(own, deriver));
  return version === '' ? null : { base, name, version };
}

function withoutOutput(own: string, deriver: string): string {
  const derivation = storeBase(deriver)?.slice(HASH_LENGTH + 1) ?? '';
  const known = derivation.endsWith(DERIVATION) ? derivation.slice(0, -DERIVATION.length) : '';
  if (known !== '' && (own === known || own.startsWith(`${known}-`))) {
    return known;
  }
  const output = OUTPUTS.find((each) => own.endsWith(`-${each}`));
  return output === undefined ? own : own.slice(0, -output.length - 1);
}

/** The version begins behind the first dash that no letter follows, as for `builtins.parseDrvName`. */
export function splitName(text: string): readonly [name: string, version: string] {
  for (let dash = text.indexOf('-'); dash !== -1; dash = text.indexOf('-', dash + 1)) {
    if (dash + 1 < text.length && !/^[A-Za-z]/.test(text.charAt(dash + 1))) {
      return [text.slice(0, dash), text.slice(dash + 1)];
    }
  }
  return [text, ''];
}
