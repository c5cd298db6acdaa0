import { libraryContract } from '../../contract.ts';
import { FORMATS } from './formats.ts';
import { format } from './index.ts';

/** By format, texts that are of it and texts that are not. */
const CASES: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  dns1123Label: [
    ['a', 'my-name-1', '1a'],
    ['', 'A', '-a', 'a-', 'a.b', 'a'.repeat(64)],
  ],
  dns1123Subdomain: [
    ['a.b', 'apiextensions.k8s.io'],
    ['a..b', '.a', 'a.', 'a_b', 'a.-b', 'a'.repeat(254)],
  ],
  dns1035Label: [
    ['a1', 'my-name'],
    ['1a', 'a-', '', 'a'.repeat(64)],
  ],
  qualifiedName: [
    ['a', 'example.com/Name_1', 'A.b'],
    ['/a', 'a/', 'A/b', 'a/b/c', '_a'],
  ],
  dns1123LabelPrefix: [
    ['my-', 'my', '1-'],
    ['-', '-my-', 'M-'],
  ],
  dns1123SubdomainPrefix: [
    ['a.b-', 'a'],
    ['.-', 'a..'],
  ],
  dns1035LabelPrefix: [['my-'], ['1-']],
  labelValue: [
    ['', 'a', 'A_1.b-c'],
    ['-', 'a-', 'a'.repeat(64), 'a b'],
  ],
  uri: [
    ['https://example.com', '/a'],
    ['a', ''],
  ],
  uuid: [
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'],
    ['123e4567', '', '123e4567-e89b-12d3-a456-42661417400g'],
  ],
  byte: [
    ['aGVsbG8=', 'AAAA'],
    ['aGVsbG8', 'a', '', '====', 'a b='],
  ],
  date: [
    ['2024-02-29', '2026-01-31'],
    ['2023-02-29', '2026-1-1', '2026-13-01', '2026-01-01T00:00:00Z'],
  ],
  datetime: [
    ['2026-01-01T00:00:00Z', '2026-01-01t00:00:00.123+01:00'],
    ['2026-01-01', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:00', 'x'.repeat(1000)],
  ],
};

const list = (texts: readonly string[]): string => JSON.stringify(texts);

libraryContract(format, {
  holds: [
    ...Array.from(FORMATS.keys(), (name) => {
      const [good, bad] = CASES[name] ?? [[], []];
      return (
        `${list(good)}.all(x, !format.${name}().validate(x).hasValue()) && ` +
        `${list(bad)}.all(x, format.${name}().validate(x).value().size() == 1) && format.named("${name}").value() == format.${name}()`
      );
    }),
    '!format.named("nope").hasValue() && format.date() != format.uuid()',
  ],
  errors: [],
});
