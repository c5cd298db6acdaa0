import { beforeAny, partsOf } from '../../capability-names.ts';

/** What a package must not be beside. */
const CONFLICT = '!';

/** The names in `D:` and `p:`, `so:libz.so.1=1.3 cmd:foo !bar busybox>=1.2`: without versions, repositories (`@edge`) and conflicts. */
export function* parseNames(value: string): Generator<string, void> {
  for (const part of partsOf(value, ' ')) {
    if (!part.startsWith(CONFLICT)) {
      yield beforeAny(part, '<>=~@');
    }
  }
}
