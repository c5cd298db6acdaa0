/** What an array or object takes in memory beside its members, and what each of these does. */
const CONTAINER = 24;
const MEMBER = 8;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * About how many bytes a JSON text takes in memory once it is parsed, told without parsing it: `[[],[],…` takes many times
 * its own length. Infinity for one that is nested deeper than `depth`. Says nothing about whether it is JSON.
 */
export function weighJson(text: Uint8Array, depth: number): number {
  let weight = 0;
  let open = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text[at];
    weight += 1;
    if (inString) {
      if (code === BACKSLASH) {
        at += 1;
      } else if (code === QUOTE) {
        inString = false;
      }
    } else if (code === QUOTE) {
      inString = true;
      weight += MEMBER;
    } else if (code === COMMA) {
      weight += MEMBER;
    } else if (code === 0x5b || code === 0x7b) {
      weight += CONTAINER;
      open += 1;
      if (open > depth) {
        return Number.POSITIVE_INFINITY;
      }
    } else if (code === 0x5d || code === 0x7d) {
      open -= 1;
    }
  }
  return weight;
}
