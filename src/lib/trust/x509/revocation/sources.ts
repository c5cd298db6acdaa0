import { TAG } from '../../encoding/der.ts';
import { oidOf } from '../../encoding/der-values.ts';
import type { Certificate } from '../certificate.ts';
import { EXTENSION, extensionValue, generalNameOf } from '../extensions.ts';
import { malformed } from '../malformed.ts';
import { distributionPointsOf } from './distribution-points.ts';

/** Where a certificate says its status can be asked: `http:` URLs without credentials, in its order, each once. */
export interface RevocationSources {
  readonly ocsp: readonly string[];
  readonly crls: readonly string[];
  readonly deltaCrls: readonly string[];
  /** True where it names something, even if none of it can be used: then no answer is not "nothing to ask". */
  readonly named: boolean;
}

const OCSP = '1.3.6.1.5.5.7.48.1';
const MAX_DESCRIPTIONS = 32;

/** Throws `CERTIFICATE_INVALID`, `DER_INVALID` for an extension that is not well formed; passes over other URLs. */
export function revocationSources(certificate: Certificate): RevocationSources {
  const { extensions, object } = certificate;
  const urlsOf = (oid: string): readonly string[] =>
    distributionPointsOf(extensions.get(oid), object).flatMap((point) => point.urls);
  const ocsp = ocspOf(certificate);
  return {
    ocsp: usable(ocsp),
    crls: usable(urlsOf(EXTENSION.crlDistributionPoints)),
    deltaCrls: usable(urlsOf(EXTENSION.freshestCrl)),
    named: ocsp.length > 0 || extensions.has(EXTENSION.crlDistributionPoints),
  };
}

/** AuthorityInfoAccessSyntax (RFC 5280 section 4.2.2.1). */
function ocspOf({ extensions, object }: Certificate): readonly string[] {
  const extension = extensions.get(EXTENSION.authorityInformationAccess);
  const descriptions =
    extension === undefined
      ? []
      : extensionValue(extension, object).expect(TAG.sequence, 'access descriptions').children;
  if (descriptions.length > MAX_DESCRIPTIONS) {
    throw malformed(object, `at most ${MAX_DESCRIPTIONS} access descriptions`, `${descriptions.length}`);
  }
  return descriptions.flatMap((description) => {
    const method = oidOf(description.expect(TAG.sequence, 'an access description').child(0, 'an access method'));
    const location = generalNameOf(description.child(1, 'an access location'));
    return method === OCSP && location.kind === 'uri' ? [location.value] : [];
  });
}

/** Plain HTTP, as the answers are signed (RFC 5280 section 8): `https:` would ask about its own certificates. */
function usable(urls: readonly string[]): readonly string[] {
  const accepted = urls.filter((text) => {
    const url = URL.parse(text);
    return url?.protocol === 'http:' && url.username === '' && url.password === '' && url.hostname !== '';
  });
  return [...new Set(accepted)];
}
