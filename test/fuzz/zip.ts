import assert from 'node:assert/strict';
import { UnpackingBudget } from '#lib/packages/zip/unpacking-budget.ts';
import { openZip } from '#lib/packages/zip/zip-archive.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Written by Python's zipfile: stored and deflated, streamed with data descriptors, and with the records of ZIP64. */
const ARCHIVES: readonly string[] = [
  'UEsDBBQAAAAIAAAAIQC6/M1CRAAAAE4AAAAUAAAATUVUQS1JTkYvTUFOSUZFU1QuTUbzTczLTEstLtENSy0qzszPs1Iw1DPg5XIqzUvJSdX1yUxO' +
    'zStOtVLw9Qzh5fLMLchJzU3NK0ksAapE1sHLpQDUxMsFAFBLAwQUAAAAAAAAACEA2suAvS8AAAAvAAAALQAAAE1FVEEtSU5GL21hdmVuL29yZy5l' +
    'eGFtcGxlL2FwcC9wb20ucHJvcGVydGllc3ZlcnNpb249MS4wCmdyb3VwSWQ9b3JnLmV4YW1wbGUKYXJ0aWZhY3RJZD1hcHAKUEsDBBQAAAAAAAAA' +
    'IQCEONwMowEAAKMBAAAUAAAAQk9PVC1JTkYvbGliL2ItMi5qYXJQSwMEFAAAAAgAAAAhALr8zUJEAAAATgAAABQAAABNRVRBLUlORi9NQU5JRkVT' +
    'VC5NRvNNzMtMSy0u0Q1LLSrOzM+zUjDUM+DlcirNS8lJ1fXJTE7NK061UvD1DOHl8swtyEnNTc0rSSwBqkTWwculANTEywUAUEsDBBQAAAAAAAAA' +
    'IQDay4C9LwAAAC8AAAAtAAAATUVUQS1JTkYvbWF2ZW4vb3JnLmV4YW1wbGUvYXBwL3BvbS5wcm9wZXJ0aWVzdmVyc2lvbj0xLjAKZ3JvdXBJZD1v' +
    'cmcuZXhhbXBsZQphcnRpZmFjdElkPWFwcApQSwECFAMUAAAACAAAACEAuvzNQkQAAABOAAAAFAAAAAAAAAAAAAAAgAEAAAAATUVUQS1JTkYvTUFO' +
    'SUZFU1QuTUZQSwECFAMUAAAAAAAAACEA2suAvS8AAAAvAAAALQAAAAAAAAAAAAAAgAF2AAAATUVUQS1JTkYvbWF2ZW4vb3JnLmV4YW1wbGUvYXBw' +
    'L3BvbS5wcm9wZXJ0aWVzUEsFBgAAAAACAAIAnQAAAPAAAAAAAFBLAQIUAxQAAAAIAAAAIQC6/M1CRAAAAE4AAAAUAAAAAAAAAAAAAACAAQAAAABN' +
    'RVRBLUlORi9NQU5JRkVTVC5NRlBLAQIUAxQAAAAAAAAAIQDay4C9LwAAAC8AAAAtAAAAAAAAAAAAAACAAXYAAABNRVRBLUlORi9tYXZlbi9vcmcu' +
    'ZXhhbXBsZS9hcHAvcG9tLnByb3BlcnRpZXNQSwECFAMUAAAAAAAAACEAhDjcDKMBAACjAQAAFAAAAAAAAAAAAAAAgAHwAAAAQk9PVC1JTkYvbGli' +
    'L2ItMi5qYXJQSwUGAAAAAAMAAwDfAAAAxQIAAAAA',
  'UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAUAAAATUVUQS1JTkYvTUFOSUZFU1QuTUbzTczLTEstLtENSy0qzszPs1Iw1DPg5XIqzUvJSdX1yUxO' +
    'zStOtVLw9Qzh5fLMLchJzU3NK0ksAapE1sHLpQDUxMsFAFBLBwi6/M1CRAAAAE4AAABQSwMEFAAIAAAAAAAhAAAAAAAAAAAAAAAAAC0AAABNRVRB' +
    'LUlORi9tYXZlbi9vcmcuZXhhbXBsZS9hcHAvcG9tLnByb3BlcnRpZXN2ZXJzaW9uPTEuMApncm91cElkPW9yZy5leGFtcGxlCmFydGlmYWN0SWQ9' +
    'YXBwClBLBwjay4C9LwAAAC8AAABQSwECFAMUAAgACAAAACEAuvzNQkQAAABOAAAAFAAAAAAAAAAAAAAAgAEAAAAATUVUQS1JTkYvTUFOSUZFU1Qu' +
    'TUZQSwECFAMUAAgAAAAAACEA2suAvS8AAAAvAAAALQAAAAAAAAAAAAAAgAGGAAAATUVUQS1JTkYvbWF2ZW4vb3JnLmV4YW1wbGUvYXBwL3BvbS5w' +
    'cm9wZXJ0aWVzUEsFBgAAAAACAAIAnQAAABABAAAAAA==',
  'UEsDBC0AAAAIAAAAIQC6/M1C//////////8UABQATUVUQS1JTkYvTUFOSUZFU1QuTUYBABAATgAAAAAAAABEAAAAAAAAAPNNzMtMSy0u0Q1LLSrO' +
    'zM+zUjDUM+DlcirNS8lJ1fXJTE7NK061UvD1DOHl8swtyEnNTc0rSSwBqkTWwculANTEywUAUEsDBC0AAAAAAAAAIQDay4C9//////////8tABQA' +
    'TUVUQS1JTkYvbWF2ZW4vb3JnLmV4YW1wbGUvYXBwL3BvbS5wcm9wZXJ0aWVzAQAQAC8AAAAAAAAALwAAAAAAAAB2ZXJzaW9uPTEuMApncm91cElk' +
    'PW9yZy5leGFtcGxlCmFydGlmYWN0SWQ9YXBwClBLAQItAy0AAAAIAAAAIQC6/M1C//////////8UABQAAAAAAAAAAACAAQAAAABNRVRBLUlORi9N' +
    'QU5JRkVTVC5NRgEAEABOAAAAAAAAAEQAAAAAAAAAUEsBAi0DLQAAAAAAAAAhANrLgL3//////////y0AHAAAAAAAAAAAAIAB/////01FVEEtSU5G' +
    'L21hdmVuL29yZy5leGFtcGxlL2FwcC9wb20ucHJvcGVydGllcwEAGAAvAAAAAAAAAC8AAAAAAAAAigAAAAAAAABQSwYGLAAAAAAAAAAtAC0AAAAA' +
    'AAAAAAACAAAAAAAAAAIAAAAAAAAAzQAAAAAAAAAYAQAAAAAAAFBLBgcAAAAA5QEAAAAAAAABAAAAUEsFBgAAAAACAAIAzQAAABgBAAAAAA==',
];
const BUDGET = 1024 * 1024;
const PATH = 'app/app-1.0.jar';

/** Archives in ZIP format: what comes out is what the directory says, no more than allowed; Java archives are read from the same bytes. */
export const zip: FuzzTarget = {
  id: 'zip',
  seeds: () => ARCHIVES.map((text) => Buffer.from(text, 'base64')),
  maxMillis: 500,
  dictionary: [
    'PK\x01\x02',
    'PK\x03\x04',
    'PK\x05\x06',
    'PK\x06\x06',
    'PK\x06\x07',
    '\x01\0\x18\0',
    '\xff\xff\xff\xff',
  ],
  run: (input) => {
    const archive = openZip(input, 'input', () => true, new UnpackingBudget(BUDGET));
    invariant('as many entries as fit into the directory', () => {
      assert.ok(archive.count * 76 <= input.length);
      assert.equal(archive.entries.length, archive.count);
    });
    let unpacked = 0;
    for (const entry of archive.entries) {
      const content = archive.read(entry);
      unpacked += entry.method === 0 ? 0 : content.length;
      invariant('sizes are as said, and bounded', () => {
        assert.equal(content.length, entry.size);
        assert.ok(unpacked <= BUDGET);
      });
    }
    runCataloger('java-archive', PATH, input);
  },
};
