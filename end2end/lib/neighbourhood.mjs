// Starts a sandbox with its clusters and its OpenID provider, and a Routebook over them, on free ports and in
// an empty folder. `options` are more of the sandbox's own, `role` is YAML that says what Routebook may do.
//
// With `demo` it is the demo's Routebook, which has a past and a clock whose hands are moved by what stands in
// the file `clock-offset`: by so many seconds it is ahead.
//
// With `auth` there is no sandbox and there are no clusters: it is called with the address that Routebook
// will have and the folder, and answers Routebook's setting of that name.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from './kubernetes.mjs';
import { ended, freePorts, newFolder, ready, run } from './programs.mjs';

// What the page of sign-in calls the sandbox's provider.
const label = 'Marrowby';

export async function startNeighbourhood(results, { options, role, auth, demo } = {}) {
  const folder = await newFolder(results);
  try {
    const surroundings = auth ? { clusters: {} } : await startSandbox(folder, [...(options ?? []), ...(demo ? clock(folder) : [])], role);
    return await startRoutebook(folder, { ...surroundings, ...(auth && { auth }), demo });
  } catch (error) {
    await folder.stop();
    throw error;
  }
}

const clock = (folder) => ['--clock-offset', join(folder.path, 'clock-offset')];

async function startSandbox(folder, options, role) {
  const permissions = role ? ['--rbac', await written(folder, 'role.yaml', role)] : [];
  const sandbox = folder.start('sandbox', [
    'kubernetes', '--exit-with-parent', '--kubeconfig-dir', folder.path, ...options, ...permissions,
  ]);
  const said = await announced(sandbox);
  const openid = said.find((one) => one.openid)?.openid;
  const connected = said.filter((one) => one.cluster).map(async (one) =>
    [one.cluster, { ...one, ...(await connect(one)) }]);
  return { clusters: Object.fromEntries(await Promise.all(connected)), auth: () => settings(openid) };
}

// One line of JSON for each cluster and one for the provider, and then `ready`.
async function announced(sandbox) {
  const said = [];
  for await (const line of createInterface({ input: sandbox.stdout })) {
    if (line.trim() === 'ready') {
      sandbox.stdout.resume();
      return said;
    }
    said.push(JSON.parse(line));
  }
  throw await ended(sandbox);
}

function settings({ issuer, clientId, clientSecretFile, roles }) {
  const oidc = { name: 'marrowby', label, issuerUrl: issuer, clientId, clientSecretFile };
  return { oidc, roles: rolesOfGroups(roles), contact: '#platform on chat' };
}

// The sandbox names the groups of each role, the configuration the role of each group.
const rolesOfGroups = (roles) =>
  Object.entries(roles).flatMap(([role, groups]) => groups.map((group) => ({ group, role })));

// `localhost`, because browsers accept secure cookies from it without TLS.
async function startRoutebook(folder, { clusters, auth, demo }) {
  const ports = await freePorts(2);
  const baseUrl = `http://localhost:${ports[0]}`;
  const signingIn = await auth(baseUrl, folder.path);
  const config = await written(folder, 'routebook.yaml', configuration(folder.path, ports, clusters, signingIn));
  const program = demo ? folder.start('demo', [config]) : folder.start('routebook', ['serve', '--config', config]);
  await ready(program, baseUrl);
  return {
    baseUrl,
    metricsUrl: `http://localhost:${ports[1]}/metrics`,
    clusters,
    // Runs another command with the same configuration.
    routebook: (...args) => run('routebook', ['--config', config, ...args]),
    folder: folder.path,
    stop: folder.stop,
  };
}

// Quoted by JSON, which YAML reads. The company is the same in every cluster. Everybody comes through a
// proxy, as it were: so each can have an address of their own.
function configuration(folder, [pages, metrics], clusters, auth) {
  const all = Object.values(clusters);
  const { teams = [], fallbacks = [] } = all[0] ?? {};
  return [
    `externalUrl: http://localhost:${pages}`,
    `listen: 127.0.0.1:${pages}`,
    `metricsListen: 127.0.0.1:${metrics}`,
    `trustedProxies: ["127.0.0.1"]`,
    `database: ${JSON.stringify(join(folder, 'routebook.db'))}`,
    `auth: ${JSON.stringify(auth)}`,
    `clusters: ${JSON.stringify(all.map(entry))}`,
    `teams: ${JSON.stringify(teams)}`,
    `owners: ${JSON.stringify({ fallback: fallbacks })}`,
    '',
  ].join('\n');
}

function entry({ name, kubeconfig, prometheus, tlsProxy, presets, secretNamespaces }) {
  return {
    name,
    kubeconfig,
    context: name,
    traffic: presets.map((preset) => ({ preset, prometheus: { url: prometheus } })),
    tls: { certManager: true, handshake: { proxy: tlsProxy }, secrets: { namespaces: secretNamespaces } },
  };
}

async function written(folder, name, text) {
  const file = join(folder.path, name);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
