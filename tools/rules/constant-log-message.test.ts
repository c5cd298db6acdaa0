import { constantLogMessage } from './constant-log-message.ts';
import { testRule } from './tester.ts';

testRule('constant-log-message', constantLogMessage, {
  good: [
    "log.info('layer read', { path });",
    'log.info(`layer read`);',
    "class A { #log; a() { this.#log.warn('slow'); } }",
    'Math.log(`${x}`);',
    'report.error(`${x}`);',
    "log.child('a');",
  ],
  bad: [
    'log.info(`layer ${path}`);',
    "log.error('layer ' + path);",
    'class A { #log; a() { this.#log.warn(message); } }',
    'options.logger.debug(text());',
    'accessLog.info(`${method}`);',
  ],
});
