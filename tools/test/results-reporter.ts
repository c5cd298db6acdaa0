import type { TestEvent } from 'node:test/reporters';
import type { TestResult } from './results.ts';

/** A reporter for `node --test` that writes one JSON line per test, for the tools that judge a run. */
// node --test takes a reporter by its default export.
// oxlint-disable-next-line import/no-default-export
export default async function* resultsReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const { name, file, skip, todo, details } = event.data;
      const aside = skip ?? todo ?? false;
      const result: TestResult = {
        name,
        file: file ?? null,
        kind: details.type === 'suite' ? 'suite' : 'test',
        state: aside !== false ? 'skipped' : event.type === 'test:fail' ? 'failed' : 'passed',
        reason: typeof aside === 'string' ? aside : '',
      };
      yield `${JSON.stringify(result)}\n`;
    }
  }
}
