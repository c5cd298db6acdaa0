import assert from 'node:assert/strict';
import { LIMITS } from '#base/limits.ts';
import { decompress } from '#lib/packages/catalogers/linux-kernel/decompress.ts';
import { stored } from '#test/fixtures/xz-stream.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** The same text of words and zeros as xz packs it, without a checksum, so that damage is read: in one block, and in several. */
const ONE =
  '/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AZkARVdADCbiI2LOegnjjgrMemN1HVvLDShC1twM/I99JQUdX5Jm1K0/9pMQ0peWAK0ump8gKT3hBXQkMI9vnBXC2rrSYy+QBFCp20o/G0Bam4myWj0IEvlcYgAi42tJ6ZHXSL5LNiQavUtA5RKPgh8Q9Ht6e+eq5F4o0bEnj+aasYz8eba9pDiT6O6Kq/gyqY4ulpgQro48UVN/XkHM7h3N/MwhOO5ilZ2dxfusmkMv3f7J5QNivsj/aH2M9ghUpL1xa+DCegEd2iYkwtL2iNXitY9PeU1K5+Wz1lm/nyRPvzEdrlI2UEZoERQDBwHS2pdt3lzhaTDH4jDmZCNkCywhem1BGmtLbLqvY+FmE9tE8qLWa2ozmfoNBoAAAAAAAGpAuUMAAD1jz1vqAAK/AIAAAAAAFla';
const SEVERAL =
  '/Td6WFoAAAD/EtlBAgAhARYAAAB0L+Wj4AJXAIs/ADCbiMntpxcP8oO/joUeFOh4OHME8d70RzqUkMa6WHV0Ldl0ZB0hdxLGAjGTUxCIwb9exDrHNl/Dz8HZjbO/fhV8jhra2eagpwoBPQ+yME/GkJ5mxM9owFpiF/FVoZYJqR6w7CJlkpM2aOjcxaCCLEsabu8ZRSAw3ElwZzYs9pL30hQT7JD8kOzHgzYAAAIAIQEWAAAAdC/lo+ACVwCLPwAQADCpxawA4xRkIIi1MTUm9n2y6/SHoKPbu4g34jY1ikKTmWa1RxBmGRilYQhJP5W8lvpuFY5lyl9vcr6kHdjP1xo6lhnqHWCMkIIC9TF7Ezpt8rSwjMuP6QqXPOmUnmAZAM8m9jL6fwW4dnGBHlRqJFxKKmZNd9g11ai8vkhIvDvgdLhc/4LCVgVQAAACACEBFgAAAHQv5aPgAbQAdj8AMZoKVpTqxk/acB8VhUQ5WE5TB3/yyF3GmHDPP8tvRNMY7xntBDlilJmbZerRWeIKBywMBxU4pCbyxvz62xXXeKGRX4N5xNSLBDRgr2CKnfmzKG0Y50pObdzatNS+Neg6dbqQWsXF0kpi4cADJ2tVeuYpnTz2AAAAAAADnwHYBJ8B2ASKAbUDAAAjP6HVteNTKgQAAAAAAFla';

const OBJECT = 'lib/modules/6.1.0/extra/a.ko.xz';

/** Streams in xz format: whatever comes out is bounded, and is the same every time. */
export const xz: FuzzTarget = {
  id: 'xz',
  seeds: () => [...[ONE, SEVERAL].map((text) => Buffer.from(text, 'base64')), stored(Buffer.from('anchor'))],
  maxMillis: 300,
  run: (input) => {
    const found = decompress(input, OBJECT);
    invariant('no more than the ratio allows, and the same again', () => {
      assert.ok(found.length <= input.length * LIMITS.decompressionRatio);
      assert.ok(Buffer.from(found).equals(decompress(input, OBJECT)));
    });
  },
};
