import { join } from 'node:path';
import type { SigningFormat } from '#model/signing-report.ts';
import { IDENTITIES } from '../fixtures/signed/index.ts';
import made from './made.json' with { type: 'json' };

/** A layout that Plimsoll signed and that the tools it was signed for accepted: it has to be accepted for ever. */
export interface Accepted {
  /** The name of its folder. */
  readonly id: string;
  readonly image: 'single' | 'multiple';
  /** Of `keys/KEY.pub`, or of the Notary Project `certificates/notary-KEY-root.pem`; or one of `SIGNERS`, keyless. */
  readonly key: string;
  /** Who was asked about it: the timestamp authority and the log of `trusted-root.json`; or a Rekor 1, which `trusted-root-promises.json` has. */
  readonly seen: readonly ('timestamp' | 'log' | 'promise')[];
  readonly sign: {
    readonly format: SigningFormat;
    /** A short name of cosign's for a predicate type; null for a signature. */
    readonly predicate: string | null;
    /** The versions of cosign that accepted it, with what they had to be told. */
    readonly cosign: readonly (readonly [program: 'cosign-2.6.5' | 'cosign-3.1.3', ...more: readonly string[]])[];
    /** Whether skopeo and podman accepted it too. */
    readonly podman: boolean;
  };
}

/** When they were signed, in milliseconds since 1970, to some minutes: the clock to verify under. */
export const MADE: number = Date.parse(made.at);

const BUNDLE = [['cosign-3.1.3']] as const;
const ROOTED = [['cosign-3.1.3', '--trusted-root', 'trusted-root.json']] as const;
const STAMPED = [['cosign-3.1.3', '--trusted-root', 'trusted-root.json', '--use-signed-timestamps']] as const;
const OFFLINE = ['--offline'] as const;
const PROMISED = [
  ['cosign-2.6.5', ...OFFLINE],
  ['cosign-3.1.3', '--new-bundle-format=false', ...OFFLINE],
] as const;
const STAMPED_OLDER = [['cosign-2.6.5', '--timestamp-certificate-chain', 'timestamp-authority.pem']] as const;
const OLDER = [['cosign-2.6.5'], ['cosign-3.1.3', '--new-bundle-format=false']] as const;

export const ACCEPTED: readonly Accepted[] = [
  bundle('bundle', 'ecdsa-p256'),
  bundle('bundle-p384', 'ecdsa-p384'),
  bundle('bundle-rsa', 'rsa-3072'),
  bundle('bundle-ed25519', 'ed25519'),
  { ...bundle('bundle-index', 'ecdsa-p256'), image: 'multiple' },
  attested('bundle-attested', 'bundle', 'cyclonedx', BUNDLE),
  attested('bundle-provenance', 'bundle', 'slsaprovenance1', BUNDLE),
  legacy('legacy', 'ecdsa-p256'),
  legacy('legacy-p384', 'ecdsa-p384'),
  legacy('legacy-rsa', 'rsa-3072'),
  legacy('legacy-ed25519', 'ed25519'),
  attested('legacy-attested', 'cosign-legacy', 'cyclonedx', OLDER),
  notation('notation-jws', 'notation-jws', 'p256'),
  notation('notation-cose', 'notation-cose', 'p256'),
  notation('notation-jws-rsa', 'notation-jws', 'rsa2048'),
  notation('notation-cose-rsa', 'notation-cose', 'rsa2048'),
  seen(bundle('bundle-timestamp', 'ecdsa-p256'), ['timestamp'], STAMPED),
  seen(bundle('bundle-logged', 'ecdsa-p256'), ['timestamp', 'log'], ROOTED),
  seen(bundle('bundle-keyless', 'person'), ['timestamp', 'log'], ROOTED),
  seen({ ...bundle('bundle-keyless-index', 'workflow'), image: 'multiple' }, ['timestamp', 'log'], ROOTED),
  seen(
    { ...attested('bundle-keyless-attested', 'bundle', 'cyclonedx', ROOTED), key: 'workflow' },
    ['timestamp', 'log'],
    ROOTED,
  ),
  seen(legacy('legacy-timestamp', 'ecdsa-p256'), ['timestamp'], STAMPED_OLDER),
  seen(attested('legacy-attested-timestamp', 'cosign-legacy', 'cyclonedx', OLDER), ['timestamp'], STAMPED_OLDER),
  seen(legacy('legacy-logged', 'ecdsa-p256'), ['promise'], PROMISED),
  seen({ ...attested('legacy-keyless', 'cosign-legacy', null, PROMISED), key: 'release' }, ['promise'], PROMISED),
  seen(
    { ...attested('legacy-keyless-attested', 'cosign-legacy', 'cyclonedx', PROMISED), key: 'release' },
    ['promise'],
    PROMISED,
  ),
  seen(notation('notation-jws-timestamp', 'notation-jws', 'p256'), ['timestamp'], []),
  seen(notation('notation-cose-timestamp', 'notation-cose', 'rsa2048'), ['timestamp'], []),
];

/** A public key, or a root of the Notary Project, that the layout verifies under. */
export function acceptedSigner({ key, sign }: Pick<Accepted, 'key' | 'sign'>): string {
  const file = sign.format.startsWith('notation') ? `certificates/notary-${key}-root.pem` : `keys/${key}.pub`;
  return join(import.meta.dirname, 'fixtures', file);
}

/** Those who signed without a key of their own, as their certificates have them. */
export const SIGNERS = {
  ...IDENTITIES,
  release: { subject: 'https://ci.example/voyage/app/release', issuer: 'https://token.ci.example' },
} as const;

/** Who may vouch for identities, for log entries and for timestamps. */
export function trustedRootFile({ seen }: Pick<Accepted, 'seen'>): string {
  const name = seen.includes('promise') ? 'trusted-root-promises.json' : 'trusted-root.json';
  return join(import.meta.dirname, 'fixtures', name);
}

/** The root of the timestamp authority alone. */
export const TIMESTAMP_ROOT_FILE: string = join(
  import.meta.dirname,
  'fixtures/certificates/timestamp-authority-root.pem',
);

/** The folder of a layout, for `oci:`. */
export function acceptedLayout(id: string): string {
  return join(import.meta.dirname, 'fixtures', id);
}

function seen(accepted: Accepted, by: Accepted['seen'], cosign: Accepted['sign']['cosign']): Accepted {
  return { ...accepted, seen: by, sign: { ...accepted.sign, cosign } };
}

function bundle(id: string, key: string): Accepted {
  return {
    id,
    image: 'single',
    key,
    seen: [],
    sign: { format: 'bundle', predicate: null, cosign: BUNDLE, podman: false },
  };
}

function legacy(id: string, key: string): Accepted {
  return {
    id,
    image: 'single',
    key,
    seen: [],
    sign: { format: 'cosign-legacy', predicate: null, cosign: OLDER, podman: true },
  };
}

function attested(
  id: string,
  format: SigningFormat,
  predicate: string | null,
  cosign: Accepted['sign']['cosign'],
): Accepted {
  return { id, image: 'single', key: 'ecdsa-p256', seen: [], sign: { format, predicate, cosign, podman: false } };
}

function notation(id: string, format: SigningFormat, key: string): Accepted {
  return { id, image: 'single', key, seen: [], sign: { format, predicate: null, cosign: [], podman: false } };
}
