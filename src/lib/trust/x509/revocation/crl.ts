import { LIMITS, limitExceeded } from '#base/limits.ts';
import { contextTag, type Der, parseDer, TAG } from '../../encoding/der.ts';
import { bitStringOf, integerOf, timeOf } from '../../encoding/der-values.ts';
import { type AlgorithmIdentifier, algorithmOf } from '../algorithm.ts';
import { EXTENSION, type Extension, extensionsOf, extensionValue } from '../extensions.ts';
import { type Name, nameOf } from '../name.ts';
import { type CrlEntry, crlEntriesOf } from './crl-entries.ts';
import { distributionPointNameOf, distributionPointsOf } from './distribution-points.ts';
import { malformed } from './malformed.ts';

/** A certificate revocation list (RFC 5280 section 5), read and not yet verified. */
export interface Crl {
  readonly object: string;
  readonly issuer: Name;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** Null in lists that do not say when the next one comes: those cannot be shown to be current. */
  readonly nextUpdate: number | null;
  readonly number: bigint | null;
  /** Of a delta: the number of the complete list that it goes on from (section 5.2.4). */
  readonly baseNumber: bigint | null;
  readonly scope: CrlScope;
  /** True where the list says that there are deltas to it (section 5.2.6). */
  readonly hasDeltas: boolean;
  /** Where it says they are. */
  readonly deltaUrls: readonly string[];
  /** By serial number in hex. */
  readonly entries: ReadonlyMap<string, CrlEntry>;
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** Which certificates of its issuer a list is about (section 5.2.5). */
export interface CrlScope {
  readonly only: 'all' | 'users' | 'authorities';
  /** DER of the names of its distribution point in hex; null where it does not name one. */
  readonly distributionPoint: readonly string[] | null;
  /** The extension in hex, so that a delta can be compared with its base; empty where there is none. */
  readonly raw: string;
}

const VERSION_2 = 1n;
const CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.crlNumber,
  EXTENSION.deltaCrlIndicator,
  EXTENSION.issuingDistributionPoint,
  EXTENSION.authorityKeyId,
]);

/** Reads a DER list. Throws `REVOCATION_INVALID`, `DER_INVALID`, `CERTIFICATE_INVALID`, `LIMIT_EXCEEDED`. */
export function parseCrl(der: Uint8Array, object: string): Crl {
  if (der.length > LIMITS.revocationListBytes) {
    throw limitExceeded(object, LIMITS.revocationListBytes, 'bytes', der.length);
  }
  const root = parseDer(der, object).expect(TAG.sequence, 'a revocation list');
  const signatureAlgorithm = algorithmOf(root.child(1, 'an algorithm'));
  const tbs = root.child(0, 'a list').expect(TAG.sequence, 'a list');
  const [first, ...others] = tbs.children;
  const versioned = first?.tag === TAG.integer;
  if (root.children.length !== 3 || (versioned && integerOf(first) !== VERSION_2)) {
    throw malformed(object, 'a list of version 2, an algorithm and a signature', `${root.children.length} members`);
  }
  const [algorithm, issuer, thisUpdate, ...rest] = versioned ? others : tbs.children;
  if (algorithm === undefined || issuer === undefined || thisUpdate === undefined) {
    throw malformed(object, 'algorithm, issuer and time of a list', `${tbs.children.length} members`);
  }
  if (Buffer.compare(algorithmOf(algorithm).raw, signatureAlgorithm.raw) !== 0) {
    throw malformed(
      object,
      `the algorithm that is signed, ${algorithmOf(algorithm).oid}, outside too`,
      signatureAlgorithm.oid,
    );
  }
  const nextUpdate = rest[0] !== undefined && TIMES.has(rest[0].tag) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === TAG.sequence ? rest.shift() : undefined;
  const list = rest.shift();
  if (rest.length > 0 || (list !== undefined && (list.tag !== contextTag(0) || !versioned))) {
    throw malformed(object, 'times, entries and extensions in their order', `${tbs.children.length} members`);
  }
  return {
    object,
    issuer: nameOf(issuer),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: nextUpdate === undefined ? null : timeOf(nextUpdate),
    ...readExtensions(list, object),
    entries: crlEntriesOf(entries, object),
    signedBytes: tbs.raw,
    signatureAlgorithm,
    signature: bitStringOf(root.child(2, 'a signature')),
  };
}

const TIMES: ReadonlySet<number> = new Set([TAG.utcTime, TAG.generalizedTime]);

function readExtensions(
  list: Der | undefined,
  object: string,
): Pick<Crl, 'number' | 'baseNumber' | 'scope' | 'hasDeltas' | 'deltaUrls'> {
  const extensions =
    list === undefined
      ? new Map<string, Extension>()
      : extensionsOf(list.child(0, 'extensions').expect(TAG.sequence, 'extensions'));
  for (const { oid, critical } of extensions.values()) {
    if (critical && !CRITICAL.has(oid)) {
      throw malformed(object, 'only critical extensions that are understood here', oid);
    }
  }
  const numberOf = (oid: string): bigint | null => {
    const extension = extensions.get(oid);
    return extension === undefined ? null : integerOf(extensionValue(extension, object));
  };
  const freshest = extensions.get(EXTENSION.freshestCrl);
  return {
    number: numberOf(EXTENSION.crlNumber),
    baseNumber: numberOf(EXTENSION.deltaCrlIndicator),
    scope: scopeOf(extensions.get(EXTENSION.issuingDistributionPoint), object),
    hasDeltas: freshest !== undefined,
    deltaUrls: distributionPointsOf(freshest, object).flatMap((point) => point.urls),
  };
}

const FLAGS: ReadonlyMap<number, CrlScope['only']> = new Map([
  [contextTag(1, 'primitive'), 'users'],
  [contextTag(2, 'primitive'), 'authorities'],
]);

/** Lists about some reasons, of other issuers or of attribute certificates are refused: they show nothing to be good. */
function scopeOf(extension: Extension | undefined, object: string): CrlScope {
  if (extension === undefined) {
    return { only: 'all', distributionPoint: null, raw: '' };
  }
  let only: CrlScope['only'] = 'all';
  let distributionPoint: readonly string[] | null = null;
  for (const member of extensionValue(extension, object).expect(TAG.sequence, 'a distribution point').children) {
    const flag = FLAGS.get(member.tag);
    if (member.tag === contextTag(0)) {
      distributionPoint = distributionPointNameOf(member.child(0, 'the name of a distribution point')).names;
    } else if (flag === undefined || only !== 'all' || member.content[0] !== 0xff) {
      throw malformed(object, 'a list about all reasons, of its issuer only', `tag 0x${member.tag.toString(16)}`);
    } else {
      only = flag;
    }
  }
  return { only, distributionPoint, raw: Buffer.from(extension.value).toString('hex') };
}
