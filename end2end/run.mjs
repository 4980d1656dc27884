// Runs the journeys: one sandbox and one Routebook for all of them, a fresh browser context for each.
//
//   node end2end/run.mjs [FILTER]      only the journeys whose file name contains FILTER
//
// `cargo xtask e2e` builds the binaries, finds Chromium, and then calls this. The last line is
// `journeys: N passed, N failed`, which `cargo xtask test` adds to its own count.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { launch } from './lib/browser.mjs';
import { runJourney } from './lib/journey.mjs';
import { startNeighbourhood } from './lib/neighbourhood.mjs';

const journeys = new URL('journeys/', import.meta.url);
const results = new URL('results/', import.meta.url);

async function chosenJourneys(filter) {
  const names = (await readdir(journeys)).filter((name) => name.endsWith('.mjs')).sort();
  return names.filter((name) => name.includes(filter));
}

async function main(filter) {
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const names = await chosenJourneys(filter);
  if (names.length === 0) throw new Error(`no journey's file name contains ${filter}`);
  const neighbourhood = await startNeighbourhood(results);
  // Whoever ends us early, as continuous integration does, leaves nothing behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => neighbourhood.stop().finally(() => process.exit(1)));
  }
  let browser;
  try {
    browser = await launch();
    return await runAll(names, { browser, neighbourhood });
  } finally {
    await browser?.close();
    await neighbourhood.stop();
  }
}

async function runAll(names, surroundings) {
  let failed = 0;
  for (const name of names) {
    const passed = await runJourney({ ...surroundings, name, module: new URL(name, journeys), results });
    if (!passed) failed += 1;
  }
  return { passed: names.length - failed, failed };
}

let outcome = { passed: 0, failed: 1 };
try {
  outcome = await main(process.argv[2] ?? '');
} catch (error) {
  console.log(error.stack ?? String(error));
}
console.log(`journeys: ${outcome.passed} passed, ${outcome.failed} failed`);
// Set and not called: what was written must reach the reader before the process ends.
process.exitCode = outcome.failed === 0 ? 0 : 1;
