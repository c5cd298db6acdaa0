/** How packages of a vendor are told apart from those of a distribution. Everything is compared in lower case. */
export interface Vendor {
  readonly name: string;
  /** Domains of the address of who maintains the package, and those below them. Nobody maintains a package of a distribution from there. */
  readonly domains?: readonly string[];
  /** Whole addresses, where people of the vendor maintain packages of a distribution too. */
  readonly addresses?: readonly string[];
  /** What stands before the address, as a whole. */
  readonly maintainers?: readonly string[];
  /** Parts of a version that the vendor alone writes, where its packages keep the distribution's maintainer. */
  readonly versions?: readonly string[];
}

/**
 * Vendors of repositories for dpkg and apk, and by their versions for rpm. To be on this list takes evidence away from the distribution: a row must not
 * match a single package of Debian, which `third-party.test.ts` holds against Debian's own index.
 */
export const VENDORS: readonly Vendor[] = [
  { name: 'Amazon Corretto', addresses: ['corretto-team@amazon.com'] },
  { name: 'Azul', domains: ['azul.com', 'azulsystems.com'] },
  { name: 'Confluent', domains: ['confluent.io'] },
  { name: 'Datadog', domains: ['datadoghq.com'] },
  { name: 'deb.sury.org', versions: ['deb.sury.org'] },
  { name: 'Docker', domains: ['containerd.io', 'docker.com'] },
  { name: 'Eclipse Adoptium', addresses: ['temurin-dev@eclipse.org'] },
  { name: 'Elastic', domains: ['elastic.co', 'elasticsearch.com'] },
  { name: 'GitHub', maintainers: ['github'] },
  { name: 'GitLab', addresses: ['support@gitlab.com'] },
  {
    name: 'Google',
    addresses: ['chrome-linux-team@google.com', 'chromium-dev@chromium.org', 'gc-team@google.com'],
    maintainers: ['google cloud cli authors', 'google cloud sdk authors'],
  },
  { name: 'Grafana', domains: ['grafana.com'] },
  { name: 'HashiCorp', domains: ['hashicorp.com'], maintainers: ['hashicorp'] },
  { name: 'InfluxData', domains: ['influxdata.com', 'influxdb.com'] },
  { name: 'Kubernetes', domains: ['kubernetes.io'] },
  { name: 'MariaDB', domains: ['lists.mariadb.org'], versions: ['+maria~'] },
  { name: 'Microsoft', domains: ['dotnetfoundation.org', 'microsoft.com'] },
  { name: 'MongoDB', addresses: ['packaging@mongodb.com'], maintainers: ['mongodb packaging'] },
  { name: 'MySQL', addresses: ['mysql-build@oss.oracle.com'] },
  { name: 'nginx.org', domains: ['f5.com', 'nginx.com'] },
  { name: 'NodeSource', domains: ['nodesource.com'], versions: ['nodesource'] },
  { name: 'NVIDIA', addresses: ['cudatools@nvidia.com'] },
  { name: 'Percona', domains: ['percona.com'] },
  { name: 'PostgreSQL', versions: ['.pgdg', 'pgdg.'] },
  { name: 'Puppet', addresses: ['info@puppetlabs.com', 'release@puppet.com'] },
  { name: 'Redis', domains: ['redis.io'] },
  { name: 'sgerrand.com', addresses: ['alpine-pkgs@sgerrand.com'] },
  { name: 'Tailscale', domains: ['tailscale.com'] },
  { name: 'Yarn', addresses: ['yarn@dan.cx'] },
  { name: 'Zabbix', domains: ['zabbix.com'] },
];

/** How the `Vendor` of what an rpm distribution builds itself reads. */
export interface OwnVendors {
  readonly whole?: readonly string[];
  readonly beginnings?: readonly string[];
}

const SUSE: OwnVendors = { beginnings: ['openSUSE', 'SUSE'] };
const MICROSOFT: OwnVendors = { beginnings: ['Microsoft'] };

/**
 * By `ID` of os-release. Of an rpm distribution that is not here nothing is said. EPEL is Fedora's vendor in another
 * distribution, and COPR only begins like it.
 */
export const RPM_DISTRIBUTIONS: ReadonlyMap<string, OwnVendors> = new Map([
  ['almalinux', { beginnings: ['AlmaLinux', 'CloudLinux'] }],
  ['amzn', { beginnings: ['Amazon'] }],
  ['azurelinux', MICROSOFT],
  ['centos', { beginnings: ['CentOS', 'Red Hat'] }],
  ['fedora', { whole: ['Fedora Project'] }],
  ['mariner', MICROSOFT],
  ['ol', { beginnings: ['Oracle America', 'Oracle Corporation'] }],
  ['opensuse', SUSE],
  ['opensuse-leap', SUSE],
  ['opensuse-leap-micro', SUSE],
  ['opensuse-microos', SUSE],
  ['opensuse-slowroll', SUSE],
  ['opensuse-tumbleweed', SUSE],
  ['photon', { beginnings: ['VMware', 'Broadcom'] }],
  ['rhel', { beginnings: ['Red Hat'] }],
  ['rocky', { beginnings: ['Rocky'] }],
  ['sl-micro', { beginnings: ['SUSE'] }],
  ['sle-micro', { beginnings: ['SUSE'] }],
  ['sled', { beginnings: ['SUSE'] }],
  ['sles', { beginnings: ['SUSE'] }],
  ['sles_sap', { beginnings: ['SUSE'] }],
]);
