import { CelError } from '../../error.ts';
import type { Library } from '../../library.ts';
import type { Meter } from '../../meter.ts';
import { BYTES, STRING } from '../../type.ts';
import { chargeResult } from '../charges.ts';
import { fn, globalCall, toBytes, toText } from '../declare.ts';

export const encoders: Library = {
  name: 'encoders',
  description: 'Bytes as text.',
  functions: [
    fn(
      'base64.encode',
      'Bytes as Base64 of RFC 4648, with padding.',
      globalCall('base64_encode_bytes', [BYTES], STRING, ([bytes], meter) => encode(toBytes(bytes), meter)),
    ),
    fn(
      'base64.decode',
      'The bytes of Base64, with or without padding.',
      globalCall('base64_decode_string', [STRING], BYTES, ([text], meter) => decode(toText(text), meter)),
    ),
  ],
};

function encode(bytes: Uint8Array, meter: Meter): string {
  chargeResult(meter, 2 * bytes.length);
  return Buffer.from(bytes).toString('base64');
}

function decode(text: string, meter: Meter): Uint8Array {
  chargeResult(meter, 2 * text.length);
  const digits = text.replace(/={1,2}$/, '');
  const padded = text.length !== digits.length;
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1 || (padded && text.length % 4 !== 0)) {
    throw new CelError('not Base64');
  }
  return new Uint8Array(Buffer.from(digits, 'base64'));
}
