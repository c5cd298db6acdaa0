import type { Banner, Classifier, VersionShape } from './classifier.ts';
import { GO_CLASSIFIERS } from './go-classifiers.ts';

const NUL = '\0';
const THREE: VersionShape = { numbers: 3 };
const LETTER: VersionShape = { numbers: 3, letter: true };

function banner(before: string, after: readonly string[], shape?: VersionShape): Banner {
  return { before, after, ...(shape === undefined ? {} : { shape }) };
}

/** Runtimes of languages. */
const RUNTIMES: readonly Classifier[] = [
  { name: 'bun', files: ['bun'], banners: [banner('Bun v', [' ('], THREE), banner(`${NUL}Bun/`, [NUL], THREE)] },
  {
    name: 'deno',
    files: ['deno'],
    cpe: 'deno:deno',
    banners: [banner('Deno/', ['Deno/', '+', NUL], THREE)],
  },
  {
    name: 'erlang',
    files: ['OTP_VERSION'],
    cpe: 'erlang:erlang\\/otp',
    banners: [banner('', ['\n'])],
  },
  {
    name: 'lua',
    files: ['lua*', 'luac*', 'liblua*.so', 'liblua*.so.*'],
    cpe: 'lua:lua',
    banners: [
      banner('$LuaVersion: Lua ', ['  Copyright (C) '], THREE),
      banner('$Lua: Lua ', [' Copyright (C) '], THREE),
    ],
  },
  {
    name: 'node',
    files: ['node', 'nodejs', 'libnode.so.*'],
    cpe: 'nodejs:node.js',
    banners: [
      banner(`${NUL}node.js/v`, [NUL], THREE),
      banner('https://nodejs.org/download/release/v', ['/node-v'], THREE),
    ],
  },
  {
    name: 'openjdk',
    files: ['libjvm.so'],
    proof: 'OpenJDK 64-Bit Server VM (',
    banners: [banner(' JRE (', ['+', '-b', ')', '-'], { numbers: 1, suffixes: ['_'] })],
  },
  {
    name: 'perl',
    files: ['perl', 'perl*', 'libperl.so', 'libperl.so.*'],
    cpe: 'perl:perl',
    proof: 'PERL5LIB',
    textEnd: { before: 'v', begins: ['5.'] },
  },
  {
    name: 'php',
    files: ['php', 'php*', 'php-cgi', 'php-cgi*', 'php-fpm', 'php-fpm*', 'phpdbg', 'phpdbg*', 'libphp*.so'],
    cpe: 'php:php',
    banners: [banner('X-Powered-By: PHP/', [NUL, '-', '+'], THREE)],
  },
  {
    name: 'python',
    files: ['python*', 'libpython*.so', 'libpython*.so.*', 'libpython*m.so.*'],
    cpe: 'python:python',
    proof: 'PYTHONHASHSEED',
    textEnd: { before: '' },
  },
  {
    name: 'ruby',
    files: ['ruby', 'ruby*', 'libruby.so.*', 'libruby-*.so.*'],
    cpe: 'ruby-lang:ruby',
    banners: [banner(`${NUL}ruby `, [' ('], { numbers: 3, suffixes: ['preview'], ignored: 'p' })],
  },
];

/** Databases, caches and queues. */
const STORES: readonly Classifier[] = [
  {
    name: 'mariadb',
    files: ['mariadbd', 'mysqld', 'mariadb', 'mysql', 'mariadb-admin', 'mariadb-dump', 'mysqldump'],
    cpe: 'mariadb:mariadb',
    banners: [{ ...banner(NUL, [`-MariaDB${NUL}`], THREE), anchor: 'after' }],
  },
  {
    name: 'memcached',
    files: ['memcached'],
    cpe: 'memcached:memcached',
    banners: [banner(`${NUL}memcached `, [NUL, '\n'], THREE)],
  },
  {
    name: 'mongodb',
    files: ['mongod', 'mongos', 'mongo'],
    cpe: 'mongodb:mongodb',
    proof: 'VersionInfoInterface',
    banners: [{ ...banner(NUL, [`${NUL}tcmalloc`], THREE), anchor: 'after' }],
  },
  // Of MariaDB, which has programs of these names too, neither is known.
  {
    name: 'mysql',
    files: ['mysqld', 'mysql', 'mysqladmin', 'mysqldump', 'libmysqlclient.so.*'],
    cpe: 'oracle:mysql',
    banners: [
      banner('/mysql-', ['/'], THREE),
      { ...banner(NUL, [`${NUL}MySQL Community Server`], THREE), anchor: 'after' },
    ],
  },
  {
    name: 'openldap',
    files: ['slapd'],
    cpe: 'openldap:openldap',
    banners: [banner('$OpenLDAP: slapd ', [' ', '+', '-'], THREE)],
  },
  {
    name: 'pgbouncer',
    files: ['pgbouncer'],
    cpe: 'pgbouncer:pgbouncer',
    banners: [banner('PgBouncer ', [NUL], THREE)],
  },
  {
    name: 'postgresql',
    files: ['postgres', 'psql'],
    cpe: 'postgresql:postgresql',
    banners: [banner('postgres (PostgreSQL) ', [NUL, ' ', '\n']), banner('psql (PostgreSQL) ', [NUL, ' ', '\n'])],
  },
  {
    name: 'rabbitmq',
    files: ['rabbit.app'],
    proof: '{description, "RabbitMQ"}',
    banners: [banner('{vsn, "', ['"}'], THREE)],
  },
  {
    name: 'redis',
    files: ['redis-server', 'redis-cli', 'redis-sentinel', 'redis-benchmark', 'redis-check-aof', 'redis-check-rdb'],
    cpe: 'redis:redis',
    textEnd: { before: '', begins: ['3.', '4.', '5.', '6.', '7.', '8.'], confirmedAfter: '' },
  },
  {
    name: 'valkey',
    files: [
      'valkey-server',
      'valkey-cli',
      'valkey-sentinel',
      'valkey-benchmark',
      'valkey-check-aof',
      'valkey-check-rdb',
    ],
    cpe: 'lfprojects:valkey',
    textEnd: { before: '', begins: ['7.', '8.', '9.'], confirmedAfter: 'valkey' },
  },
];

