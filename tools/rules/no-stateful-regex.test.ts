import { noStatefulRegex } from './no-stateful-regex.ts';
import { testRule } from './tester.ts';

testRule('no-stateful-regex', noStatefulRegex, {
  good: [
    'const word = /a/u;',
    'function words(text) { return text.match(/a/g); }',
    'const words = (text) => text.replaceAll(/a/g, "b");',
    'class A { words(text) { return text.match(/a/y); } }',
    "const word = new RegExp('a', 'i');",
    "function make() { return new RegExp('a', 'g'); }",
  ],
  bad: [
    'const word = /a/g;',
    'export const sticky = /a/iy;',
    "const word = new RegExp('a', 'gu');",
    'const table = { word: /a/g };',
    'class A { static word = /a/g; }',
    'if (word) { other = /a/g; }',
  ],
});
