import { constantLogMessage } from './constant-log-message.ts';
import { noDateNow } from './no-date-now.ts';
import { noRawFetch } from './no-raw-fetch.ts';
import { noSqlTemplateOutsideStore } from './no-sql-template-outside-store.ts';
import { noStatefulRegex } from './no-stateful-regex.ts';
import { noUnboundedRead } from './no-unbounded-read.ts';
import type { Rule } from './rule.ts';
import { safeMemberExport } from './safe-member-export.ts';

const rules: Readonly<Record<string, Rule>> = {
  'constant-log-message': constantLogMessage,
  'no-date-now': noDateNow,
  'no-raw-fetch': noRawFetch,
  'no-sql-template-outside-store': noSqlTemplateOutsideStore,
  'no-stateful-regex': noStatefulRegex,
  'no-unbounded-read': noUnboundedRead,
  'safe-member-export': safeMemberExport,
};

// oxlint loads a plugin by its default export, the only one of this project.
// oxlint-disable-next-line import/no-default-export
export default { meta: { name: 'house' }, rules };
