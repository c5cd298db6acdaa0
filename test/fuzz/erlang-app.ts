import assert from 'node:assert/strict';
import { parseApp } from '#lib/packages/catalogers/erlang/parse-app.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** As Erlang/OTP 25 has it, with fewer members. */
const SSL = `{application, ssl, [
    {description, "Erlang/OTP SSL application"}, {vsn, "10.8.7"},
    {modules, [%% TLS
	       tls_connection, 'Elixir.Access']},
    {registered, [ssl_sup, ssl_manager]}, {applications, [crypto, public_key, kernel, stdlib]},
    {env, [{a, -1.5e-3}, {b, 16#ff}, {c, $"}, {d, <<"x"/utf8>>}, {e, #{k => [1|2]}}]}, {mod, {ssl_app, []}},
    {runtime_dependencies, ["stdlib-4.1", "erts-10.0"]}, {licenses,["Apache-2.0"]}]}.
`;

/** Resource files of Erlang applications: what is accepted is text, and written again it is read as the same. */
export const erlangApp: FuzzTarget = {
  id: 'erlang-app',
  seeds: () => [Buffer.from(SSL)],
  maxMillis: 200,
  dictionary: ['{application, ', '{vsn, "', '{applications, [', '<<"', '#{', ' => ', '\\x{', '$\\', '%', "'", '}]}.'],
  run: (input) => {
    const application = parseApp(input, 'input');
    invariant('what it says is read back', () => {
      const { name, version, applications, runtimeDependencies, licenses } = application;
      const properties = [
        ...(version === null ? [] : [`{vsn, ${quoted(version, '"')}}`]),
        `{applications, [${applications.map((item) => quoted(item, "'")).join(', ')}]}`,
        `{runtime_dependencies, [${runtimeDependencies.map((item) => quoted(item, '"')).join(', ')}]}`,
        `{licenses, [${licenses.map((item) => quoted(item, '"')).join(', ')}]}`,
      ];
      const text = `{application, ${quoted(name, "'")}, [${properties.join(', ')}]}.`;
      assert.deepEqual(parseApp(Buffer.from(text), 'written'), application);
    });
  },
};

/** With the characters outside ASCII and the surrogates as numbers. */
function quoted(text: string, mark: string): string {
  const escaped = Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code >= 0x20 && code < 0x7f && char !== mark && char !== '\\' ? char : `\\x{${code.toString(16)}}`;
  });
  return `${mark}${escaped.join('')}${mark}`;
}
