import { contextTag, type Der, TAG } from '../../encoding/der.ts';
import { type Extension, extensionValue, generalNameOf } from '../extensions.ts';
import { malformed } from '../malformed.ts';

/** A DistributionPoint (RFC 5280 section 4.2.1.13) that covers all reasons: where a CRL is, by its full names. */
export interface DistributionPointName {
  /** DER of each GeneralName in hex: two points are the same if they share one. */
  readonly names: readonly string[];
  readonly urls: readonly string[];
}

const MAX_POINTS = 32;

/**
 * The points of a CRL distribution points or freshest CRL extension. One that covers some reasons only, or has no full
 * name, is passed over. Throws `DER_INVALID`, `CERTIFICATE_INVALID`.
 */
export function distributionPointsOf(
  extension: Extension | undefined,
  object: string,
): readonly DistributionPointName[] {
  if (extension === undefined) {
    return [];
  }
  const points = extensionValue(extension, object).expect(TAG.sequence, 'distribution points').children;
  if (points.length > MAX_POINTS) {
    throw malformed(object, `at most ${MAX_POINTS} distribution points`, `${points.length}`);
  }
  return points.flatMap((point) => {
    const name = point.expect(TAG.sequence, 'a distribution point').find(contextTag(0));
    const partial = point.find(contextTag(1, 'primitive')) !== undefined;
    return name === undefined || partial
      ? []
      : [distributionPointNameOf(name.child(0, 'the name of a distribution point'))];
  });
}

/** A DistributionPointName; without names where it is relative to the issuer. */
export function distributionPointNameOf(value: Der): DistributionPointName {
  const names = value.tag === contextTag(0) ? value.children : [];
  return {
    names: names.map((name) => Buffer.from(name.raw).toString('hex')),
    urls: names.map(generalNameOf).flatMap((name) => (name.kind === 'uri' ? [name.value] : [])),
  };
}
