import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Command } from './command.ts';
import { commands } from './commands/list.ts';
import { commandHelp, overview } from './help.ts';

const EXAMPLE: Command = {
  name: 'load',
  usage: 'NAME --reason TEXT [--first ONE | --second TWO] [--environment NAME]… | list [--state STATE]',
  summary: '',
  description: [],
  options: {},
  examples: ["plimsoll load alpine --environment production --reason 'checked by hand, and twice' --first one"],
  run: async () => await Promise.resolve(0),
};

it('the overview fits into 80 columns', () => assert.deepEqual(tooLong(overview()), []));

for (const command of commands) {
  it(`the help of ${command.name} fits into 80 columns`, async () => {
    assert.deepEqual(tooLong(commandHelp(await command.load())), []);
  });
}

it('every way to use a command has a line, and an example can be typed as it stands', () => {
  const lines = commandHelp(EXAMPLE).split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    'Usage: plimsoll load NAME --reason TEXT [--first ONE | --second TWO]',
    '                     [--environment NAME]…',
    '       plimsoll load list [--state STATE]',
  ]);
  assert.deepEqual(lines.slice(-4), [
    'Examples:',
    '  plimsoll load alpine --environment production \\',
    "      --reason 'checked by hand, and twice' --first one",
    '',
  ]);
});

function tooLong(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.length > 80);
}
