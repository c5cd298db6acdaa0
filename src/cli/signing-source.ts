import { resolve } from 'node:path';
import type { ServiceSource, SignerSource, SigningOptions } from '#assess/index.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { OptionSpec, OptionValues } from './command.ts';
import type { Config } from './config.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';
import { keyAccess, PASSPHRASE_OPTIONS } from './key-source.ts';
import { namedFile } from './named-file.ts';

/** Options of every command that signs: by whom, and who is asked about it. */
export const SIGNER_OPTIONS = {
  key: {
    type: 'string',
    value: 'KEY',
    help: 'the private key: a file, pkcs11:, hashivault://, awskms://, gcpkms:// or azurekms:// (docs/guides/signing.md)',
  },
  ...PASSPHRASE_OPTIONS,
  keyless: {
    type: 'boolean',
    help: 'instead of --key: a key of this run alone, certified by --fulcio for whoever an identity token names',
  },
  'identity-token': {
    type: 'string',
    value: 'FILE',
    help: 'keyless: holds the token (default: SIGSTORE_ID_TOKEN, GitHub Actions, or what Kubernetes projects)',
  },
  fulcio: { type: 'string', value: 'URL', help: 'keyless: who certifies the key' },
  rekor: { type: 'string', multiple: true, value: 'URL', help: 'a transparency log (Rekor 1) that gets an entry' },
  'rekor-tiles': { type: 'string', multiple: true, value: 'URL', help: 'the same for Rekor 2' },
  'timestamp-authority': {
    type: 'string',
    multiple: true,
    value: 'URL',
    help: 'an RFC 3161 service that says when it was signed',
  },
  'signing-config': {
    type: 'string',
    value: 'FILE',
    help: "instead of these URLs: Sigstore's signing_config.v0.2.json",
  },
  'services-ca': {
    type: 'string',
    value: 'FILE',
    help: 'authorities of these services, in PEM, besides the usual ones',
  },
  'trusted-root': {
    type: 'string',
    value: 'FILE',
    help: "Sigstore's trusted_root.json: under it all of it has to verify before it is attached",
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Who signs, as the options have it. Reads the files that they name. Throws `USAGE`. */
export async function signingOptions(
  options: OptionValues,
  config: Config,
  io: Io,
  signal: AbortSignal,
): Promise<SigningOptions> {
  const signer = signerSource(options);
  const services = await serviceSource(options, signer);
  const ca = options.text('services-ca');
  const root = options.text('trusted-root');
  return {
    signer,
    services,
    servicesCa:
      ca === undefined ? null : Buffer.from(await readFileBounded(resolve(ca), LIMITS.certificateFileBytes)).toString(),
    trustedRoot: root === undefined ? null : await namedFile(root, LIMITS.trustFileBytes),
    keyAccess: keyAccess(options, config, io, signal),
    clock: io.clock,
    signal,
  };
}

function signerSource(options: OptionValues): SignerSource {
  const reference = options.text('key') ?? '';
  const token = options.text('identity-token');
  if (options.flag('keyless') === (reference !== '')) {
    throw new Failure('USAGE', 'who is to sign?', {
      object: '--key',
      expected: 'either --key, the key that signs, or --keyless',
      found: reference === '' ? 'neither' : 'both',
    });
  }
  const foreign = ['identity-token', 'fulcio'].find((name) => options.text(name) !== undefined);
  if (reference !== '' && foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign} does not go with a key`, {
      object: `--${foreign}`,
      expected: '--keyless with it',
      found: '--key',
    });
  }
  return reference === ''
    ? { kind: 'keyless', tokenFile: token === undefined ? null : resolve(token) }
    : { kind: 'key', reference };
}

async function serviceSource(options: OptionValues, signer: SignerSource): Promise<ServiceSource> {
  const fulcio = options.text('fulcio') ?? null;
  const logs = [
    ...options.texts('rekor').map((url) => ({ url, version: 1 as const })),
    ...options.texts('rekor-tiles').map((url) => ({ url, version: 2 as const })),
  ];
  const timestampAuthorities = options.texts('timestamp-authority');
  const file = options.text('signing-config');
  if (file !== undefined) {
    if (fulcio !== null || logs.length > 0 || timestampAuthorities.length > 0) {
      throw new Failure('USAGE', 'two answers to which services', {
        object: '--signing-config',
        expected: 'a signing configuration, or URLs without one',
        found: 'both',
      });
    }
    return { kind: 'signing-config', file: await namedFile(file, LIMITS.trustFileBytes) };
  }
  if (signer.kind === 'keyless' && (fulcio === null || (logs.length === 0 && timestampAuthorities.length === 0))) {
    throw new Failure('USAGE', 'a keyless signature needs services', {
      object: '--keyless',
      expected: '--fulcio, and --timestamp-authority, --rekor or --rekor-tiles; or --signing-config',
      found: fulcio === null ? 'no --fulcio' : 'nobody who says when it was signed',
      hint: 'Its certificate lasts for minutes: without a verified time nobody can tell later that it was valid.',
    });
  }
  return { kind: 'urls', addresses: { fulcio, logs, timestampAuthorities } };
}
