import { noDateNow } from './no-date-now.ts';
import { testRule } from './tester.ts';

testRule('no-date-now', noDateNow, {
  good: ['clock.now();', 'new Date(0);', 'new Date(clock.now()).toISOString();', 'Date.parse(text);', 'queue.now();'],
  bad: ['Date.now();', 'const read = Date.now;', 'new Date();', 'new Date;', 'Date();', 'Temporal.Now.instant();'],
});
