import { quote } from '#base/error.ts';
import { CelError } from '../../../error.ts';
import { opaqueOf } from '../../../type.ts';
import type { CelOpaque, CelValue } from '../../../value.ts';
import { IpAddress, parseIpOrNull } from '../ip/address.ts';

export const CIDR = opaqueOf('net.CIDR');

/** An address with the length of its network: what is behind the prefix stays, and counts for equality. */
export class Network implements CelOpaque {
  readonly kind = 'opaque';
  readonly type = CIDR;
  readonly address: IpAddress;
  readonly prefix: number;

  constructor(address: IpAddress, prefix: number) {
    this.address = address;
    this.prefix = prefix;
  }

  /** Whether it has the address; none of the other family. */
  has(address: IpAddress): boolean {
    const shift = BigInt(this.address.length - this.prefix);
    return address.family === this.address.family && address.bits >> shift === this.address.bits >> shift;
  }

  masked(): Network {
    const shift = BigInt(this.address.length - this.prefix);
    return new Network(new IpAddress(this.address.family, (this.address.bits >> shift) << shift), this.prefix);
  }

  equals(other: CelValue): boolean {
    return other instanceof Network && other.prefix === this.prefix && other.address.equals(this.address);
  }

  show(): string {
    return `${this.address.show()}/${this.prefix}`;
  }
}

export function parseNetworkOrNull(text: string): Network | null {
  const slash = text.indexOf('/');
  const address = slash === -1 ? null : parseIpOrNull(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (address === null || !/^(?:0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > address.length) {
    return null;
  }
  return new Network(address, Number(prefix));
}

export function parseNetwork(text: string): Network {
  const network = parseNetworkOrNull(text);
  if (network === null) {
    throw new CelError(`not a network in CIDR notation: ${quote(text, 80)}`);
  }
  return network;
}
