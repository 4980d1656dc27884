// Ingress objects for journeys to create, and those that the clusters have.

import { ingressPath } from './kubernetes.mjs';

export function manifest(namespace, name, host, more = {}) {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name, ...more.metadata },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      ...more.spec,
    },
  };
}

export const create = (cluster, object) => cluster.post(ingressPath(object.metadata.namespace), object);

// What the API servers have: the truth that a list is compared with.
export async function allIngresses(clusters) {
  const lists = Object.values(clusters).map(async (cluster) => {
    const { items } = await cluster.get('/apis/networking.k8s.io/v1/ingresses');
    return items.map((object) => ({ cluster: cluster.name, object }));
  });
  return (await Promise.all(lists)).flat();
}

export const placeOf = ({ cluster, object: { metadata } }) =>
  `${cluster} ${metadata.namespace}/${metadata.name}`;

export const classOf = ({ spec, metadata }) =>
  spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'];

export const pathsOf = ({ spec }) => (spec.rules ?? []).flatMap((rule) => rule.http?.paths ?? []);
