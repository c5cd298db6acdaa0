import { decodeText, linesOf } from '../../text.ts';

export interface FlatpakMetadata {
  readonly name: string;
  /** The id of the runtime of an application; empty when there is none. */
  readonly runtime: string;
}

const GROUPS: ReadonlySet<string> = new Set(['[Application]', '[Runtime]']);

/** The keys of a `metadata` file that say what it is of (flatpak-metadata(5)); null without a name. */
export function parseMetadata(bytes: Uint8Array): FlatpakMetadata | null {
  const keys = new Map<string, string>();
  let isInside = false;
  for (const line of linesOf(decodeText(bytes))) {
    if (line.startsWith('[')) {
      isInside = GROUPS.has(line.trimEnd());
    } else if (isInside) {
      const equals = line.indexOf('=');
      const key = line.slice(0, Math.max(equals, 0)).trim();
      if (key === 'name' || key === 'runtime') {
        keys.set(key, line.slice(equals + 1).trim());
      }
    }
  }
  const name = keys.get('name') ?? '';
  const [runtime = ''] = (keys.get('runtime') ?? '').split('/', 1);
  return name === '' ? null : { name, runtime };
}
