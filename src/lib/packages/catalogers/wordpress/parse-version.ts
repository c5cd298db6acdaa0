import { decodeText, linesOf } from '../../text.ts';

const VARIABLE = '$wp_version';
const CHARS = 64;

/** The version that `wp-includes/version.php` sets; null for a file that sets none to a text of its own. */
export function parseVersion(bytes: Uint8Array): string | null {
  for (const line of linesOf(decodeText(bytes))) {
    const value = line.startsWith(VARIABLE) ? line.slice(VARIABLE.length).trim() : '';
    if (value.startsWith('=')) {
      const text = value.slice(1).trim();
      const end = text.indexOf(text.charAt(0), 1);
      const version = text.slice(1, Math.max(end, 1));
      const isLiteral = (text.startsWith("'") || text.startsWith('"')) && text.slice(end + 1).startsWith(';');
      return isLiteral && version.length <= CHARS && /^[0-9][\w.-]*$/.test(version) ? version : null;
    }
  }
  return null;
}
