import type { Classifier, GoProduct } from './classifier.ts';

const PROMETHEUS_VERSION = 'github.com/prometheus/common/version.Version';

/**
 * Programs written in Go whose version may stand elsewhere than in their main module, by their build information. Paths were read off programs
 * of Debian and of registries; that of Grafana, and the variables but those of Docker and Kubernetes, are as the projects' build files have it.
 */
export const GO_CLASSIFIERS: readonly Classifier[] = [
  {
    name: 'alertmanager',
    files: ['alertmanager', 'prometheus-alertmanager'],
    go: { paths: ['github.com/prometheus/alertmanager/cmd/alertmanager'], variable: PROMETHEUS_VERSION },
  },
  {
    name: 'containerd',
    files: ['containerd', 'ctr'],
    cpe: 'linuxfoundation:containerd',
    go: {
      paths: [
        'github.com/containerd/containerd/cmd/containerd',
        'github.com/containerd/containerd/*/cmd/containerd',
        'github.com/containerd/containerd/cmd/ctr',
        'github.com/containerd/containerd/*/cmd/ctr',
      ],
      variable: 'github.com/containerd/containerd/version.Version',
    },
  },
  {
    name: 'docker',
    files: ['dockerd'],
    go: {
      paths: ['github.com/docker/docker/cmd/dockerd'],
      variable: 'github.com/docker/docker/dockerversion.Version',
    },
  },
  {
    name: 'etcd',
    files: ['etcd', 'etcdctl', 'etcdutl'],
    cpe: 'etcd:etcd',
    go: {
      paths: ['go.etcd.io/etcd/server/v3', 'go.etcd.io/etcd/etcdctl/v3', 'go.etcd.io/etcd/etcdutl/v3'],
      dependency: 'go.etcd.io/etcd/api/v3',
    },
  },
  { name: 'go', files: ['go', 'gofmt'], cpe: 'golang:go', go: { paths: ['cmd/go', 'cmd/gofmt'], toolchain: true } },
  {
    name: 'grafana',
    files: ['grafana', 'grafana-server'],
    cpe: 'grafana:grafana',
    go: {
      paths: ['github.com/grafana/grafana/pkg/cmd/grafana', 'github.com/grafana/grafana/pkg/cmd/grafana-server'],
      variable: 'main.version',
    },
  },
  {
    name: 'kubectl',
    files: ['kubectl'],
    go: {
      paths: ['k8s.io/kubernetes/cmd/kubectl'],
      variable: 'k8s.io/component-base/version.gitVersion',
    },
  },
  {
    name: 'node_exporter',
    files: ['node_exporter', 'prometheus-node-exporter'],
    go: { paths: ['github.com/prometheus/node_exporter'], variable: PROMETHEUS_VERSION },
  },
  {
    name: 'prometheus',
    files: ['prometheus', 'promtool'],
    cpe: 'prometheus:prometheus',
    go: {
      paths: ['github.com/prometheus/prometheus/cmd/prometheus', 'github.com/prometheus/prometheus/cmd/promtool'],
      variable: PROMETHEUS_VERSION,
    },
  },
];

/** Programs that are released as their main module: `go-binary` lists that. Those of Consul, Helm and Vault are as the projects' build files have it. */
const MODULES: readonly GoProduct[] = [
  { cpe: 'caddyserver:caddy', go: { paths: ['github.com/caddyserver/caddy/*/cmd/caddy'] } },
  { cpe: 'hashicorp:consul', go: { paths: ['github.com/hashicorp/consul'] } },
  { cpe: 'helm:helm', go: { paths: ['helm.sh/helm/*/cmd/helm'] } },
  { cpe: 'traefik:traefik', go: { paths: ['github.com/traefik/traefik/*/cmd/traefik'] } },
  { cpe: 'hashicorp:vault', go: { paths: ['github.com/hashicorp/vault'] } },
];

/** All programs written in Go that have a certain CPE name. */
export const GO_PRODUCTS: readonly GoProduct[] = [
  ...MODULES,
  ...GO_CLASSIFIERS.flatMap(({ cpe, go }) => (cpe === undefined || go === undefined ? [] : [{ cpe, go }])),
];
