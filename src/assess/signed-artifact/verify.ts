import type { AppError, ErrorDetail } from '#base/error.ts';
import type { OpenedArtifact } from '#lib/oci/index.ts';
import { assessEvidence } from '../assess-evidence.ts';
import type { TrustSource } from '../trust.ts';
import type { ArtifactContext } from './context.ts';

export interface Verifying extends ArtifactContext {
  readonly offline: boolean;
  /** Null trusts nobody. */
  readonly trust: TrustSource | null;
}

/** How a refusal is said of artifacts of this kind. */
export interface Refusing {
  /** `advisories`, `policies`. */
  readonly what: string;
  /** What helps whoever trusts nobody; where nothing does, nothing. */
  readonly hint?: string;
  readonly error: (problem: string, details: ErrorDetail) => AppError;
}

/**
 * Whether an artifact is signed as the trust configuration asks of its repository. Throws the error of `refusing`, and what reading
 * the configuration throws.
 */
export async function verifyArtifact(
  { reference, digest }: Pick<OpenedArtifact, 'reference' | 'digest'>,
  options: Verifying,
  { what, hint, error }: Refusing,
): Promise<void> {
  const { trust, offline } = options;
  const refused = (expected: string, found: string): AppError =>
    error('not signed by whom it has to be', {
      object: reference,
      expected,
      found,
      hint: `plimsoll verify ${reference} says what is there and why it does not count.`,
    });
  if (trust === null) {
    throw error(`whose ${what} are to be believed?`, {
      object: reference,
      expected: '--trust FILE, PLIMSOLL_TRUST, or --key FILE with the public key of whoever exports',
      found: 'none of them',
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const { image, verification } = await assessEvidence(reference, {
    ...options,
    kind: 'verification',
    platform: 'all',
    offline,
    trust,
  });
  const [subject, ...others] = image.subjects;
  if (subject?.digest !== digest || others.length > 0) {
    throw refused(digest, `${subject?.digest ?? 'nothing'}: it was changed meanwhile`);
  }
  if (verification?.outcome !== 'accepted') {
    const reasons = verification?.reasons ?? [];
    throw refused('signatures that the trust configuration asks for', reasons.join('; ') || 'none');
  }
}
