import type { FirstPull } from '#model/platform/intake.ts';
import type { Meter } from './meter.ts';

/** The same gate; how it answers, and how long clients wait for that, is measured. */
export function measuredFirstPull(firstPull: FirstPull, meter: Meter): FirstPull {
  let waiting = 0;
  meter.onCollect(async () => {
    meter.set('plimsoll_first_pulls_waiting', {}, waiting);
    await Promise.resolve();
  });
  return {
    pull: async (...asked) => {
      const started = performance.now();
      let answer = 'failed';
      waiting += 1;
      try {
        const given = await firstPull.pull(...asked);
        answer = given?.kind ?? 'none';
        return given;
      } finally {
        waiting -= 1;
        meter.observe('plimsoll_first_pull_duration_seconds', { answer }, (performance.now() - started) / 1000);
      }
    },
    served: (...asked) => firstPull.served(...asked),
    unjudged: async (...asked) => await firstPull.unjudged(...asked),
  };
}
