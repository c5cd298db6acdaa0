import { decodeText, linesOf } from '../../text.ts';

/** All packages that are in a snap; before snapcraft 4, each part has a list of its own. */
const PRIMED = 'primed-stage-packages:';
const STAGED = 'stage-packages:';
const NONE = '[]';

/** True when snapcraft's `snap/manifest.yaml` says that there are Debian packages in the snap. */
export function listsStagedPackages(bytes: Uint8Array): boolean {
  let staged = false;
  for (const line of linesOf(decodeText(bytes))) {
    if (line.startsWith(PRIMED)) {
      return line.slice(PRIMED.length).trim() !== NONE;
    }
    const trimmed = line.trim();
    staged ||= trimmed.startsWith(STAGED) && trimmed.slice(STAGED.length).trim() !== NONE;
  }
  return staged;
}
