import { basename } from 'node:path';
import { TrustError } from '../error.ts';
import type { TrustConfiguration } from './configuration.ts';
import type { Path, ReadFile } from './files.ts';
import { resolveDocument } from './load.ts';
import { isName, type SignerEntry, type TrustDocument } from './schema.ts';

/** What the flags of `plimsoll verify` say, files not yet read. */
export interface TrustFlags {
  /** Files with a public key; a signature by one of them is enough. */
  readonly keys: readonly string[];
  /** Keyless: `--certificate-identity` and `--certificate-oidc-issuer`, both exact and with a trusted root, or neither. */
  readonly identity: string | null;
  readonly issuer: string | null;
  /** A trusted_root.json. With keys: where their log entries are checked; without it none is asked for. */
  readonly trustedRoot: string | null;
}

const ROOT = 'trusted-root';
const KEYLESS = 'keyless';
/** What stands in the place of the configuration's and the rule's name. */
const COMMAND_LINE = 'command-line';

/**
 * A configuration of one rule for every image, which needs one signature by one of these, on the index or the platform's
 * manifest. Relative files start at the working folder. Throws `TRUST_FLAGS_INVALID` and what `loadTrustConfiguration` throws.
 */
export async function trustFromFlags(flags: TrustFlags, readFile: ReadFile): Promise<TrustConfiguration> {
  const document = documentOf(flags);
  return await resolveDocument(document, '', readFile, placeOf);
}

function documentOf({ keys, identity, issuer, trustedRoot }: TrustFlags): TrustDocument {
  const signers: Record<string, SignerEntry> = {};
  const names = keyNames(keys);
  for (const [index, file] of keys.entries()) {
    signers[names[index] ?? ''] = {
      key: trustedRoot === null ? { file, transparency: 'none' } : { file, root: ROOT, transparency: 'required' },
    };
  }
  if (identity !== null || issuer !== null) {
    if (identity === null || issuer === null || trustedRoot === null) {
      throw invalid(
        '--certificate-identity, --certificate-oidc-issuer and --trusted-root together',
        `no ${identity === null ? '--certificate-identity' : issuer === null ? '--certificate-oidc-issuer' : '--trusted-root'}`,
      );
    }
    if (identity === '' || issuer === '') {
      throw invalid('an identity and an issuer', 'an empty text');
    }
    signers[KEYLESS] = { keyless: { root: ROOT, issuer, subject: identity } };
  }
  if (Object.keys(signers).length === 0) {
    throw invalid('--key, or --certificate-identity with --certificate-oidc-issuer and --trusted-root', 'neither');
  }
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Trust',
    metadata: { name: COMMAND_LINE },
    ...(trustedRoot === null ? {} : { roots: { [ROOT]: { file: trustedRoot } } }),
    signers,
    rules: [
      {
        name: COMMAND_LINE,
        repositories: ['**', 'local'],
        platforms: 'either',
        require: [{ signature: { signers: Object.keys(signers) } }],
      },
    ],
  };
}

/** Keys are called as their files are, as long as that tells them apart; else by number. */
function keyNames(files: readonly string[]): readonly string[] {
  const names = files.map((file) => basename(file));
  const clear = new Set([...names, KEYLESS]).size === names.length + 1;
  return clear && names.every(isName) ? names : names.map((_, index) => `key-${index + 1}`);
}

/** Files are named by their flags. */
function placeOf(path: Path): string {
  return path[0] === 'roots' ? '--trusted-root' : '--key';
}

function invalid(expected: string, found: string): TrustError {
  return new TrustError('TRUST_FLAGS_INVALID', 'nobody to trust', { object: 'verify', expected, found });
}
