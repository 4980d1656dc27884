import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { client, scopes, startOidcProvider } from '../lib/oidc-provider.mjs';
import { follow } from '../lib/list.mjs';

export const title = 'people sign in through a certified provider, with groups from its userinfo, and out on both sides';
export const account = null;

// A name with what must not become markup, and a group that the configuration does not know.
const grace = {
  id: 'c0ffee-1', name: 'Grace <b>Certified</b>', email: 'grace@certified.example',
  groups: ['route-admins', 'all & sundry'],
};
const linus = { id: 'c0ffee-2', name: 'Linus Certified', email: 'linus@certified.example', groups: [] };

export default async function (given) {
  let provider;
  const auth = async (clientUrl, folder) => {
    provider = await startOidcProvider({ clientUrl, name: 'certified', accounts: [grace, linus] });
    const clientSecretFile = join(folder, 'client-secret');
    await writeFile(clientSecretFile, `${client.secret}\n`, { mode: 0o600 });
    const issuerUrl = provider.issuer;
    return {
      oidc: { name: 'certified', label: 'Certified', issuerUrl, clientId: client.id, clientSecretFile, scopes },
      roles: [{ group: 'route-admins', role: 'admin' }],
      defaultRole: 'viewer',
    };
  };
  try {
    const at = await given.elsewhere({ auth });
    await signInByGroup({ ...given, at, provider });
  } finally {
    await provider?.stop();
  }
}

async function signInByGroup({ open, at, provider, step, allow, expect, axe }) {
  const page = await open({ at });
  const pick = (person) => follow(page, () => page.getByRole('button', { name: person.name }).click());
  const goOn = () => follow(page, () => page.getByRole('link', { name: 'Sign in with Certified' }).click());

  step('the way leads to the provider and back to the page that was asked for');
  await page.goto('/me?from=afar');
  await goOn();
  await expect.visible(page.getByRole('heading', { name: 'Who are you?' }));
  await pick(grace);
  expect.equal(page.url(), `${at.baseUrl}/me?from=afar`);

  step('what the userinfo told is there, and what follows from it');
  const main = page.getByRole('main');
  for (const text of [grace.name, grace.email, grace.id, provider.issuer, ...grace.groups, 'Admin']) {
    await expect.text(main, text);
  }
  await expect.text(main, 'Your group route-admins gives it.');
  expect.equal(provider.asked('/me'), 1);
  await axe(page);
  await page.goto('/sessions');
  await expect.text(page.getByRole('main'), grace.name);

  step('who is still signed in there is not asked again');
  await page.context().clearCookies({ name: 'routebook' });
  await page.goto('/status');
  await goOn();
  expect.equal(page.url(), `${at.baseUrl}/status`);

  step('the provider has changed its keys: they are read again, once, and nobody notices');
  const before = provider.asked('/jwks');
  await provider.rotateKeys();
  await page.context().clearCookies({ name: 'routebook' });
  await page.goto('/owners');
  await goOn();
  expect.equal(page.url(), `${at.baseUrl}/owners`);
  expect.equal(provider.asked('/jwks'), before + 1);

  step('signing out leads to the provider, which asks whether to leave there too');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.waitForURL(`${at.baseUrl}/auth/signed-out`);
  await expect.text(page.getByRole('main'), 'You are signed out');
  await axe(page);

  step('who goes back there is told what happened, and how to try again');
  await page.goto('/status');
  await goOn();
  await expect.visible(page.getByRole('heading', { name: 'Who are you?' }));
  await follow(page, () => page.getByRole('button', { name: 'Go back' }).click());
  expect.match(page.url(), /\/auth\/sign-in\?.*failed=provider-error/);
  await axe(page);

  step('somebody whom no group gives a role has the one that everybody has');
  await goOn();
  await pick(linus);
  await page.goto('/me');
  await expect.text(page.getByRole('main'), 'Everybody who signs in here has it.');
  allow(/\b403\b/);
  expect.equal((await page.goto('/audit')).status(), 403);

  await leaveAtTheProvider({ open, at, provider, page, step, expect, linus });
  expect.deepEqual(provider.problems, []);
}

async function leaveAtTheProvider({ open, at, provider, page, step, expect, linus }) {
  step('who leaves at the provider is signed out here, in that browser and in no other');
  const other = await open({ at });
  await other.goto('/status');
  await follow(other, () => other.getByRole('link', { name: 'Sign in with Certified' }).click());
  await follow(other, () => other.getByRole('button', { name: linus.name }).click());
  expect.equal(other.url(), `${at.baseUrl}/status`);
  const tab = await page.context().newPage();
  await tab.goto(provider.endSessionUrl);
  await tab.getByRole('button', { name: 'Yes, sign me out' }).click();
  await expect.visible(tab.getByRole('heading', { name: 'You are signed out everywhere' }));
  await page.goto('/status');
  expect.match(page.url(), /\/auth\/sign-in\?/);
  await other.reload();
  expect.equal(other.url(), `${at.baseUrl}/status`);
}
