import { runCataloger } from '#test/fixtures/fuzz-catalogers.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const STATE = JSON.stringify(
  {
    packageRegistryData: [
      [null, [[null, { packageDependencies: [['a', 'npm:1.0.0']], linkType: 'SOFT' }]]],
      [
        'a',
        [
          [
            'npm:1.0.0',
            {
              packageDependencies: [
                ['b', ['@s/c', 'virtual:ab#npm:2.0.0']],
                ['d', null],
              ],
            },
          ],
        ],
      ],
      ['@s/c', [['virtual:ab#npm:2.0.0', { packageDependencies: [] }]]],
      ['e', [['patch:e@npm%3A4.0.0#optional!builtin<compat/e>::version=4.0.0&hash=abc', {}]]],
    ],
  },
  null,
  2,
);

/** State files of Yarn in the three forms that it has written. */
export const yarnState: FuzzTarget = {
  id: 'yarn-state',
  seeds: () =>
    [
      `const RAW_RUNTIME_STATE =\n'${STATE.replaceAll('\n', '\\\n')}';\n`,
      `  return hydrateRuntimeState(JSON.parse('${STATE.replaceAll('\n', '\\\n')}'), {basePath: basePath});\n`,
      `  return hydrateRuntimeState(${STATE}, {basePath: basePath || __dirname});\n`,
      STATE,
    ].map((text) => Buffer.from(text)),
  maxMillis: 200,
  dictionary: [
    "'",
    '\\\n',
    '\\',
    '[',
    ']',
    '[null, ',
    '"npm:',
    'virtual:',
    '#',
    '::version=',
    'patch:',
    'workspace:',
    '}, {basePath:',
  ],
  run: (input) => runCataloger('yarn-pnp', 'app/.pnp.cjs', input),
};
