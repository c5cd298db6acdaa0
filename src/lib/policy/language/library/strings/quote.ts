import type { Meter } from '../../meter.ts';
import { chargeResult } from '../charges.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

/** In double quotes, with the escapes of CEL. */
export function quoteText(text: string, meter: Meter): string {
  chargeResult(meter, 2 * text.length);
  return `"${text.replace(/["\\]|[^ -~\u0080-\uffff]/g, (char) => ESCAPES.get(char) ?? char)}"`;
}
