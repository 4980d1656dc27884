// Starts a sandbox with its clusters and a Routebook over them, on free ports and in an empty folder.
// `options` are more of the sandbox's own, `role` is YAML that says what Routebook may do.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from './kubernetes.mjs';

const readyWithin = 120_000;
const stoppedWithin = 10_000;

export async function startNeighbourhood(results, { options = [], role } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'routebook-e2e-'));
  const processes = [];
  const stop = () => stopAll(processes, folder);
  try {
    const sandbox = start('sandbox', results, processes, [
      'kubernetes', '--exit-with-parent', '--kubeconfig-dir', folder, ...options,
      ...(await permissions(folder, role)),
    ]);
    const clusters = await announced(sandbox);
    const ports = await freePorts(2);
    const config = join(folder, 'routebook.yaml');
    await writeFile(config, configuration(folder, ports, clusters));
    const baseUrl = `http://localhost:${ports[0]}`;
    await ready(start('routebook', results, processes, ['serve', '--config', config]), baseUrl);
    return { baseUrl, metricsUrl: `http://localhost:${ports[1]}/metrics`, clusters, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// The sandbox's own role unless there is another.
async function permissions(folder, role) {
  if (!role) return [];
  const file = join(folder, 'role.yaml');
  await writeFile(file, role);
  return ['--rbac', file];
}

// The log of each goes to results/, where it is after a failure.
function start(name, results, processes, args) {
  const process = spawn(binary(name), args, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  process.log = fileURLToPath(new URL(`${name}.log`, results));
  const log = createWriteStream(process.log);
  process.stderr.pipe(log);
  process.stdout.pipe(log, { end: false });
  process.label = name;
  process.on('error', (error) => { process.problem = error; });
  processes.push(process);
  return process;
}

function binary(name) {
  const variable = { sandbox: 'SANDBOX_BINARY', routebook: 'ROUTEBOOK_BINARY' }[name];
  return process.env[variable] ?? fileURLToPath(new URL(`../../target/debug/${name}`, import.meta.url));
}

// Routebook reads its settings from ROUTEBOOK_… too: ours are not meant for it.
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ROUTEBOOK_')));
}

// One line of JSON for each cluster, and then `ready`.
async function announced(sandbox) {
  const clusters = [];
  for await (const line of createInterface({ input: sandbox.stdout })) {
    if (line.trim() === 'ready') {
      sandbox.stdout.resume();
      const connected = clusters.map(async (said) => [said.cluster, { ...said, ...(await connect(said)) }]);
      return Object.fromEntries(await Promise.all(connected));
    }
    clusters.push(JSON.parse(line));
  }
  throw await ended(sandbox);
}

async function ended(process) {
  const log = await readFile(process.log, 'utf8').catch(() => '');
  const how = process.problem?.message ?? `code ${process.exitCode}, signal ${process.signalCode}`;
  return new Error(`${process.label} ended (${how})\n${log.split('\n').slice(-20).join('\n')}`);
}

// Quoted by JSON, which YAML reads. `localhost`, because browsers accept secure cookies from it
// without TLS. The company is the same in every cluster.
function configuration(folder, [pages, metrics], clusters) {
  const all = Object.values(clusters);
  const { teams, fallbacks } = all[0];
  return [
    `externalUrl: http://localhost:${pages}`,
    `listen: 127.0.0.1:${pages}`,
    `metricsListen: 127.0.0.1:${metrics}`,
    `database: ${JSON.stringify(join(folder, 'routebook.db'))}`,
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

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

async function ready(routebook, baseUrl) {
  const deadline = Date.now() + readyWithin;
  let answer = '';
  while (Date.now() < deadline) {
    if (hasEnded(routebook)) throw await ended(routebook);
    try {
      const response = await fetch(`${baseUrl}/readyz`);
      answer = `${response.status} ${await response.text()}`;
      if (response.status === 200) return;
    } catch (error) {
      answer = String(error.cause ?? error);
    }
    await sleep(100);
  }
  throw new Error(`Routebook is not ready: ${answer}`);
}

function hasEnded(process) {
  return process.problem || process.exitCode !== null || process.signalCode !== null;
}

async function stopAll(processes, folder) {
  for (const process of processes.toReversed()) await stopOne(process);
  await rm(folder, { recursive: true, force: true });
}

// By the handle of the process, so that nothing else can be meant.
async function stopOne(process) {
  if (hasEnded(process)) return;
  const exit = once(process, 'exit');
  process.kill('SIGTERM');
  const patience = setTimeout(() => process.kill('SIGKILL'), stoppedWithin);
  await exit;
  clearTimeout(patience);
}
