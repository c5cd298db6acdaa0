import type { Library } from '../../../library.ts';
import { BOOL, INT, STRING } from '../../../type.ts';
import { readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toOpaque } from '../../declare.ts';
import { IP, IpAddress, parseIp, parseIpOrNull } from './address.ts';

export const ip: Library = {
  name: 'kubernetes.ip',
  description: 'Addresses of IPv4 and IPv6, without zones.',
  functions: [
    fn(
      'ip',
      'The address that a text stands for.',
      globalCall('string_to_ip', [STRING], IP, ([text], meter) => parseIp(readText(text, meter))),
    ),
    fn(
      'isIP',
      'Whether the text is an address.',
      globalCall('is_ip', [STRING], BOOL, ([text], meter) => parseIpOrNull(readText(text, meter)) !== null),
    ),
    fn(
      'ip.isCanonical',
      'Whether the text of an address is the one canonical text for it (RFC 5952).',
      globalCall('ip_is_canonical', [STRING], BOOL, ([text], meter) => {
        const known = readText(text, meter);
        return parseIp(known).show() === known;
      }),
    ),
    fn(
      'family',
      '4 or 6.',
      memberCall('ip_family', [IP], INT, ([address]) => BigInt(toOpaque(address, IpAddress).family)),
    ),
    is('isUnspecified', 'is_unspecified', '`0.0.0.0` or `::`.', (address) => address.bits === 0n),
    is('isLoopback', 'is_loopback', 'Of `127.0.0.0/8`, or `::1`.', isLoopback),
    is(
      'isLinkLocalMulticast',
      'is_link_local_multicast',
      'Of `224.0.0.0/24`, or of `ff02::/16` whatever its flags.',
      (address) =>
        address.family === 4 ? address.startsWithBits(0xe00000n, 24) : ((address.bits >> 112n) & 0xff0fn) === 0xff02n,
    ),
    is('isLinkLocalUnicast', 'is_link_local_unicast', 'Of `169.254.0.0/16` or `fe80::/10`.', isLinkLocalUnicast),
    is(
      'isGlobalUnicast',
      'is_global_unicast',
      'None of the others, no multicast and not `255.255.255.255`; private addresses are.',
      (address) =>
        address.bits !== 0n &&
        !(address.family === 4 && address.bits === 0xffffffffn) &&
        !isLoopback(address) &&
        !isMulticast(address) &&
        !isLinkLocalUnicast(address),
    ),
    fn(
      'string',
      'The canonical text.',
      globalCall('ip_to_string', [IP], STRING, ([address]) => toOpaque(address, IpAddress).show()),
    ),
  ],
};

function is(name: string, id: string, description: string, holds: (address: IpAddress) => boolean) {
  return fn(
    name,
    description,
    memberCall(`ip_${id}`, [IP], BOOL, ([address]) => holds(toOpaque(address, IpAddress))),
  );
}

function isLoopback(address: IpAddress): boolean {
  return address.family === 4 ? address.startsWithBits(127n, 8) : address.bits === 1n;
}

function isLinkLocalUnicast(address: IpAddress): boolean {
  return address.family === 4 ? address.startsWithBits(0xa9fen, 16) : address.startsWithBits(0xfe80n >> 6n, 10);
}

function isMulticast(address: IpAddress): boolean {
  return address.family === 4 ? address.startsWithBits(0xen, 4) : address.startsWithBits(0xffn, 8);
}
