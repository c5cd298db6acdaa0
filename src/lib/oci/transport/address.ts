import { isIP } from 'node:net';

/**
 * What lies behind an address. `link-local` holds the metadata services of clouds as well, whatever range they are in;
 * `unusable` is what no registry can have: unspecified, multicast, broadcast, reserved.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'link-local' | 'unusable';

type Range = readonly [network: string, bits: number, kind: AddressClass];

/** IANA special-purpose registries (RFC 6890) and the metadata services. The first range that fits counts. */
const RANGES_4: readonly Range[] = [
  ['100.100.100.200', 32, 'link-local'],
  ['168.63.129.16', 32, 'link-local'],
  ['169.254.0.0', 16, 'link-local'],
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['0.0.0.0', 8, 'unusable'],
  ['192.0.0.0', 24, 'unusable'],
  ['192.0.2.0', 24, 'unusable'],
  ['198.51.100.0', 24, 'unusable'],
  ['203.0.113.0', 24, 'unusable'],
  ['224.0.0.0', 3, 'unusable'],
];
const RANGES_6: readonly Range[] = [
  ['fd00:ec2::254', 128, 'link-local'],
  ['fd20:ce::254', 128, 'link-local'],
  ['fe80::', 10, 'link-local'],
  ['::1', 128, 'loopback'],
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['64:ff9b:1::', 48, 'private'],
  ['2001:db8::', 32, 'unusable'],
  ['2001::', 23, 'unusable'],
  ['2000::', 3, 'public'],
  ['::', 0, 'unusable'],
];
/** IPv6 addresses that stand for the IPv4 address in them: mapped, translated, compatible, NAT64, 6to4. */
const EMBEDDING: readonly (readonly [network: string, bits: number, at: number])[] = [
  ['::ffff:0:0', 96, 96],
  ['::ffff:0:0:0', 96, 96],
  ['64:ff9b::', 96, 96],
  ['2002::', 16, 16],
];

/** The class of an IPv4 or IPv6 address, a zone id after `%` left aside. Null for a text that is no address. */
export function classifyAddress(address: string): AddressClass | null {
  const plain = address.split('%', 1)[0] ?? '';
  switch (isIP(plain)) {
    case 4:
      return kindOf(bits4(plain), 32, RANGES_4, bits4);
    case 6:
      return classify6(bits6(plain));
    default:
      return null;
  }
}

/** The class of a URL's host when it is an address; null for a name. */
export function classifyHost(hostname: string): AddressClass | null {
  return classifyAddress(hostname.startsWith('[') ? hostname.slice(1, -1) : hostname);
}

/** True for a host that can only be this machine: a loopback address, or a name below `localhost` (RFC 6761, section 6.3). */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return classifyHost(hostname) === 'loopback' || name === 'localhost' || name.endsWith('.localhost');
}

function classify6(bits: bigint): AddressClass {
  const embedded = EMBEDDING.find(([network, length]) => shares(bits, bits6(network), length, 128));
  if (embedded !== undefined) {
    const [, , at] = embedded;
    return kindOf((bits >> BigInt(96 - at)) & 0xffff_ffffn, 32, RANGES_4, bits4);
  }
  return kindOf(bits, 128, RANGES_6, bits6);
}

function kindOf(bits: bigint, width: number, ranges: readonly Range[], parse: (text: string) => bigint): AddressClass {
  return ranges.find(([network, length]) => shares(bits, parse(network), length, width))?.[2] ?? 'public';
}

function shares(left: bigint, right: bigint, bits: number, width: number): boolean {
  return left >> BigInt(width - bits) === right >> BigInt(width - bits);
}

function bits4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(Number(part)), 0n);
}

function bits6(address: string): bigint {
  // The URL parser writes an embedded IPv4 address in hex, so that only groups and one `::` are left.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head, tail] = text.split('::', 2).map((half) => half.split(':').filter((group) => group !== ''));
  const [front, back] = [head ?? [], tail ?? []];
  const middle = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...middle, ...back].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}
