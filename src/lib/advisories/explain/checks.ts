import type { Exception } from '#model/exception.ts';
import type { ExplainedCheck } from '#model/explanation.ts';
import type { Vulnerability } from '#model/finding.ts';
import { type Package, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';

/** What became of a vulnerability in the report: it counts, or it is apart. */
export type Fate = 'counts' | 'covered' | 'headers';

/** Everything that can keep a finding from counting, and whether it does. */
export function checksOf(
  finding: Vulnerability,
  item: Package,
  fate: Fate,
  exceptions: readonly Exception[],
): readonly ExplainedCheck[] {
  const isSystem = SYSTEM_PACKAGE_TYPES.some((type) => type === item.type);
  return [
    {
      check: 'not-affected',
      suppresses: false,
      text: 'no advisory of the same ecosystem says that this version is not affected',
    },
    ...(isSystem
      ? [
          {
            check: 'third-party',
            suppresses: false,
            text: 'nothing says that somebody other than the distribution made it',
          } as const,
          headersCheck(fate),
        ]
      : [ownedCheck(item, fate)]),
    exceptionCheck(finding, exceptions),
    ...(finding.informational === undefined ? [] : [informationalCheck(finding.informational)]),
  ];
}

function headersCheck(fate: Fate): ExplainedCheck {
  const headers = fate === 'headers';
  return {
    check: 'headers',
    suppresses: headers,
    text: headers ? 'it holds headers of the kernel, whose code runs in the host' : 'it holds no headers of the kernel',
  };
}

function ownedCheck({ locations }: Package, fate: Fate): ExplainedCheck {
  const owners = [...new Set(locations.flatMap(({ ownedBy }) => (ownedBy === undefined ? [] : [ownedBy])))]
    .slice(0, 3)
    .join(', ');
  if (fate === 'covered') {
    return {
      check: 'owned',
      suppresses: true,
      text: `its files belong to ${owners}, for which the advisories of the distribution speak`,
    };
  }
  const text =
    owners === ''
      ? 'no file of it belongs to a package of the operating system'
      : `files of it belong to ${owners}, and the advisories of the distribution do not speak for all of them`;
  return { check: 'owned', suppresses: false, text };
}

function exceptionCheck(finding: Vulnerability, exceptions: readonly Exception[]): ExplainedCheck {
  const exception = exceptions.find((one) => one.finding === finding.id && one.package === finding.package.purl);
  return exception === undefined
    ? { check: 'exception', suppresses: false, text: 'no statement that is accepted excepts it' }
    : {
        check: 'exception',
        suppresses: true,
        text: `${exception.author} says ${exception.status}${exception.justification === null ? '' : ` (${exception.justification})`} in ${exception.document}`,
      };
}

function informationalCheck(word: string): ExplainedCheck {
  return { check: 'informational', suppresses: false, text: `it is for information only: ${word}` };
}