/** Servers of the web, of names, of mail and of files. */
const SERVERS: readonly Classifier[] = [
  { name: 'bind', files: ['named'], cpe: 'isc:bind', banners: [banner(`${NUL}BIND `, [NUL, '-', ' ('], THREE)] },
  { name: 'dnsmasq', files: ['dnsmasq'], cpe: 'thekelleys:dnsmasq', banners: [banner(`${NUL}dnsmasq-`, [NUL])] },
  { name: 'dovecot', files: ['dovecot'], cpe: 'dovecot:dovecot', banners: [banner('Dovecot v', [' ('], THREE)] },
  // Versions of libraries in it have a second number of one digit.
  {
    name: 'envoy',
    files: ['envoy'],
    cpe: 'envoyproxy:envoy',
    proof: 'envoy.service.discovery.v3.',
    textEnd: { before: '', begins: ['1.'], secondFrom: 10 },
  },
  {
    name: 'freeradius',
    files: ['freeradius', 'radiusd'],
    cpe: 'freeradius:freeradius',
    banners: [banner('FreeRADIUS Version ', [', for host '], THREE)],
  },
  {
    name: 'haproxy',
    files: ['haproxy'],
    cpe: 'haproxy:haproxy',
    proof: 'HAProxy version %s %s',
    banners: [banner(`${NUL} version `, [', released ', '-'], THREE)],
  },
  {
    name: 'httpd',
    files: ['httpd', 'apache2'],
    cpe: 'apache:http_server',
    banners: [banner(`${NUL}Apache/`, [NUL, ' ('], THREE)],
  },
  {
    name: 'keepalived',
    files: ['keepalived'],
    cpe: 'keepalived:keepalived',
    banners: [banner(`${NUL}Keepalived v`, [' ('], THREE)],
  },
  {
    name: 'lighttpd',
    files: ['lighttpd'],
    cpe: 'lighttpd:lighttpd',
    banners: [banner(`${NUL}lighttpd/`, [NUL, ' (ssl)'], THREE)],
  },
  {
    name: 'nginx',
    files: ['nginx'],
    cpe: 'f5:nginx',
    banners: [banner('nginx version: nginx/', [NUL, ' ', '\n'], THREE)],
  },
  {
    name: 'openssh',
    files: ['ssh', 'sshd'],
    cpe: 'openbsd:openssh',
    banners: [banner(`${NUL}OpenSSH_`, [NUL, ' '], { suffixes: ['p'], suffixed: true })],
  },
  {
    name: 'openvpn',
    files: ['openvpn'],
    cpe: 'openvpn:openvpn',
    banners: [banner(`${NUL}OpenVPN `, [' x86_64-', ' aarch64-', ' i686-', ' arm-'], THREE)],
  },
  {
    name: 'postfix',
    files: ['master', 'postconf', 'smtpd'],
    cpe: 'postfix:postfix',
    banners: [banner(`${NUL}mail_version=`, [NUL], THREE)],
  },
  {
    name: 'proftpd',
    files: ['proftpd'],
    cpe: 'proftpd:proftpd',
    banners: [banner('ProFTPD Version ', [NUL], LETTER)],
  },
  {
    name: 'pure-ftpd',
    files: ['pure-ftpd'],
    cpe: 'pureftpd:pure-ftpd',
    banners: [banner('#Software: Pure-FTPd ', ['\n'], THREE)],
  },
  { name: 'squid', files: ['squid'], cpe: 'squid-cache:squid', banners: [banner(`${NUL}squid/`, [NUL, '-'])] },
  {
    name: 'stunnel',
    files: ['stunnel', 'stunnel*'],
    cpe: 'stunnel:stunnel',
    banners: [banner(`${NUL}stunnel `, [' on '])],
  },
  { name: 'tor', files: ['tor'], cpe: 'torproject:tor', banners: [banner('Server: tor/1.0 (tor ', [')'], THREE)] },
  { name: 'unbound', files: ['unbound'], cpe: 'nlnetlabs:unbound', banners: [banner(`${NUL}unbound `, [NUL], THREE)] },
  { name: 'varnish', files: ['varnishd'], banners: [banner('varnish-', [' revision '], THREE)] },
  { name: 'vsftpd', files: ['vsftpd'], banners: [banner('(vsFTPd ', [')'], THREE)] },
];

