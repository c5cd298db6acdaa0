import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Whoever sent a request, as far as it can be known. */
export type ClientAddress = (request: IncomingMessage) => string;

/** Hops of proxies that are looked at. */
const MAX_HOPS = 16;

/**
 * The address of the connection; behind a proxy that is trusted, the last one in `X-Forwarded-For` that is not itself such a proxy. What
 * anybody else says of the address is not looked at.
 */
export function clientAddresses(trustedProxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) {
      trusted.addAddress(address, family);
    } else {
      trusted.addSubnet(address, Number(bits), family);
    }
  }
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (request) => {
    let address = normal(request.socket.remoteAddress ?? '');
    if (trustedProxies.length === 0) {
      return address;
    }
    const header = request.headers['x-forwarded-for'];
    const hops = (typeof header === 'string' ? header : '')
      .split(',')
      .slice(-MAX_HOPS)
      .map((hop) => normal(hop.trim()));
    while (isIP(address) !== 0 && isTrusted(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) {
        break;
      }
      address = hop;
    }
    return address;
  };
}

/** IPv4 addresses as such, also those of sockets that take both. */
function normal(address: string): string {
  const mapped = address.toLowerCase().startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  return isIP(mapped) === 4 ? mapped : address;
}
