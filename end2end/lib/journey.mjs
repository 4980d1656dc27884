// Runs one journey. A journey is a module of journeys/:
//
//   export const title = 'what the person does, as a sentence';
//   export const account = 'admin';      who the person is, see sign-in.mjs; unless it is a viewer
//   export const within = 300_000;       how many milliseconds it may take, if more than most may
//   export default async function ({ page, expect, … }) { … }
//
// It gets
//   page               in a context of its own, at no address yet; relative addresses work, and the
//                      person is signed in (nobody is, where the account is null)
//   open(options)      another page in another context: { colorScheme: 'dark' }, { viewport: … },
//                      { account: 'owner' }, { at: elsewhere }
//   withoutJavaScript  (act, options) calls act(page) with a page that runs no script
//   elsewhere          (options) starts another sandbox and Routebook, see neighbourhood.mjs, for what
//                      the others must not see; gone with the journey
//   step(text)         says what comes now; a failure names the last one
//   allow(pattern)     a problem that this journey causes on purpose: allow(/404/)
//   expect             see expect.mjs
//   axe(page)          see axe.mjs
//   clusters, cluster  all clusters by name, and the first: see kubernetes.mjs
//   routebook          (...args) runs another command of Routebook with the same configuration, and
//                      answers { code, text }
//   folder             where a journey may write; gone after all of them
//   baseUrl, metricsUrl, browser

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkAccessibility } from './axe.mjs';
import { newContext, watch } from './browser.mjs';
import { expect } from './expect.mjs';
import { startNeighbourhood } from './neighbourhood.mjs';
import { address, signedIn } from './sign-in.mjs';

const mostly = 120_000;

export async function runJourney({ browser, neighbourhood, name, module, results }) {
  const start = Date.now();
  const stage = newStage(browser, neighbourhood, new URL(`${name.replace('.mjs', '')}/`, results));
  let problems = [];
  try {
    const { default: act, title, account = 'viewer', within = mostly } = await import(module);
    if (!title || !act) throw new Error('a journey exports a title and a default function');
    process.stdout.write(`journey: ${title} (${name}) … `);
    stage.account = account;
    await inTime(act(await properties(stage, browser, neighbourhood)), within);
  } catch (error) {
    problems.push(`at "${stage.step}": ${error.stack ?? error}`);
  }
  problems = [...problems, ...stage.unexpected()];
  if (problems.length > 0) await stage.takePictures(results, name);
  await stage.close();
  const seconds = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  console.log(problems.length === 0 ? `ok (${seconds})` : `FAILED (${seconds})\n  ${problems.join('\n  ')}`);
  return problems.length === 0;
}

async function properties(stage, browser, { baseUrl, metricsUrl, clusters, routebook, folder }) {
  return {
    page: await stage.open(),
    open: stage.open,
    withoutJavaScript: async (act, options) => act(await stage.open({ ...options, javaScriptEnabled: false })),
    elsewhere: stage.elsewhere,
    step: (text) => { stage.step = text; },
    allow: (pattern) => stage.allowed.push(pattern),
    expect,
    axe: checkAccessibility,
    clusters,
    cluster: Object.values(clusters)[0],
    routebook,
    folder,
    baseUrl,
    metricsUrl,
    browser,
  };
}

// The contexts of one journey, and what went wrong in them.
function newStage(browser, neighbourhood, ownResults) {
  const contexts = [];
  const others = [];
  const stage = {
    step: 'start',
    allowed: [],
    async open({ account = stage.account, at = neighbourhood, ...options } = {}) {
      const baseURL = at.baseUrl;
      const storageState = account ? await signedIn(browser, at, account) : undefined;
      const extraHTTPHeaders = address();
      const context = await newContext(browser, { baseURL, storageState, extraHTTPHeaders, ...options });
      context.setDefaultTimeout(15_000);
      contexts.push({ context, problems: watch(context, baseURL, options) });
      return context.newPage();
    },
    async elsewhere(options) {
      await mkdir(ownResults, { recursive: true });
      const other = await startNeighbourhood(ownResults, options);
      others.push(other);
      return other;
    },
    unexpected: () =>
      contexts.flatMap(({ problems }) => problems)
        .filter((problem) => !stage.allowed.some((pattern) => pattern.test(problem))),
    async takePictures(results, name) {
      const pages = contexts.flatMap(({ context }) => context.pages());
      for (const [index, page] of pages.entries()) {
        const path = fileURLToPath(new URL(`${name.replace('.mjs', '')}-${index + 1}.png`, results));
        await page.screenshot({ path, fullPage: true }).catch(() => {});
      }
    },
    async close() {
      await Promise.all(contexts.map(({ context }) => context.close()));
      await Promise.all(others.map((other) => other.stop()));
    },
  };
  return stage;
}

async function inTime(journey, within) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${within / 1000} s`)), within);
  });
  await Promise.race([journey, late]).finally(() => clearTimeout(timer));
}
