import { quote } from '#base/error.ts';
import type { Members } from '#base/json/members.ts';

/** What a file is that is no document, in words, and what to do about it. */
interface OtherContent {
  readonly found: string;
  readonly hint?: string;
}

const CONVERT = 'Other tools, such as cyclonedx-cli, convert it to JSON.';

/** First bytes in hex. */
const MAGICS: readonly (readonly [magic: string, content: OtherContent])[] = [
  ['1f8b', { found: 'a file compressed with gzip', hint: 'Decompress it first.' }],
  ['28b52ffd', { found: 'a file compressed with Zstandard', hint: 'Decompress it first.' }],
  ['fd377a585a00', { found: 'a file compressed with xz', hint: 'Decompress it first.' }],
  ['504b0304', { found: 'a ZIP archive', hint: 'Take the document out of it first.' }],
  ['fffe', { found: 'text in UTF-16', hint: 'Convert it to UTF-8 first.' }],
  ['feff', { found: 'text in UTF-16', hint: 'Convert it to UTF-8 first.' }],
];

/** Of a file that does not begin as a document does. `head` is its beginning as text, without white space in front. */
export function otherContent(bytes: Uint8Array, head: string): OtherContent {
  const hex = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  const known = MAGICS.find(([magic]) => hex.startsWith(magic));
  if (known !== undefined) {
    return known[1];
  }
  if (Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar') {
    return { found: 'a tar archive', hint: 'An image in a tar is named without sbom: in front.' };
  }
  if (head.startsWith('<')) {
    return { found: 'an XML document', hint: CONVERT };
  }
  if (head.startsWith('---') || /^(?:SPDXID|spdxVersion|bomFormat)\s*:/.test(head)) {
    return { found: 'a YAML document', hint: 'Other tools, such as pyspdxtools, convert it to JSON.' };
  }
  return { found: head === '' ? 'an empty file' : `a file that begins with ${quote(head.slice(0, 20))}` };
}

/** Of a JSON object of another kind, by its first members. */
export function otherObject(members: Members): OtherContent {
  if (members.has('schemaVersion') && members.has('tool') && members.has('packages')) {
    return {
      found: 'a report of Plimsoll',
      hint: 'A document is what -o cyclonedx or -o spdx writes, not -o json.',
    };
  }
  const names = [...members.keys()];
  const shown = names.slice(0, 4).map((name) => quote(name, 30));
  const rest = names.length > shown.length ? ' and others' : '';
  return {
    found: shown.length === 0 ? 'an empty object' : `a JSON document of another kind, with ${shown.join(', ')}${rest}`,
  };
}
