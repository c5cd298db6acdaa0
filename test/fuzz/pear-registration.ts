import assert from 'node:assert/strict';
import { isPhpArray, type PhpValue, parseSerialized } from '#lib/packages/catalogers/pear/parse-serialized.ts';
import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** As PEAR 1.10 wrote them, with fewer members: descriptions of version 2.0 and 1.0. */
const SECOND =
  'a:6:{s:7:"attribs";a:1:{s:7:"version";s:3:"2.0";}s:4:"name";s:4:"Mail";s:7:"channel";s:12:"pear.php.net";' +
  's:7:"version";a:2:{s:7:"release";s:5:"1.4.1";s:3:"api";s:5:"1.3.0";}' +
  's:7:"license";a:2:{s:7:"attribs";a:1:{s:3:"uri";s:1:"x";}s:8:"_content";s:3:"BSD";}' +
  's:12:"dependencies";a:1:{s:8:"required";a:1:{s:7:"package";a:2:{i:0;a:2:{s:4:"name";s:4:"Two€";' +
  's:7:"channel";s:5:"a.b/c";}i:1;a:1:{s:9:"conflicts";s:0:"";}}}}}';
const FIRST =
  'a:5:{s:7:"package";s:3:"Old";s:7:"version";s:3:"0.9";s:15:"release_license";s:3:"PHP";s:12:"_lastversion";N;' +
  's:12:"release_deps";a:2:{i:1;a:3:{s:4:"type";s:3:"pkg";s:3:"rel";s:3:"has";s:4:"name";s:4:"PEAR";}i:2;b:1;}}';

/** Registrations of PEAR packages: what is accepted is text and arrays, and written again it is read as the same. */
export const pearRegistration: FuzzTarget = {
  id: 'pear-registration',
  seeds: () => [SECOND, FIRST].map((text) => Buffer.from(text.replace('s:4:"Two€"', 's:6:"Two€"'))),
  maxMillis: 200,
  dictionary: [
    'a:1:{',
    'a:0:{}',
    's:1:"',
    '";',
    '}',
    'i:0;',
    'N;',
    'b:1;',
    'd:0.5;',
    'R:1;',
    'O:1:"a":0:{}',
    ':99999:',
  ],
  run: (input) => {
    const value = parseSerialized(input, 'input');
    invariant('what is read is read back', () => {
      assert.deepEqual(parseSerialized(Buffer.from(serialize(value)), 'again'), value);
    });
    runCataloger('pear', 'usr/share/php/.registry/a.reg', input);
  },
};

function serialize(value: PhpValue): string {
  if (isPhpArray(value)) {
    const entries = [...value].map(([key, item]) => serialize(key) + serialize(item));
    return `a:${entries.length}:{${entries.join('')}}`;
  }
  if (value === null) {
    return 'N;';
  }
  // A byte order mark is not part of what is read: one that is left had another in front.
  const text = value.startsWith('\ufeff') ? `\ufeff${value}` : value;
  return `s:${Buffer.byteLength(text)}:"${text}";`;
}
