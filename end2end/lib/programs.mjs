// Programs that run in a folder of their own, and end with it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const readyWithin = 120_000;
const stoppedWithin = 10_000;

// An empty folder. `start(name, args)` starts a program in it whose log goes to `results`, where it is after
// a failure; `stop` ends them all and removes the folder.
export async function newFolder(results) {
  const path = await mkdtemp(join(tmpdir(), 'routebook-e2e-'));
  const programs = [];
  return {
    path,
    start: (name, args) => start(name, results, programs, args),
    async stop() {
      for (const program of programs.toReversed()) await stopOne(program);
      await rm(path, { recursive: true, force: true });
    },
  };
}

function start(name, results, programs, args) {
  const program = spawn(binary(name), args, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  program.log = fileURLToPath(new URL(`${name}.log`, results));
  const log = createWriteStream(program.log);
  program.stderr.pipe(log);
  program.stdout.pipe(log, { end: false });
  program.label = name;
  program.on('error', (error) => { program.problem = error; });
  programs.push(program);
  return program;
}

// Runs a program to its end: { code, text }, where the text is all that it wrote.
export function run(name, args) {
  return new Promise((resolve) => {
    execFile(binary(name), args, { env: environment() }, (error, out, err) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, text: out + err }));
  });
}

function binary(name) {
  const variable = { sandbox: 'SANDBOX_BINARY', routebook: 'ROUTEBOOK_BINARY', demo: 'DEMO_BINARY' }[name];
  const usual = name === 'demo' ? `examples/${name}` : name;
  return process.env[variable] ?? fileURLToPath(new URL(`../../target/debug/${usual}`, import.meta.url));
}

// Routebook reads its settings from ROUTEBOOK_… too: ours are not meant for it.
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ROUTEBOOK_')));
}

export async function ended(program) {
  const log = await readFile(program.log, 'utf8').catch(() => '');
  const how = program.problem?.message ?? `code ${program.exitCode}, signal ${program.signalCode}`;
  return new Error(`${program.label} ended (${how})\n${log.split('\n').slice(-20).join('\n')}`);
}

// Waits until Routebook says that it is ready.
export async function ready(routebook, baseUrl) {
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

export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

function hasEnded(program) {
  return program.problem || program.exitCode !== null || program.signalCode !== null;
}

// By the handle of the process, so that nothing else can be meant.
async function stopOne(program) {
  if (hasEnded(program)) return;
  const exit = once(program, 'exit');
  program.kill('SIGTERM');
  const patience = setTimeout(() => program.kill('SIGKILL'), stoppedWithin);
  await exit;
  clearTimeout(patience);
}
