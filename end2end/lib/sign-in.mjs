// Signing in as one of the demo's people, the way a person does it.

import { newContext } from './browser.mjs';

// By their key. The sandbox's provider has a button for each, which begins with the name.
export const names = {
  owner: 'Aino Lindqvist',
  'other-owner': 'Ben Okafor',
  admin: 'Claire Moreau',
  auditor: 'Dana Hartley',
  viewer: 'Elena Santos',
  nobody: 'Filip Nowak',
};

// From wherever Routebook asks to sign in, to where it leads.
export async function signIn(page, account) {
  const routebook = new URL(page.url()).origin;
  await page.getByRole('link', { name: /^Sign in with / }).click();
  await choose(page, account);
  await page.waitForURL((url) => url.origin === routebook);
}

// On the provider's page.
export const choose = (page, account) =>
  page.getByRole('button', { name: new RegExp(`^${names[account]}`) }).click();

const kept = new WeakMap();

// What a browser keeps of somebody who has signed in. They do it once for each Routebook: journeys go on
// from there, each in a context of its own. Who ends sessions signs in anew.
export async function signedIn(browser, neighbourhood, account) {
  const states = kept.get(neighbourhood) ?? new Map();
  kept.set(neighbourhood, states);
  if (!states.has(account)) states.set(account, await firstTime(browser, neighbourhood, account));
  return states.get(account);
}

async function firstTime(browser, { baseUrl }, account) {
  const context = await newContext(browser, { baseURL: baseUrl, extraHTTPHeaders: address() });
  try {
    const page = await context.newPage();
    await page.goto('/auth/sign-in');
    await signIn(page, account);
    if (new URL(page.url()).pathname === '/auth/sign-in') {
      throw new Error(`${account} cannot sign in: ${await page.getByRole('main').innerText()}`);
    }
    return await context.storageState();
  } finally {
    await context.close();
  }
}

let people = 0;

// Everybody comes from an address of their own, as the proxy says: one may sign in only so often.
export function address() {
  people += 1;
  return { 'x-forwarded-for': `10.20.${people >> 8}.${people & 255}` };
}
