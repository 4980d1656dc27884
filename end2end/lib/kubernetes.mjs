// A cluster of the sandbox, as its administrator sees it. Plain HTTPS with what the kubeconfig holds; what a
// page says that people should run is run in a shell, with the real kubectl.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname } from 'node:path';

// What the sandbox announced, and the means to talk to it.
export async function connect(announced) {
  const { cluster: name, url, kubeconfig, adminKubeconfig, ingresses } = announced;
  const credentials = read(await readFile(adminKubeconfig, 'utf8'));
  const call = (method, path, body, type) => send({ url, credentials, method, path, body, type });
  return {
    name, url, kubeconfig, adminKubeconfig, ingresses,
    get: (path) => call('GET', path),
    post: (path, object) => call('POST', path, object),
    put: (path, object) => call('PUT', path, object),
    patch: (path, change) => call('PATCH', path, change, 'application/merge-patch+json'),
    delete: (path) => call('DELETE', path),
    shell: (command) => shell(command, adminKubeconfig),
  };
}

// Runs what somebody would paste, in a home of its own; answers what it wrote.
function shell(command, kubeconfig) {
  const env = { PATH: process.env.PATH, HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig };
  return new Promise((resolve, reject) => {
    execFile('sh', ['-ec', command], { env, timeout: 30_000 }, (error, out, err) =>
      (error ? reject(new Error(`${command}: ${error.message}\n${err}`)) : resolve(out)));
  });
}

// The address of one Ingress, or of all of a namespace.
export function ingressPath(namespace, name) {
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
  return name ? `${path}/${name}` : path;
}

// The sandbox writes one user and one cluster, each value on its line: no YAML reader is needed.
function read(kubeconfig) {
  const value = (key) => kubeconfig.match(new RegExp(`^[\\s-]*"?${key}"?:\\s*"?([^"\\s]+)"?`, 'm'))?.[1];
  const decoded = (key) => value(key) && Buffer.from(value(key), 'base64');
  return {
    ca: decoded('certificate-authority-data'),
    cert: decoded('client-certificate-data'),
    key: decoded('client-key-data'),
    token: value('token'),
  };
}

function send({ url, credentials, method, path, body, type = 'application/json' }) {
  const { token, ...tls } = credentials;
  const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const text = body === undefined ? '' : JSON.stringify(body);
  if (text) Object.assign(headers, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers, ...tls }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => settle(response.statusCode, Buffer.concat(chunks).toString()));
    });
    const settle = (status, answer) => {
      if (status < 300) resolve(answer ? JSON.parse(answer) : undefined);
      else reject(new Error(`${method} ${path}: ${status} ${answer}`));
    };
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
