import { limitExceeded } from '#base/limits.ts';
import type { Diversion } from '#model/ownership.ts';
import { PackagesError } from '../../error.ts';
import { decodeText, linesOf } from '../../text.ts';

/** Systems have some dozens. */
const DIVERSIONS = 10_000;
/** Who diverts when no package does. */
const ADMINISTRATOR = ':';

/** `/var/lib/dpkg/diversions`: three lines each, the place, where its file went instead, and who diverts. Throws for another form. */
export function parseDiversions(bytes: Uint8Array, object: string): readonly Diversion[] {
  const diversions: Diversion[] = [];
  const lines = linesOf(decodeText(bytes));
  for (let line = lines.next(); line.done !== true; line = lines.next()) {
    const [from, to, by] = [line.value, lines.next().value, lines.next().value];
    if (!from.startsWith('/') || to?.startsWith('/') !== true || by === undefined || by === '') {
      const detail = { object, expected: 'two absolute paths and a package for each diversion' };
      throw new PackagesError('PACKAGE_METADATA_INVALID', 'a diversion that is none', detail);
    }
    if (diversions.length === DIVERSIONS) {
      throw limitExceeded(object, DIVERSIONS, 'diversions');
    }
    diversions.push({ from: from.slice(1), to: to.slice(1), by: by === ADMINISTRATOR ? null : by });
  }
  return diversions;
}
