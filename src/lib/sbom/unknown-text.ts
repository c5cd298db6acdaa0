import type { Unknown } from '#model/unknown.ts';

/** An unknown as a sentence part; its kind comes first. */
export function unknownText({ kind, path, layer, analyser, reason }: Unknown): string {
  const where = [path, layer].filter((part) => part !== null).join(' in ');
  return `${kind}: ${where === '' ? '' : `${where}: `}${reason} (${analyser})`;
}
