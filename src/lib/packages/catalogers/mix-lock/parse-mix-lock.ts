import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, type Need, notA } from '../../declared-packages.ts';
import { decodeText, linesOf } from '../../text.ts';

const HEX = '{:hex, :';
/** In the list of what a package needs, before the name that Hex has for it. */
const NEEDED = 'hex: :';

/**
 * `mix.lock`: a map of Elixir, each dependency on a line of its own as Mix writes it,
 * `"app": {:hex, :package, "1.0.0", "hash", [:mix], [needs], "hexpm", "hash"},`. One of git has no version.
 */
export function parseMixLock(bytes: Uint8Array, object: string): Found {
  const packages = new DeclaredPackages('hex', object);
  let isMap = false;
  for (const raw of linesOf(decodeText(bytes))) {
    const line = raw.trim();
    isMap ||= line.startsWith('%{');
    if (!line.startsWith('"')) {
      continue;
    }
    const [app = '', body = ''] = splitOnce(line.slice(1), '": ');
    const name = body.startsWith(HEX) ? atomAt(body, HEX.length) : '';
    const version = body.startsWith(`, "`, HEX.length + name.length)
      ? quotedAt(body, HEX.length + name.length + 3)
      : '';
    if (name === '' || version === '') {
      packages.passOver('without a version', app);
    } else {
      packages.add({ name, version, needs: needsIn(body) });
    }
  }
  if (!isMap) {
    throw notA(object, 'a map of Elixir', 'none');
  }
  return packages.found();
}

function* needsIn(body: string): Generator<Need, void> {
  for (let at = body.indexOf(NEEDED); at !== -1; at = body.indexOf(NEEDED, at + NEEDED.length)) {
    yield { name: atomAt(body, at + NEEDED.length) };
  }
}

/** An atom without its colon: letters, digits and underscores. */
function atomAt(text: string, start: number): string {
  let end = start;
  while (end < text.length && /^[A-Za-z0-9_]$/.test(text.charAt(end))) {
    end += 1;
  }
  return text.slice(start, end);
}

function quotedAt(text: string, start: number): string {
  const end = text.indexOf('"', start);
  return end === -1 ? '' : text.slice(start, end);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
