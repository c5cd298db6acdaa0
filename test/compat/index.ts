import { join } from 'node:path';
import type { SigningFormat } from '#model/signing-report.ts';
import made from './made.json' with { type: 'json' };

/** A layout that Plimsoll signed and that the tools it was signed for accepted: it has to be accepted for ever. */
export interface Accepted {
  /** The name of its folder. */
  readonly id: string;
  readonly image: 'single' | 'multiple';
  /** Of `keys/KEY.pub`, or of the Notary Project `certificates/notary-KEY-root.pem`. */
  readonly key: string;
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
];

/** A public key, or a root of the Notary Project, that the layout verifies under. */
export function acceptedSigner({ key, sign }: Pick<Accepted, 'key' | 'sign'>): string {
  const file = sign.format.startsWith('notation') ? `certificates/notary-${key}-root.pem` : `keys/${key}.pub`;
  return join(import.meta.dirname, 'fixtures', file);
}

/** The folder of a layout, for `oci:`. */
export function acceptedLayout(id: string): string {
  return join(import.meta.dirname, 'fixtures', id);
}

function bundle(id: string, key: string): Accepted {
  return { id, image: 'single', key, sign: { format: 'bundle', predicate: null, cosign: BUNDLE, podman: false } };
}

function legacy(id: string, key: string): Accepted {
  return { id, image: 'single', key, sign: { format: 'cosign-legacy', predicate: null, cosign: OLDER, podman: true } };
}

function attested(id: string, format: SigningFormat, predicate: string, cosign: Accepted['sign']['cosign']): Accepted {
  return { id, image: 'single', key: 'ecdsa-p256', sign: { format, predicate, cosign, podman: false } };
}

function notation(id: string, format: SigningFormat, key: string): Accepted {
  return { id, image: 'single', key, sign: { format, predicate: null, cosign: [], podman: false } };
}
