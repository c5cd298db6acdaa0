import type { IncomingMessage } from 'node:http';

/** What a request says of who sends it. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly name: string; readonly secret: string }
  | { readonly kind: 'bearer'; readonly token: string }
  /** Something that is none of these. */
  | { readonly kind: 'unreadable' };

const UNREADABLE: Credentials = { kind: 'unreadable' };
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the header `Authorization`, which may be there once (RFC 9110, section 11.6.2). */
export function credentialsOf(request: IncomingMessage): Credentials {
  const values = request.headersDistinct['authorization'] ?? [];
  const [value] = values;
  if (value === undefined) {
    return { kind: 'none' };
  }
  const space = value.indexOf(' ');
  const text = value.slice(space + 1).trim();
  if (values.length > 1 || space === -1 || text === '') {
    return UNREADABLE;
  }
  switch (value.slice(0, space).toLowerCase()) {
    case 'basic':
      return basic(text);
    case 'bearer':
      return { kind: 'bearer', token: text };
    default:
      return UNREADABLE;
  }
}

/** RFC 7617: in UTF-8, and everything behind the first colon is the password. */
function basic(text: string): Credentials {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replaceAll('=', '') !== text.replaceAll('=', '')) {
    return UNREADABLE;
  }
  try {
    const pair = decoder.decode(bytes);
    const colon = pair.indexOf(':');
    return colon === -1 ? UNREADABLE : { kind: 'basic', name: pair.slice(0, colon), secret: pair.slice(colon + 1) };
  } catch {
    return UNREADABLE;
  }
}
