import { isIPv6 } from 'node:net';

/** Clients that are remembered. Of more, those that were seen longest ago are forgotten, and begin anew. */
const MAX_CLIENTS = 50_000;
const BURST_SECONDS = 10;

/** How many seconds a client has to wait; 0 when it may go on. */
export type RateLimit = (client: string, now: number) => number;

interface Bucket {
  tokens: number;
  at: number;
}

/** A bucket of tokens for each client: ten seconds' worth at once, and then so many per second. */
export function rateLimit(perSecond: number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const capacity = perSecond * BURST_SECONDS;
  return (client, now) => {
    const key = networkOf(client);
    const bucket = buckets.get(key) ?? { tokens: capacity, at: now };
    buckets.delete(key);
    buckets.set(key, bucket);
    forgetOldest(buckets);
    const elapsed = Math.max(0, now - bucket.at) / 1000;
    bucket.tokens = Math.min(capacity, bucket.tokens + elapsed * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) {
      return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    }
    bucket.tokens -= 1;
    return 0;
  };
}

/** Whoever has one address of IPv6 has all of its /64. */
export function networkOf(client: string): string {
  if (!isIPv6(client)) {
    return client;
  }
  const [head = '', tail = ''] = client.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = client.includes('::') ? Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0') : [];
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  if (buckets.size > MAX_CLIENTS) {
    for (const oldest of buckets.keys()) {
      buckets.delete(oldest);
      break;
    }
  }
}
