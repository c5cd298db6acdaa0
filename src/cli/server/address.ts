import { quote } from '#base/error.ts';
import { isLoopback } from '#base/http-connection.ts';
import { Failure } from '../failure.ts';

/**
 * The origin of a server: `https://host[:port]`, also for `host[:port]` alone; http only to this machine. Throws `USAGE`: a password is not sent where
 * others can read it.
 */
export function parseServer(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isPlain = url !== null && isLoopback(url.hostname) && (url.protocol === 'http:' || !text.includes('://'));
  if (url === null || (url.protocol !== 'https:' && !isPlain) || !isOnlyOrigin(url)) {
    throw new Failure('USAGE', 'not a server', {
      object: 'SERVER',
      expected: 'https://HOST[:PORT], or http://127.0.0.1:PORT for this machine',
      found: quote(text),
    });
  }
  return isPlain ? `http://${url.host}` : url.origin;
}

function isOnlyOrigin(url: URL): boolean {
  return (
    url.hostname !== '' &&
    url.username === '' &&
    url.password === '' &&
    (url.pathname === '/' || url.pathname === '') &&
    url.search === '' &&
    url.hash === ''
  );
}
