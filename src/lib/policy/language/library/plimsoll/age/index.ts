import type { Library } from '../../../library.ts';
import { subtractTimes } from '../../../run/arithmetic.ts';
import { inDurationRange } from '../../../run/time/text.ts';
import { DURATION, INT, TIMESTAMP } from '../../../type.ts';
import { CelDuration, CelTimestamp } from '../../../value.ts';
import { fn, globalCall, toInt, toTimestamp } from '../../declare.ts';

const DAY = 86_400_000_000_000n;

export const age: Library = {
  name: 'plimsoll.age',
  description: 'Lengths of time. Whatever an age is compared with, a verdict knows when the answer turns.',
  functions: [
    fn('age', 'How long ago an instant was, by the time of the context; below 0 for one that is to come.', {
      ...globalCall('timestamp_to_age', [TIMESTAMP], DURATION, ([value], meter) =>
        subtractTimes(new CelTimestamp(meter.now, 1), toTimestamp(value), meter),
      ),
      readsTime: true,
    }),
    fn(
      'days',
      'So many times 24 hours.',
      globalCall('int_to_days', [INT], DURATION, ([count]) => new CelDuration(inDurationRange(toInt(count) * DAY))),
    ),
  ],
};
