import type { Classifier } from './classifier.ts';

const PROMETHEUS_VERSION = 'github.com/prometheus/common/version.Version';

/** Programs written in Go, by their build information. Those of Consul, Grafana, Traefik and Vault stand here as the projects' build files have it. */
export const GO_CLASSIFIERS: readonly Classifier[] = [
  {
    name: 'alertmanager',
    files: ['alertmanager', 'prometheus-alertmanager'],
    go: { paths: ['github.com/prometheus/alertmanager/cmd/alertmanager'], module: true, variable: PROMETHEUS_VERSION },
  },
  {
    name: 'caddy',
    files: ['caddy'],
    cpe: 'caddyserver:caddy',
    go: { paths: ['github.com/caddyserver/caddy/*/cmd/caddy'], module: true },
  },
  {
    name: 'consul',
    files: ['consul'],
    cpe: 'hashicorp:consul',
    go: { paths: ['github.com/hashicorp/consul'], module: true },
  },
  {
    name: 'containerd',
    files: ['containerd', 'ctr'],
    cpe: 'linuxfoundation:containerd',
    go: {
      paths: ['github.com/containerd/containerd/cmd/containerd', 'github.com/containerd/containerd/*/cmd/containerd'],
      module: true,
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
    name: 'helm',
    files: ['helm'],
    cpe: 'helm:helm',
    go: { paths: ['helm.sh/helm/*/cmd/helm'], module: true },
  },
  {
    name: 'kubectl',
    files: ['kubectl'],
    go: {
      paths: ['k8s.io/kubernetes/cmd/kubectl'],
      module: true,
      variable: 'k8s.io/component-base/version.gitVersion',
    },
  },
  {
    name: 'node_exporter',
    files: ['node_exporter', 'prometheus-node-exporter'],
    go: { paths: ['github.com/prometheus/node_exporter'], module: true, variable: PROMETHEUS_VERSION },
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
  {
    name: 'traefik',
    files: ['traefik'],
    cpe: 'traefik:traefik',
    go: { paths: ['github.com/traefik/traefik/*/cmd/traefik'], module: true },
  },
  {
    name: 'vault',
    files: ['vault'],
    cpe: 'hashicorp:vault',
    go: { paths: ['github.com/hashicorp/vault'], module: true },
  },
];
