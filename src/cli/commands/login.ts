import { membersOf, textOf } from '#base/json/members.ts';
import type { Command, CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { visible } from '../render/text.ts';
import { parseServer } from '../server/address.ts';
import { askApi } from '../server/api-client.ts';
import { credentialPath, keepCredential } from '../server/credential-store.ts';
import { dockerConfigPath, keepForDocker } from '../server/docker-config.ts';
import { readPassword } from '../server/password.ts';
import { withTimeout } from '../timeout.ts';

export const login: Command = {
  name: 'login',
  usage: 'SERVER [--username NAME] [--password-stdin] [--docker]',
  summary: 'log in to a Plimsoll server',
  description: [
    'Asks the server who you are, and keeps the credential for this server in $XDG_CONFIG_HOME/plimsoll/credentials.json (~/.config when it is not set), a file that only you may read. SERVER is HOST[:PORT] or https://HOST[:PORT]; without https it has to be this machine.',
    'A robot logs in with its full name, robot$NAME, and its secret as password.',
    '--docker writes the credential to the configuration of docker as well, where skopeo, oras and cosign look for it. docker login, podman login and skopeo login do the same by themselves.',
  ],
  options: {
    username: {
      type: 'string',
      short: 'u',
      value: 'NAME',
      help: 'who you are (asked for on the terminal when not said)',
    },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
    docker: { type: 'boolean', help: "write the credential to docker's configuration as well" },
  },
  examples: [
    'plimsoll login 127.0.0.1:7400 -u admin',
    "plimsoll login https://images.example.com -u 'robot$team+ci' --password-stdin < secret",
  ],
  run: async (input, io) =>
    await withTimeout(input.options.text('timeout'), io, async (signal) => await run(input, io, signal)),
};

async function run({ positionals, options }: CommandInput, io: Io, signal: AbortSignal): Promise<number> {
  const [server, ...more] = positionals;
  if (server === undefined || more.length > 0) {
    throw new Failure('USAGE', 'which server?', {
      object: 'login',
      expected: 'one SERVER',
      found: `${positionals.length}`,
    });
  }
  const origin = parseServer(server);
  const config = readConfig();
  const username = options.text('username') ?? (await io.ask('User: ', signal));
  if (username === null || username === '') {
    throw new Failure('USAGE', 'a user is needed', {
      object: '--username',
      expected: 'a name, or a terminal to ask on',
      found: 'neither',
    });
  }
  const password = await readPassword(options, io, 'Password', { isNew: false, signal });
  const credential = { username, password };
  const me = membersOf(await askApi({ origin, credential, environment: config.environment, signal }, 'GET', '/me'));
  const id = me === null ? null : textOf(me, 'id');
  if (id === null) {
    throw new Failure('SERVER_ANSWER_INVALID', 'not an answer of the API', { object: origin, expected: 'who you are' });
  }
  const path = credentialPath(config);
  await keepCredential(path, origin, credential);
  const files = [path];
  if (options.flag('docker')) {
    const docker = dockerConfigPath(config);
    await keepForDocker(docker, origin, credential);
    files.push(docker);
  }
  io.out(`logged in to ${origin} as ${visible(id)}\n`);
  if (!options.flag('quiet')) {
    io.err(`plimsoll: the credential is in ${files.map(visible).join(' and ')}\n`);
  }
  return 0;
}
