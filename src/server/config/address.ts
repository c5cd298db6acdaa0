import { isIP, isIPv6 } from 'node:net';

export interface Address {
  /** An address or `localhost`; without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:7400`, `[::1]:7400`, `localhost:7400`; null for anything else. */
export function parseAddress(text: string): Address | null {
  const colon = text.lastIndexOf(':');
  const port = text.slice(colon + 1);
  const bracketed = text.startsWith('[') && text[colon - 1] === ']';
  const host = bracketed ? text.slice(1, colon - 1) : text.slice(0, colon);
  const isHost = bracketed ? isIPv6(host) : isIP(host) === 4 || host === 'localhost';
  const isPort = /^(0|[1-9][0-9]{0,4})$/.test(port) && Number(port) <= 65_535;
  return colon > 0 && isHost && isPort ? { host, port: Number(port) } : null;
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Host and port as a URL has them. */
export function authorityOf({ host, port }: Address): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
