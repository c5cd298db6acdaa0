import { libraryContract } from '../../contract.ts';
import { kubernetesLists } from './index.ts';

const BYTES = '[b"a", b"b"]';
const DURATIONS = '[duration("1s"), duration("2s")]';
const TIMESTAMPS = '[timestamp("2026-01-01T00:00:00Z"), timestamp("2026-01-02T00:00:00Z")]';
const SEVERITIES = '[severity.low, severity.unknown]';

libraryContract(kubernetesLists, {
  holds: [
    '[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1u].isSorted() && [1.0, 0.5].isSorted() == false && [false, true].isSorted()',
    `["a", "b"].isSorted() && ${BYTES}.isSorted() && ${DURATIONS}.isSorted() && ${TIMESTAMPS}.isSorted() && ${SEVERITIES}.isSorted()`,
    '[1, 2].sum() == 3 && [1u, 2u].sum() == 3u && [1.5, 2.0].sum() == 3.5 && [duration("1s"), duration("2s")].sum() == duration("3s")',
    '[1].filter(x, x > 1).sum() == 0',
    '[2, 1, 3].min() == 1 && [2u, 1u].min() == 1u && [2.5, -1.0].min() == -1.0 && [true, false].min() == false',
    `["b", "a"].min() == "a" && ${BYTES}.min() == b"a" && ${DURATIONS}.min() == duration("1s") && ${SEVERITIES}.min() == severity.low`,
    `${TIMESTAMPS}.min() == timestamp("2026-01-01T00:00:00Z")`,
    '[2, 1, 3].max() == 3 && [2u, 1u].max() == 2u && [2.5, -1.0].max() == 2.5 && [true, false].max() == true',
    `["b", "a"].max() == "b" && ${BYTES}.max() == b"b" && ${DURATIONS}.max() == duration("2s") && ${SEVERITIES}.max() == severity.unknown`,
    `${TIMESTAMPS}.max() == timestamp("2026-01-02T00:00:00Z")`,
    '[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && ["a"].indexOf("b") == -1 && [1].lastIndexOf(2) == -1',
  ],
  errors: [
    ['[1].filter(x, x > 1).min()', /min called on empty list/],
    ['dyn([1, "a"]).max()', /no such overload/],
    ['dyn([1, "a"]).sum()', /no such overload/],
    ['dyn(["a"]).sum()', /no such overload/],
    ['[9223372036854775807, 1].sum()', /overflow/],
    ['[18446744073709551615u, 1u].sum()', /overflow/],
  ],
});
