import type { StandingManifest } from '#model/platform/records.ts';
import type { AcquisitionEnd } from './end.ts';

/** Of what hangs on an image that is here: nobody judges it but with that, whose state is its own. */
export function governedEnd({ standing: { state } }: Pick<StandingManifest, 'standing'>): AcquisitionEnd {
  return state?.lifecycle === 'approved' || state?.lifecycle === 'deprecated'
    ? { state: 'promoted', reason: state.reason }
    : {
        state: 'held',
        reason: `it goes where the image goes that it hangs on: ${state?.reason ?? 'that is not here'}`,
      };
}
