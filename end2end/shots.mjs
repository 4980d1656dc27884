// Takes pictures of pages of a running demo, for looking at.
//
//   node end2end/shots.mjs PATH… [--as ACCOUNT] [--dark] [--width N] [--no-js]
//
// BASE_URL says where the demo is (http://localhost:8080). The pictures are in end2end/results/shots/. They
// show what an admin sees, unless --as names another account (see lib/sign-in.mjs), or anybody: who has not
// signed in.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch, newContext, watch } from './lib/browser.mjs';
import { signedIn } from './lib/sign-in.mjs';

const options = {
  as: { type: 'string' }, dark: { type: 'boolean' }, width: { type: 'string' }, 'no-js': { type: 'boolean' },
};
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const baseURL = process.env.BASE_URL ?? 'http://localhost:8080';
const folder = new URL('results/shots/', import.meta.url);
const width = Number(values.width ?? 1280);
const account = values.as ?? 'admin';

// `/ingresses?tls=expired` in the dark at 400 becomes `ingresses-tls-expired.dark.400.png`.
function fileName(path) {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const marks = [values.as, values.dark && 'dark', values.width, values['no-js'] && 'no-js'].filter(Boolean);
  return [words.join('-') || 'overview', ...marks, 'png'].join('.');
}

await mkdir(folder, { recursive: true });
const browser = await launch();
const context = await newContext(browser, {
  baseURL,
  storageState: account === 'anybody' ? undefined : await signedIn(browser, { baseUrl: baseURL }, account),
  colorScheme: values.dark ? 'dark' : 'light',
  javaScriptEnabled: !values['no-js'],
  viewport: { width, height: 900 },
});
const problems = watch(context, baseURL);
try {
  const page = await context.newPage();
  for (const path of positionals.length > 0 ? positionals : ['/']) {
    const file = fileURLToPath(new URL(fileName(path), folder));
    await page.goto(path, { waitUntil: 'load' });
    // The wasm hydrates after the page has loaded, and a page with live updates is never idle.
    await page.waitForTimeout(500);
    await page.screenshot({ path: file, fullPage: true });
    console.log(file);
  }
} finally {
  await browser.close();
}
for (const problem of problems) console.log(problem);