/** Tools, and libraries that are in most images. */
const TOOLS: readonly Classifier[] = [
  {
    name: 'bash',
    files: ['bash'],
    cpe: 'gnu:bash',
    banners: [banner('@(#)Bash version ', ['('], THREE)],
  },
  // The first name of the many that one file has in images of BusyBox.
  {
    name: 'busybox',
    files: ['busybox', '['],
    cpe: 'busybox:busybox',
    banners: [banner(`${NUL}BusyBox v`, [' ('], THREE)],
  },
  {
    name: 'curl',
    files: ['curl', 'libcurl.so.*', 'libcurl-gnutls.so.*'],
    cpe: 'haxx:curl',
    banners: [banner(`${NUL}curl `, [' ('], THREE), banner(`${NUL}libcurl/`, [NUL], THREE)],
  },
  {
    name: 'expat',
    files: ['libexpat.so.*'],
    cpe: 'libexpat_project:libexpat',
    banners: [banner(`${NUL}expat_`, [NUL], THREE)],
  },
  {
    name: 'ffmpeg',
    files: ['ffmpeg', 'ffprobe', 'libavutil.so.*'],
    cpe: 'ffmpeg:ffmpeg',
    banners: [banner('FFmpeg version ', [NUL, '-', ' ']), banner('FFmpeg version n', [NUL, '-', ' '])],
  },
  {
    name: 'git',
    files: ['git'],
    cpe: 'git-scm:git',
    proof: 'GIT_USER_AGENT',
    banners: [banner('git/', [NUL], THREE)],
  },
  {
    name: 'gnutls',
    files: ['libgnutls.so.*'],
    cpe: 'gnu:gnutls',
    banners: [banner('Enabled GnuTLS ', [' logging'], THREE)],
  },
  {
    name: 'imagemagick',
    files: ['magick', 'libMagickCore-*.Q*.so.*', 'libMagickCore-*.Q*HDRI.so.*'],
    cpe: 'imagemagick:imagemagick',
    banners: [banner(`${NUL}ImageMagick `, [' Q'], { numbers: 3, suffixes: ['-'], suffixed: true })],
  },
  {
    name: 'krb5',
    files: ['libkrb5.so.*'],
    cpe: 'mit:kerberos_5',
    banners: [banner('KRB5_BRAND: krb5-', ['-final '])],
  },
  {
    name: 'libgcrypt',
    files: ['libgcrypt.so.*'],
    cpe: 'gnupg:libgcrypt',
    banners: [banner('This is Libgcrypt ', [' - '], THREE)],
  },
  {
    name: 'libressl',
    files: ['openssl', 'libcrypto.so.*', 'libcrypto.so', 'libssl.so.*', 'libssl.so'],
    cpe: 'openbsd:libressl',
    banners: [banner(`${NUL}LibreSSL `, [NUL], THREE)],
  },
  {
    name: 'openssl',
    files: ['openssl', 'libcrypto.so.*', 'libcrypto.so', 'libssl.so.*', 'libssl.so'],
    cpe: 'openssl:openssl',
    banners: [banner(`${NUL}OpenSSL `, [' ', '-fips '], LETTER)],
  },
  {
    name: 'sqlite',
    files: ['libsqlite3.so.*', 'libsqlite3.so'],
    cpe: 'sqlite:sqlite',
    proof: 'SQLite format 3',
    textEnd: { before: '', begins: ['3.'] },
  },
  {
    name: 'sudo',
    files: ['sudoers.so'],
    cpe: 'sudo_project:sudo',
    banners: [banner(`${NUL}sudoers `, [NUL], { numbers: 3, suffixes: ['p'] })],
  },
  { name: 'xz', files: ['xz'], cpe: 'tukaani:xz', banners: [banner('xz (XZ Utils) ', [NUL, '\n'], THREE)] },
  { name: 'zlib', files: ['libz.so.*'], cpe: 'zlib:zlib', banners: [banner(' inflate ', [' Copyright 1995-'], THREE)] },
];

/** All that is recognised, by name. Texts were read off programs as their projects and distributions build them. */
export const CLASSIFIERS: readonly Classifier[] = [
  ...RUNTIMES,
  ...STORES,
  ...SERVERS,
  ...TOOLS,
  ...GO_CLASSIFIERS,
].toSorted((a, b) => (a.name < b.name ? -1 : 1));
