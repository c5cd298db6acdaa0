import type { Library } from '../../../library.ts';
import type { Meter } from '../../../meter.ts';
import { BOOL, INT, STRING } from '../../../type.ts';
import { chargeLength, readText } from '../../charges.ts';
import { fn, globalCall, memberCall, toOpaque } from '../../declare.ts';
import { IP, IpAddress, parseIp } from '../ip/address.ts';
import { CIDR, Network, parseNetwork, parseNetworkOrNull } from './network.ts';

export const cidr: Library = {
  name: 'kubernetes.cidr',
  description: 'Networks in CIDR notation.',
  functions: [
    fn(
      'cidr',
      'The network that a text stands for.',
      globalCall('string_to_cidr', [STRING], CIDR, ([text], meter) => parseNetwork(readText(text, meter))),
    ),
    fn(
      'isCIDR',
      'Whether the text is a network.',
      globalCall('is_cidr', [STRING], BOOL, ([text], meter) => parseNetworkOrNull(readText(text, meter)) !== null),
    ),
    fn(
      'containsIP',
      'Whether the address is of the network.',
      memberCall('cidr_contains_ip_string', [CIDR, STRING], BOOL, ([network, text], meter) => {
        const address = parseIp(readText(text, meter));
        return containsIp(toOpaque(network, Network), address, meter);
      }),
      memberCall('cidr_contains_ip_ip', [CIDR, IP], BOOL, ([network, address], meter) =>
        containsIp(toOpaque(network, Network), toOpaque(address, IpAddress), meter),
      ),
    ),
    fn(
      'containsCIDR',
      'Whether all of the other network is of this one.',
      memberCall('cidr_contains_cidr_string', [CIDR, STRING], BOOL, ([network, text], meter) => {
        const other = parseNetwork(readText(text, meter));
        return containsCidr(toOpaque(network, Network), other, meter);
      }),
      memberCall('cidr_contains_cidr', [CIDR, CIDR], BOOL, ([network, other], meter) =>
        containsCidr(toOpaque(network, Network), toOpaque(other, Network), meter),
      ),
    ),
    fn(
      'ip',
      'The address before the slash.',
      memberCall('cidr_ip', [CIDR], IP, ([network]) => toOpaque(network, Network).address),
    ),
    fn(
      'prefixLength',
      'The number behind the slash.',
      memberCall('cidr_prefix_length', [CIDR], INT, ([network]) => BigInt(toOpaque(network, Network).prefix)),
    ),
    fn(
      'masked',
      'The network with nothing but zeros behind its prefix.',
      memberCall('cidr_masked', [CIDR], CIDR, ([network]) => toOpaque(network, Network).masked()),
    ),
    fn(
      'string',
      'The canonical text.',
      globalCall('cidr_to_string', [CIDR], STRING, ([network]) => toOpaque(network, Network).show()),
    ),
  ],
};

function containsIp(network: Network, address: IpAddress, meter: Meter): boolean {
  chargeLength(meter, (2 * network.address.length) / 8);
  return network.has(address);
}

function containsCidr(network: Network, other: Network, meter: Meter): boolean {
  chargeLength(meter, (3 * network.address.length) / 8);
  return network.prefix <= other.prefix && network.has(other.address);
}
